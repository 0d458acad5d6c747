"""`status` and `ls`: what is there, and what it means. Changes nothing."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Literal

from sandboxctl.engine.protocol import Engine
from sandboxctl.errors import SandboxError
from sandboxctl.lifecycle.spares_wanted import wanted_spares
from sandboxctl.lifecycle.trust import standing_of
from sandboxctl.sandbox.approval import Standing
from sandboxctl.sandbox.asides import lasting, strays
from sandboxctl.sandbox.disk import Overfull
from sandboxctl.sandbox.happening import Happening
from sandboxctl.sandbox.in_place import kept
from sandboxctl.sandbox.recipe import Recipe
from sandboxctl.sandbox.restarting import TIMES, Ended, Pulse, halted
from sandboxctl.sandbox.state import Aside, Beside, Generation, Observed, Record, Seen

State = Literal["ready", "in trouble", "paused", "stopped", "not finished"]


@dataclass(frozen=True, slots=True)
class Status:
    """One sandbox in the facilitator's words. ``left`` is negative when the lease is over;
    ``link`` is the address with the key, for those who shall come in; ``exceptions`` tells what was
    granted to it, and whether that is still in force; ``over`` is why it was stopped, where it was
    for what it wrote; ``asides`` what can be returned to, newest first; ``beside`` services that
    were replaced in their place and can be had back; ``happened`` what nobody asked for, oldest
    first; spares are those of its recipe, which other sandboxes may take too."""

    sandbox: str
    blueprint: str
    title: str
    state: State
    url: str
    link: str = field(repr=False)
    services: tuple[Seen, ...]
    generation: int
    since: datetime | None
    until: datetime | None
    left: timedelta | None
    leftovers: int
    exceptions: Standing = field(default_factory=Standing)
    over: Overfull | None = None
    asides: tuple[Aside, ...] = ()
    beside: Mapping[str, Beside] = field(default_factory=dict)
    resets: int = 0
    workshop: str = ""
    team: str = ""
    happened: tuple[Happening, ...] = ()
    spares_ready: int = 0
    spares_wanted: int = 0


def status(engine: Engine, sandbox: str, *, now: datetime) -> Status:
    """What is there of one sandbox; SandboxError if nothing is."""
    observed = engine.observe(sandbox)
    if not observed:
        raise SandboxError(
            f"There is no sandbox {sandbox}.", hint="`sandboxctl ls` shows what there is."
        )
    seen = _with_ends(engine, observed, _status(engine, observed, now, _Recipes(engine, now)))
    recipe = observed.record.recipe if observed.record else ""
    ready = [one for one in engine.spares().values() if one.ready and one.recipe == recipe]
    return replace(seen, spares_ready=len(ready), spares_wanted=_wanted(engine, recipe, now))


def overview(
    engine: Engine, *, now: datetime, of: Collection[str] | None = None
) -> Sequence[Status]:
    """Sandboxes of the den, all of them unless said, with one look; by name."""
    recipes = _Recipes(engine, now)
    found = engine.observe_all(engine.sandboxes() if of is None else of)
    return [_status(engine, one, now, recipes) for one in found.values()]


def _status(engine: Engine, observed: Observed, now: datetime, recipes: _Recipes) -> Status:
    record, shown = observed.record, observed.live
    if shown is None and observed.generations:
        shown = observed.generations[max(observed.generations)]
    recipe = recipes.of(record.recipe) if record else None
    over = record.over if record and record.over and record.over.stopped else None
    services = _services(recipe, shown, over)
    return Status(
        sandbox=observed.sandbox,
        blueprint=record.blueprint if record else "",
        title=record.title if record else "",
        state=_state(observed, services),
        url=engine.den.url(observed.sandbox, slot=record.slot) if record else "",
        link=_link(engine, observed.sandbox, record),
        services=services,
        generation=_number(observed, shown),
        since=record.since if record else None,
        until=record.until if record else None,
        left=record.until - now if record else None,
        leftovers=len(strays(observed, now)),
        exceptions=recipes.standing(record.recipe) if record else Standing(),
        over=over,
        asides=lasting(observed, now),
        beside=kept(observed, now),
        resets=record.resets if record else 0,
        workshop=record.workshop if record else "",
        team=record.team if record else "",
        happened=record.happened if record else (),
    )


def _with_ends(engine: Engine, observed: Observed, known: Status) -> Status:
    """With what the engine tells beside: what stopped with it, and what it started again."""
    pulse, ended = engine.pulse(), {one.service: one for one in engine.ends(observed)}
    services = known.services
    if not known.over:  # that it was stopped for what it wrote is the better reason
        services = tuple(_halted(seen, ended.get(seen.service), pulse) for seen in services)
    again = (
        Happening(at=one.since, words=f"{_again(one)} of {TIMES} times, by the engine")
        for one in ended.values()
        if one.restarts and one.since and one.runs
    )
    told = dict.fromkeys([*known.happened, *again, *_restarted(pulse, known.since)])
    happened = sorted(told, key=lambda one: one.at)
    return replace(known, services=services, happened=tuple(happened))


def _restarted(pulse: Pulse | None, since: datetime | None) -> Sequence[Happening]:
    """That the engine began anew, whoever started again what had run in it."""
    if pulse is None or pulse.engine is None or since is None or pulse.engine <= since:
        return ()
    return (Happening(at=pulse.engine, words="the engine was restarted"),)


def _halted(seen: Seen, ended: Ended | None, pulse: Pulse | None) -> Seen:
    mark = halted(ended, pulse) if ended and pulse and not seen.runs else None
    return replace(seen, why=f"it stopped with the engine at {_local(mark)}") if mark else seen


def _again(one: Ended) -> str:
    return f"{one.service} ended and was started again, {one.restarts}"


def _local(moment: datetime) -> str:
    return f"{moment.astimezone():%H:%M}"


def _number(observed: Observed, shown: Generation | None) -> int:
    """As the sandbox knows it: what was a spare once carries another one on its labels."""
    if observed.record and shown is observed.live and shown:
        return observed.record.live
    return shown.number if shown else 0


def _link(engine: Engine, sandbox: str, record: Record | None) -> str:
    if record is None or not record.key:
        return ""
    return engine.den.link(sandbox, record.key, slot=record.slot)


def _services(
    recipe: Recipe | None, shown: Generation | None, over: Overfull | None
) -> tuple[Seen, ...]:
    """Those that are there, and those that should be and are not."""
    there = dict(shown.services) if shown else {}
    if over:
        stopped = f"it was stopped: {over}"
        there |= {n: replace(seen, why=stopped) for n, seen in there.items() if not seen.runs}
    for name in recipe.containers.keys() - there.keys() if recipe else ():
        there[name] = Seen(name, "gone", why="its container is gone; `up` or `reset` makes it")
    return tuple(there[name] for name in sorted(there))


class _Recipes:
    """Recipes that the den keeps, and what was granted to them: each looked up once."""

    def __init__(self, engine: Engine, now: datetime) -> None:
        self._engine, self._now = engine, now
        self._known: dict[str, Recipe | None] = {}
        self._standing: dict[str, Standing] = {}

    def of(self, digest: str) -> Recipe | None:
        if digest not in self._known:
            try:
                self._known[digest] = self._engine.recipe(digest)
            except SandboxError:  # nobody reads them while the gateway is stopped; the rest is true
                self._known[digest] = None
        return self._known[digest]

    def standing(self, digest: str) -> Standing:
        recipe = self.of(digest)
        if recipe and digest not in self._standing:
            self._standing[digest] = standing_of(self._engine, recipe, self._now)
        return self._standing.get(digest, Standing())


def _wanted(engine: Engine, recipe: str, now: datetime) -> int:
    try:
        return wanted_spares(engine, now).get(recipe, 0)
    except SandboxError:  # a workshop that cannot be read is told of by whoever asks for it
        return 0


def _state(observed: Observed, services: Sequence[Seen]) -> State:
    if observed.record is None:
        return "not finished"
    running = sum(seen.runs for seen in services)
    if observed.record.paused:
        return "paused"
    if not running:
        return "stopped"
    return "ready" if running == len(services) else "in trouble"
