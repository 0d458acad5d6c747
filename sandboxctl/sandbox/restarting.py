"""What ended, whether the engine took it along, and what is started again by itself.

A service that ended with the engine is started again whenever the engine is back. One that ended
alone is started again three times, the engine's own attempts among them, until somebody starts
it who knows. What ended with the engine is told by the time: it ran when the gateway ended, or
when the engine began anew, and ended with that.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from ipaddress import IPv4Network

from sandboxctl.sandbox import addresses
from sandboxctl.sandbox.happening import Happening, WriteHappened
from sandboxctl.sandbox.operations import StartAgain, WaitReady
from sandboxctl.sandbox.plan import Draft, Key, Plan
from sandboxctl.sandbox.recipe import Recipe
from sandboxctl.sandbox.standing import as_it_is
from sandboxctl.sandbox.state import Observed
from sandboxctl.sandbox.wanted import Wanted, in_order

TIMES = 3
ON_PURPOSE = 1_000
"""In the place of how often: somebody stopped it, and nobody starts it again by himself."""
"""How often a service that died is started again."""
BEFORE, AFTER = timedelta(seconds=10), timedelta(minutes=2)
"""An engine that stops ends all within this time of its gateway: each service has its grace."""
_FROM_OUTSIDE = (0, 137, 143, 255)
"""How a program ends that was told to, or was killed, or whose end nobody saw."""


@dataclass(frozen=True, slots=True)
class Still:
    """A container of a service that does not run: whose, by its labels."""

    sandbox: str
    generation: int
    service: str


@dataclass(frozen=True, slots=True)
class Ended:
    """How a service ended last. ``since`` and ``at`` are when that run began and ended, None where
    it did not; ``restarts`` how often the engine has started it again since somebody did."""

    service: str
    since: datetime | None = None
    at: datetime | None = None
    status: int = 0
    restarts: int = 0
    runs: bool = False


@dataclass(frozen=True, slots=True)
class Pulse:
    """Of a den's gateway and its engine: when the gateway was started and when it ended last, and
    since when the engine runs; None where nobody can say. ``runs``: the gateway does."""

    runs: bool
    started: datetime | None = None
    stopped: datetime | None = None
    engine: datetime | None = None


@dataclass(frozen=True, slots=True)
class Again:
    """Services to be started, and those to be left; ``counts`` is what `Record.again` becomes."""

    start: frozenset[str]
    happened: tuple[Happening, ...]
    counts: Mapping[str, int] = field(default_factory=dict)


def halted(ended: Ended, pulse: Pulse) -> datetime | None:
    """When the engine stopped and took it along; None where it ended alone."""
    if ended.at is None or ended.since is None:
        return None
    if ended.restarts >= TIMES and ended.status not in _FROM_OUTSIDE:
        return None
    for mark in (pulse.stopped, pulse.engine):
        if mark and ended.since < mark and -BEFORE <= ended.at - mark <= AFTER:
            return mark
    return None


def again(ended: Iterable[Ended], counts: Mapping[str, int], pulse: Pulse, now: datetime) -> Again:
    """What to do about services of which some do not run."""
    halts: dict[str, datetime] = {}
    alone: list[Ended] = []
    left: list[Happening] = []
    counted = dict(counts)
    for one in ended:
        if one.runs:
            continue
        if mark := halted(one, pulse):
            halts[one.service] = mark
            continue
        times = counts.get(one.service, 0) + one.restarts
        if times >= TIMES:
            why = "it was stopped on purpose"
            if times < ON_PURPOSE:
                why = f"it was started again {times} times"
            stays = f"{told(one)}, and stays so: {why}"
            left.append(Happening(at=one.at or now, words=stays))
            continue
        counted[one.service] = times + 1
        alone.append(one)
    happened = [
        *left,
        *_engine(halts.values(), pulse),
        *(Happening(at=one.at or now, words=told(one)) for one in alone),
    ]
    if halts:
        services = ", ".join(sorted(halts))
        happened.append(Happening(at=now, words=f"{services} started again by watch"))
    for one in alone:
        words = f"{one.service} started again by watch, {counted[one.service]} of {TIMES} times"
        happened.append(Happening(at=now, words=words))
    start = frozenset({*halts, *(one.service for one in alone)})
    return Again(start, tuple(happened), counted)


def _engine(marks: Collection[datetime], pulse: Pulse) -> Iterator[Happening]:
    """When the engine stopped, and when it was back, as far as anybody can say."""
    stops = sorted({mark for mark in marks if mark != pulse.engine})
    for mark in stops:
        yield Happening(at=mark, words="the engine stopped")
    if marks and pulse.engine and (not stops or pulse.engine > stops[-1]):
        yield Happening(at=pulse.engine, words="the engine was restarted")


def plan_again(wanted: Wanted, observed: Observed, found: Again) -> Plan:
    """Write down what happened, then start what is to be started; nothing if all that is known."""
    known = observed.record.happened if observed.record else ()
    new = tuple(one for one in found.happened if one not in known)
    if found.start and observed.live:
        others = frozenset(observed.live.services) - found.start
        left = others | (wanted.recipe.containers.keys() - observed.live.services.keys())
        return as_it_is(wanted, observed, left, WriteHappened(new, found.counts))
    if not new:
        return Plan()
    draft = Draft(observed.sandbox)
    draft.add(WriteHappened(new, found.counts), "it stays as it is")
    return Plan(tuple(draft.steps))


def plan_spare(name: str, recipe: Recipe, subnet: IPv4Network, still: Collection[str]) -> Plan:
    """Start what does not run of a generation that belongs to nobody yet."""
    draft, ready = Draft(name), dict[str, Key]()
    places = addresses.services(subnet, recipe.containers)
    for service in in_order(recipe.containers):
        if service in still:
            container = recipe.containers[service]
            needs = [ready.get(need) for need in container.depends_on]
            started = draft.add(StartAgain(1, container), "a spare has to be ready", *needs)
            waiting = WaitReady(1, container, places[service])
            ready[service] = draft.add(waiting, "it was started", started)
    return Plan(tuple(draft.steps))


def told(ended: Ended) -> str:
    """``web ended with exit 1``."""
    if ended.at is None:
        return f"{ended.service} never started"
    return f"{ended.service} ended with exit {ended.status}"
