"""The duty of restarts: what should run and does not is started again, with its data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import ExitStack
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


@dataclass
class Restarts:
    """``due`` are sandboxes that another duty is about to stop; ``doubted``: no clock says what is
    over. ``patience``: seconds that a round waits for what is started, None to the end; what takes
    longer is told of by a later round, so that nothing else has to wait."""

    due: Collection[str] = ()
    doubted: Callable[[], bool] = lambda: False
    patience: float | None = 2.0
    _pool: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1, "restarts"))
    _work: Future[list[Happened]] | None = None
    _tried: Counter[tuple[str, str, datetime | None]] = field(default_factory=Counter)
    _told: set[tuple[str, str]] = field(default_factory=set)

    def __call__(self, engine: Engine, now: datetime) -> Iterator[Happened]:
        if self._work is None:
            found = self._found(engine, now)
            if not found:
                return
            self._work = self._pool.submit(self._start_all, engine, found, now)
        wait([self._work], timeout=self.patience)
        if self._work.done():
            done, self._work = self._work, None
            yield from done.result()

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

    def _start_all(self, engine: Engine, found: list[str], now: datetime) -> list[Happened]:
        """One plan for all of them, under the locks of all; who is being changed is left alone."""
        told: list[Happened] = []
        plan = Plan()
        with ExitStack() as held:
            for name in found:
                try:
                    held.enter_context(engine.lock(name))
                    mine = self._plan(engine, name, now)
                except Held:
                    continue
                except EngineError:
                    raise
                except SandboxError as refused:
                    told += self._once(name, f"is not started again: {refused}")
                    continue
                plan += mine
                told += _words(name, mine)
            failed = execute(plan, engine, tell=lambda _: None)
        for step, error in failed.items():
            words = f"{step.operation}: {error}"
            told.append(Happened(step.sandbox, words, event="failed"))
        return told

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
