"""`watch`: what has to be looked after while nobody is at the keyboard, one duty after another."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, TypeAlias

from sandboxctl.engine.protocol import Engine
from sandboxctl.errors import Held, SandboxError
from sandboxctl.lifecycle.execute import execute
from sandboxctl.lifecycle.locks import WATCH
from sandboxctl.lifecycle.went_out import WentOut
from sandboxctl.sandbox import names
from sandboxctl.sandbox.disk import Overfull, WriteDown, Wrote
from sandboxctl.sandbox.operations import StopService
from sandboxctl.sandbox.plan import Draft, Plan
from sandboxctl.sandbox.state import Observed

LOCK = WATCH
"""Held by the one that watches a den; no sandbox can be called so."""
LOOKING = "somebody who looks"
"""Holds a lock for a moment, only to know whether anybody does."""
PATIENCE = 1.0
GRACE = 10.0
"""Seconds in which the other services of a sandbox that is stopped may finish."""
JUMP = 64 * 1024**2
"""Bytes: when so much of the disk went since the last look, the next one is due."""


Event = Literal[
    "stopped",
    "ended",
    "ending",
    "started",
    "dead",
    "suspended",
    "failed",
    "spare",
    "tidied",
]
"""What happened: a sandbox was stopped, its lease ended or will soon, services were started again
or will not be any more, leases are suspended; something could not be done; a spare came or went;
what was put aside went."""


@dataclass(frozen=True, slots=True)
class Happened:
    """Something that was done, and why; ``sandbox`` is empty where it is no one's. ``over`` is
    what was written where that was the reason, ``went_out`` what a proxy saw that is gone now."""

    sandbox: str
    words: str
    over: Overfull | None = None
    event: Event = "stopped"
    went_out: tuple[WentOut, ...] = ()


Duty: TypeAlias = Callable[[Engine, datetime], Iterable[Happened]]
"""One thing to look after. It raises SandboxError where it cannot, and is asked again."""


def look(engine: Engine, duties: Sequence[Duty], now: datetime) -> Iterator[Happened]:
    """One round: every duty once. One that fails does not stop the others; EngineError where it is
    the engine that is away, or what is decided cannot be read."""
    failed: list[tuple[str, SandboxError]] = []
    for duty in duties:
        try:
            yield from duty(engine, now)
        except SandboxError as error:
            failed.append((type(duty).__name__.lower(), error))
    if failed:
        engine.records()
    for name, why in failed:
        yield Happened("", f"{name} could not be looked after: {why}", event="failed")


@dataclass
class Disks:
    """Nobody writes more than he may. Who does is ended at once, whoever holds the sandbox; then
    the rest of it is stopped and the reason kept, as soon as nobody else is changing it.

    ``last`` is what the last look found; ``due`` are sandboxes of which the rest is to be stopped.
    """

    last: Sequence[Wrote] = ()
    due: dict[str, Overfull] = field(default_factory=dict)

    def __call__(self, engine: Engine, now: datetime) -> Iterator[Happened]:
        self.last = engine.wrote()
        known: dict[str, Observed] = {}
        for found in self.last:
            if found.is_over(None):  # only who might be over is worth another question
                observed = known.setdefault(found.sandbox, engine.observe(found.sandbox))
                if found.is_over(observed.record.over if observed.record else None):
                    yield from self._end(engine, found, observed, now)
        for sandbox in list(self.due):
            self._stop(engine, sandbox)

    def _end(
        self, engine: Engine, found: Wrote, observed: Observed, now: datetime
    ) -> Iterator[Happened]:
        """No grace: it would go on writing."""
        over = found.overfull(now)
        stop = StopService(found.generation, found.service, grace=0)
        failed = execute(_one(found, stop, str(over)), engine, tell=lambda _: None)
        for error in failed.values():
            yield Happened(found.sandbox, f"{over}, and cannot be stopped: {error}", over)
            return
        live = observed.live
        if live and (live.home, live.number) == (found.home, found.generation):
            self.due.setdefault(found.sandbox, over)
        yield Happened(found.sandbox, _told(found, over), over)

    def _stop(self, engine: Engine, sandbox: str) -> None:
        try:
            with engine.lock(sandbox, patience=PATIENCE):
                plan = plan_stop(engine.observe(sandbox), self.due[sandbox])
                failed = execute(plan, engine, tell=lambda _: None)
        except Held:  # the next round tries again
            return
        if not failed:
            del self.due[sandbox]


def plan_stop(observed: Observed, over: Overfull) -> Plan:
    """The reason first, then all that runs of the live generation; nothing if that is gone, or
    the service was started again by somebody who knows."""
    draft, live = Draft(observed.sandbox), observed.live
    if live is None or observed.record is None:
        return Plan()
    culprit = live.services.get(over.service)
    if culprit is None or culprit.runs:
        return Plan()
    written = draft.add(WriteDown(over), str(over))
    for name, seen in sorted(live.services.items()):
        if seen.runs:
            stop = StopService(live.number, name, GRACE)
            draft.add(stop, str(over), written, home=live.home)
    return Plan(tuple(draft.steps))


def _one(found: Wrote, operation: StopService, why: str) -> Plan:
    draft = Draft(found.sandbox)
    draft.add(operation, why, home=found.home)
    return Plan(tuple(draft.steps))


def _told(found: Wrote, over: Overfull) -> str:
    if found.sandbox.startswith(names.BASELINE):
        return f"{over}; it was ended while minute zero was made"
    return f"stopped: {over}"
