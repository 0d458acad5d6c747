"""The duty of restarts: what should run and does not is started again, with its data."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from datetime import datetime

from sandboxctl.engine.protocol import Engine
from sandboxctl.errors import EngineError, Held, SandboxError
from sandboxctl.lifecycle.execute import execute
from sandboxctl.lifecycle.trust import demand
from sandboxctl.lifecycle.watch import Event, Happened
from sandboxctl.sandbox.operations import WriteHappened
from sandboxctl.sandbox.plan import Plan
from sandboxctl.sandbox.restarting import TIMES, again, plan_again, plan_spare
from sandboxctl.sandbox.state import Observed, Record
from sandboxctl.sandbox.wanted import Wanted

MOST, CALLS = 64, 8
"""Sandboxes that are started beside each other, most of which only wait until they answer; and
what the engine is asked to do at once for all of them."""


@dataclass
class Restarts:
    """Each sandbox under its own lock and in its own time: one that does not become ready holds up
    no other, and nobody who wants to change another.

    ``due`` are sandboxes that another duty is about to stop; ``doubted``: no clock says what is
    over. ``patience``: seconds that a round waits for what it starts, None to the end; what takes
    longer is told of by a later round, so that nothing else has to wait."""

    due: Collection[str] = ()
    doubted: Callable[[], bool] = lambda: False
    patience: float | None = 2.0
    _room: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(MOST))
    _calls: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(CALLS, "starts"))
    _work: dict[str, Future[list[Happened]]] = field(default_factory=dict)
    _tried: Counter[tuple[str, str, datetime | None]] = field(default_factory=Counter)
    _told: set[tuple[str, str]] = field(default_factory=set)

    def __call__(self, engine: Engine, now: datetime) -> Iterator[Happened]:
        new = [name for name in self._found(engine, now) if name not in self._work]
        for name in new:
            self._work[name] = self._begun(engine, name, now)
        wait([self._work[name] for name in new], timeout=self.patience)
        away: EngineError | None = None
        for name in [name for name, one in self._work.items() if one.done()]:
            try:
                yield from self._work.pop(name).result()
            except EngineError as error:  # the others are told of all the same
                away = error
        if away:
            raise away

    def _begun(self, engine: Engine, name: str, now: datetime) -> Future[list[Happened]]:
        """In a thread that ends with the process: nobody who ends it waits until all is ready."""
        work: Future[list[Happened]] = Future()

        def start() -> None:
            with self._room:
                try:
                    work.set_result(self._start(engine, name, now))
                except BaseException as error:  # noqa: BLE001 - whoever asks for the result has it
                    work.set_exception(error)

        threading.Thread(target=start, name=f"restart {name}", daemon=True).start()
        return work

    def _found(self, engine: Engine, now: datetime) -> list[str]:
        """Sandboxes of which something does not run that should, and spares that were ready."""
        still = {(one.sandbox, one.generation) for one in engine.still()}
        if not still:
            return []
        sandboxes = [
            name
            for name, record in sorted(engine.records().items())
            if (record.home or name, 1 if record.home else record.live) in still
            if name not in self.due and self._should_run(record, now)
        ]
        spares = [name for name, one in sorted(engine.spares().items()) if one.ready]
        return sandboxes + [name for name in spares if (name, 1) in still]

    def _start(self, engine: Engine, name: str, now: datetime) -> list[Happened]:
        """One of them; who is being changed is left alone."""
        try:
            with engine.lock(name):
                plan = self._calls.submit(self._plan, engine, name, now).result()
                failed = execute(plan, engine, tell=lambda _: None, pool=self._calls)
        except Held:
            return []
        except EngineError:
            raise
        except SandboxError as refused:
            return self._once(name, f"is not started again: {refused}")
        return [
            *_words(name, plan),
            *(
                Happened(name, f"{s.operation}: {error}", event="failed")
                for s, error in failed.items()
            ),
        ]

    def _plan(self, engine: Engine, name: str, now: datetime) -> Plan:
        """Looked at again under its lock."""
        observed, pulse = engine.observe(name), engine.pulse()
        record = observed.record
        if record is None:
            return self._spare(engine, observed, now)
        live = observed.live
        if (
            not self._should_run(record, now)
            or live is None
            or live.subnet is None
            or pulse is None
        ):
            return Plan()
        ended = [
            o for o in engine.ends(observed) if not o.runs and self._may(name, o.service, o.at)
        ]
        found = again(ended, record.again, pulse, now)
        recipe = engine.recipe(record.recipe)
        if found.start:
            demand(engine, recipe, now)
        self._tried.update((name, o.service, o.at) for o in ended if o.service in found.start)
        wanted = Wanted(
            recipe,
            since=record.since,
            until=record.until,
            previous=recipe,
            now=None if self.doubted() else now,  # what is put aside is not over by such a clock
            grace=engine.den.grace,
        )
        return plan_again(wanted, observed, found)

    def _spare(self, engine: Engine, observed: Observed, now: datetime) -> Plan:
        name = observed.sandbox
        spare, there = engine.spares().get(name), observed.generations.get(1)
        if spare is None or there is None or not spare.ready:
            return Plan()
        still = [s for s, seen in there.services.items() if not seen.runs and self._may(name, s)]
        recipe = engine.recipe(spare.recipe)
        demand(engine, recipe, now)
        self._tried.update((name, service, None) for service in still)
        return plan_spare(name, recipe, spare.subnet, still)

    def _should_run(self, record: Record, now: datetime) -> bool:
        """Not what somebody paused, what was stopped for what it wrote, or what is over."""
        stopped = record.over is not None and record.over.stopped
        over = record.until <= now and not self.doubted()
        return not (record.paused or stopped or over)

    def _may(self, name: str, service: str, at: datetime | None = None) -> bool:
        """Whether that end was not mended in vain three times already."""
        return self._tried[name, service, at] < TIMES

    def _once(self, name: str, words: str) -> list[Happened]:
        new = (name, words) not in self._told
        self._told.add((name, words))
        return [Happened(name, words, event="failed")] if new else []


def _words(name: str, plan: Plan) -> list[Happened]:
    """A line for all that is written down in the plan of a sandbox."""
    if not plan:
        return []
    written = [one.operation for one in plan.steps if isinstance(one.operation, WriteHappened)]
    words = "; ".join(one.words for note in written for one in note.happened)
    event: Event = "started" if len(plan.steps) > len(written) else "dead"
    return [Happened(name, words or "started again", event=event)]
