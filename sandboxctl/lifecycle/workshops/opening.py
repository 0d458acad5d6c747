"""`workshop up`: every team's sandbox as its blueprint wants it, in one plan."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sandboxctl.engine.protocol import Engine
from sandboxctl.errors import BlueprintError, SandboxError
from sandboxctl.lifecycle.change import Proposal
from sandboxctl.lifecycle.many import Looked, look, propose_all
from sandboxctl.lifecycle.trust import command_for, demand
from sandboxctl.lifecycle.up import secret_values
from sandboxctl.lifecycle.workshops import kept, room
from sandboxctl.lifecycle.workshops.loading import Made, load_all
from sandboxctl.sandbox.plan import Plan
from sandboxctl.sandbox.recipe import Recipe
from sandboxctl.sandbox.reconcile import reconcile
from sandboxctl.sandbox.state import Observed, Record
from sandboxctl.sandbox.wanted import Wanted, carried
from sandboxctl.workshop import capacity
from sandboxctl.workshop.asked import Asked
from sandboxctl.workshop.capacity import Fit
from sandboxctl.workshop.record import Workshop
from sandboxctl.workshop.teams import Team, apart


@dataclass(frozen=True, slots=True)
class Opening:
    """What `workshop up` would do. ``workshop`` is what the den will keep of it; ``fit`` how many
    teams there is room for, None where none is to be added; ``departed`` teams that it has and
    that nobody asked for any more: they stay."""

    workshop: Workshop
    proposals: Mapping[str, Proposal]
    fit: Fit | None
    departed: tuple[str, ...] = ()

    @property
    def added(self) -> tuple[str, ...]:
        """Teams that have no sandbox yet."""
        return tuple(n for n, one in self.proposals.items() if one.observed.record is None)

    @property
    def lost(self) -> dict[str, tuple[str, ...]]:
        """Team → services whose data would be thrown away."""
        return {name: one.lost for name, one in self.proposals.items() if one.lost and one.plan}


def plan_open(
    engine: Engine,
    asked: Asked,
    *,
    now: datetime,
    until: datetime | None = None,
    given: Mapping[str, str] | None = None,
    physics: bool = True,
) -> Opening:
    """``until`` is the lease that was asked for, ``given`` the secrets; ``physics`` False only
    tells what does not fit.

    Raises BlueprintError for a name that somebody else has and for a secret that nobody gave,
    EngineError where not all teams fit, PolicyError for an exception that nobody has granted.
    """
    before = kept.find(engine, asked.name)
    if before:
        kept.is_closing(before)
    made = load_all(engine.den, _teams(engine, asked))
    for one in {one.assembled.recipe.digest: one for one in made.values()}.values():
        demand(engine, one.assembled.recipe, now, command_for(one.loaded))
    end = until or asked.until
    common = end or _lasting(before, now) or _lifetime(made, now)
    looked = look(engine, {name: _first(one, now) for name, one in made.items()})
    _are_its_own(asked.name, made, looked)
    wanted = _wanted(engine, asked.name, made, looked, now, common, given=end is not None)
    proposals = propose_all(engine, wanted, looked)
    fit = room.fits(engine, proposals, asked.spares)
    if fit and physics:
        capacity.demand(fit)
    values = _secrets(engine, proposals, given or {})
    wanted = {name: replace(one, secrets=values[name]) for name, one in wanted.items()}
    proposals = propose_all(engine, wanted, looked)
    departed = tuple(name for name in (before.teams if before else ()) if name not in made)
    workshop = kept.renewed(before, asked, made, now, common if end or not before else before.until)
    return Opening(workshop, proposals, fit, departed)


def sandboxes(engine: Engine, asked: Asked) -> tuple[str, ...]:
    """What its sandboxes are called, so that they can be locked before anything is looked at."""
    return tuple(team.name for team in _teams(engine, asked))


def same_names(found: Opening, names: Collection[str]) -> None:
    """SandboxError where a generated name was taken between the first look and the lock."""
    if not set(found.proposals) <= set(names):
        raise SandboxError(
            "another command took names of teams meanwhile", hint="Run the same command again."
        )


def plan_without(engine: Engine, found: Opening) -> Plan:
    """Everything of the teams that nobody asks for any more."""
    seen = engine.observe_all(found.departed)
    return sum((reconcile(None, one) for one in seen.values()), Plan())


def _teams(engine: Engine, asked: Asked) -> tuple[Team, ...]:
    before = kept.find(engine, asked.name)
    own = {*(before.teams if before else ()), *kept.owned(engine, asked.name)}
    return asked.teams(own=own, taken=engine.sandboxes())


def _first(made: Made, now: datetime) -> Wanted:
    """Enough of what is wanted to know what to look at."""
    one = made.assembled
    return Wanted(one.recipe, now, now, builds=one.builds, pulls=one.pulls, baseline=one.baseline)


def _wanted(
    engine: Engine,
    workshop: str,
    made: Mapping[str, Made],
    looked: Looked,
    now: datetime,
    until: datetime,
    *,
    given: bool,
) -> dict[str, Wanted]:
    previous = _Previous(engine)
    found: dict[str, Wanted] = {}
    for name, one in made.items():
        observed = looked.observed[name]
        record = observed.record
        lasts = record is not None and record.until > now and not given
        wanted = replace(
            _first(one, now),
            since=record.since if record else now,
            until=record.until if record and lasts else until,
            lease_given=not lasts,
            previous=previous.of(record),
            now=now,
            grace=engine.den.grace,
            workshop=workshop,
            team=name,
        )
        found[name] = replace(wanted, spared=_may_be_a_spare(wanted, observed))
    return found


def _may_be_a_spare(wanted: Wanted, observed: Observed) -> bool:
    """Where nothing of its own has to be in it: no data that goes over, no given secret."""
    there = frozenset(observed.live.services) if observed.live else frozenset()
    given = any(secret.ask for secret in wanted.recipe.secrets.values())
    return not (wanted.recipe.names_sandbox or given or carried(wanted, there))


class _Previous:
    """Recipes that the den keeps, each asked for once."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._known: dict[str, Recipe | None] = {}

    def of(self, record: Record | None) -> Recipe | None:
        """None also where the den lost it, and then nothing is carried over."""
        if record is None:
            return None
        if record.recipe not in self._known:
            try:
                self._known[record.recipe] = self._engine.recipe(record.recipe)
            except SandboxError:
                self._known[record.recipe] = None
        return self._known[record.recipe]


def _are_its_own(workshop: str, made: Mapping[str, Made], looked: Looked) -> None:
    """No team may take over a sandbox that is somebody else's, or of another blueprint."""
    records = {n: one.record for n, one in looked.observed.items() if one.record}
    strangers = [name for name, one in records.items() if one.workshop not in ("", workshop)]
    apart(strangers, taken=strangers)
    for name, record in records.items():
        blueprint = made[name].loaded.blueprint.name
        if record.blueprint != blueprint:
            raise BlueprintError(
                f"{name} is a sandbox of {record.blueprint}, not of {blueprint}",
                hint=f"First run `sandboxctl down {name}`, or give the team another name.",
                code="DEN234",
            )


def _secrets(
    engine: Engine, proposals: Mapping[str, Proposal], given: Mapping[str, str]
) -> dict[str, Mapping[str, str]]:
    """Values for every team that is about to be changed; none of them is another team's."""
    recipes = [one.wanted.recipe for one in proposals.values() if one.wanted]
    all_asked = {n for recipe in recipes for n, secret in recipe.secrets.items() if secret.ask}
    if recipes and set(given) - all_asked:  # says which, and what is asked for
        secret_values(recipes[0], given)
    found: dict[str, Mapping[str, str]] = {}
    for name, one in proposals.items():
        found[name] = {}
        if one.wanted and one.plan and one.wanted.recipe.secrets:
            recipe = one.wanted.recipe
            asked = [n for n, secret in recipe.secrets.items() if secret.ask]
            had = engine.secrets(name, asked) if asked and one.observed.live else {}
            mine = {n: value for n, value in given.items() if n in asked}
            found[name] = secret_values(recipe, {**had, **mine})
    return found


def _lasting(before: Workshop | None, now: datetime) -> datetime | None:
    return before.until if before and before.until > now else None


def _lifetime(made: Mapping[str, Made], now: datetime) -> datetime:
    """The longest of its blueprints': one end for all teams."""
    return now + timedelta(seconds=max(one.loaded.blueprint.lifetime for one in made.values()))
