"""`workshop reset`, `pause`, `resume` and `extend`: the same for many teams, in one plan."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from sandboxctl.engine.protocol import Engine
from sandboxctl.errors import EngineError
from sandboxctl.lifecycle.change import Proposal
from sandboxctl.lifecycle.extend import later
from sandboxctl.lifecycle.many import propose_all
from sandboxctl.lifecycle.trust import demand
from sandboxctl.lifecycle.up import secret_values
from sandboxctl.sandbox.operations import Drain, Freeze, Rest
from sandboxctl.sandbox.plan import Draft, Plan
from sandboxctl.sandbox.recipe import Recipe
from sandboxctl.sandbox.state import Observed, Record
from sandboxctl.sandbox.wanted import Wanted


def plan_reset_all(
    engine: Engine, sandboxes: Iterable[str], *, now: datetime
) -> dict[str, Proposal]:
    """Every one of them back to minute zero. EngineError where an image is gone, PolicyError for
    an exception that is not granted."""
    wanted = _as_they_are(engine, sandboxes, now)
    values = {name: _secrets(engine, name, one.recipe) for name, one in wanted.items()}
    wanted = {
        name: replace(
            one,
            fresh=True,
            previous=one.recipe,
            secrets=values[name],
            spared=not one.recipe.names_sandbox,
            grace=engine.den.grace,
            why="reset",
        )
        for name, one in wanted.items()
    }
    proposals = propose_all(engine, wanted)
    _there(proposals)
    return {name: replace(one, lost=_stateful(one)) for name, one in proposals.items()}


def plan_pause_all(engine: Engine, sandboxes: Collection[str]) -> Plan:
    """The gateway says so, what is answered is finished, and then everything stands still."""
    return sum((pause(seen) for seen in engine.observe_all(sandboxes).values()), Plan())


def pause(observed: Observed) -> Plan:
    """The steps for one; none where nothing runs, and only what is missing where it was begun."""
    draft, live, record = Draft(observed.sandbox), observed.live, observed.record
    if live is None or record is None:
        return Plan()
    running = sorted(name for name, seen in live.services.items() if seen.runs)
    if not running and record.paused:
        return Plan()
    told = draft.add(Rest(), "you asked for it")
    drained = draft.add(Drain(live.number), "it is paused", told, home=live.home)
    for name in running:
        draft.add(Freeze(live.number, name), "you asked for it", drained, home=live.home)
    return Plan(tuple(draft.steps))


def plan_resume_all(
    engine: Engine, sandboxes: Iterable[str], *, now: datetime
) -> dict[str, Proposal]:
    """Each goes on where it was: what stands still, and what an engine's restart stopped."""
    wanted = _as_they_are(engine, sandboxes, now)
    return propose_all(engine, {n: replace(one, previous=one.recipe) for n, one in wanted.items()})


def plan_extend_all(
    engine: Engine, sandboxes: Iterable[str], by: timedelta, *, now: datetime
) -> Plan:
    """Each lasts that much longer than it would; one that is over, than now. Nothing else of them
    is touched: what is paused stays so. BlueprintError for an end that is too far off."""
    records = _records(engine, sandboxes)
    longer = (later(name, one.until, now=now, by=by) for name, one in records.items())
    return sum((one.plan for one in longer), Plan())


def _as_they_are(engine: Engine, sandboxes: Iterable[str], now: datetime) -> dict[str, Wanted]:
    """What each of them is, as something to want; those that are not there are left out."""
    recipes: dict[str, Recipe] = {}
    found: dict[str, Wanted] = {}
    for name, record in _records(engine, sandboxes).items():
        if record.recipe not in recipes:
            recipes[record.recipe] = engine.recipe(record.recipe)
            demand(engine, recipes[record.recipe], now)
        recipe = recipes[record.recipe]
        found[name] = Wanted(recipe, record.since, record.until, now=now)
    return found


def _records(engine: Engine, sandboxes: Iterable[str]) -> Mapping[str, Record]:
    stored = engine.part("sandboxes")
    return {name: Record.model_validate(stored[name]) for name in sandboxes if name in stored}


def _secrets(engine: Engine, sandbox: str, recipe: Recipe) -> Mapping[str, str]:
    asked = [name for name, secret in recipe.secrets.items() if secret.ask]
    return secret_values(recipe, engine.secrets(sandbox, asked) if asked else {})


def _stateful(one: Proposal) -> tuple[str, ...]:
    recipe = one.wanted.recipe if one.wanted else None
    return tuple(sorted(n for n, c in recipe.containers.items() if c.stateful)) if recipe else ()


def _there(proposals: Mapping[str, Proposal]) -> None:
    for name, one in proposals.items():
        gone = one.wanted.references - one.observed.images if one.wanted else frozenset()
        if gone:
            raise EngineError(
                f"{name} cannot start again from minute zero: {', '.join(sorted(gone))} is gone",
                hint="Run `sandboxctl workshop up` again; it makes what is missing.",
            )
