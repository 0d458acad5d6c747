"""Carrying a plan out: in parallel where it allows, with news along the way."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from functools import partial
from graphlib import TopologicalSorter
from typing import Literal, TypeAlias

from sandboxctl.engine.protocol import Engine
from sandboxctl.errors import SandboxError
from sandboxctl.sandbox.operations import WaitReady
from sandboxctl.sandbox.plan import Key, Plan, Step


@dataclass(frozen=True, slots=True)
class News:
    """Step ``step`` is now ``state``; ``note`` says what it is busy with, and ``step`` is None
    for what comes before any plan. Told from many threads; in order per step, not overall."""

    step: Step | None
    state: Literal["working", "done", "failed"]
    note: str = ""


Listener: TypeAlias = Callable[[News], None]


class Failures(Mapping[Step, SandboxError]):
    """Why each step failed. A step holds mappings, so it is its key that is hashed."""

    def __init__(self) -> None:
        self._found: dict[Key, tuple[Step, SandboxError]] = {}

    def add(self, step: Step, error: SandboxError) -> None:
        self._found[step.key] = (step, error)

    def __getitem__(self, step: Step) -> SandboxError:
        return self._found[step.key][1]

    def __iter__(self) -> Iterator[Step]:
        return iter([step for step, _ in self._found.values()])

    def __len__(self) -> int:
        return len(self._found)


def execute(
    plan: Plan,
    engine: Engine,
    *,
    tell: Listener,
    workers: int = 8,
    pool: ThreadPoolExecutor | None = None,
) -> Failures:
    """Carry out every step whose prerequisites succeeded; return the failures, empty if none.
    ``pool`` stands for workers that several plans share.

    A failed step is never marked done, so exactly the steps behind it stay undone and everything
    beside it goes on. Waiting holds no worker. ^C finishes what runs and starts nothing more.
    What is begun is finished first: the first team is ready while the last one waits, and an
    engine that makes networks one by one starts containers meanwhile.
    """
    order = TopologicalSorter({step.key: step.after for step in plan.steps})
    order.prepare()
    ready, running = _Ready(plan), dict[Future[None], Step]()
    failed = Failures()
    own = pool or ThreadPoolExecutor(workers, thread_name_prefix="step")
    room = len(plan.steps) if pool else workers
    busy: set[Future[None]] = set()
    try:
        while True:
            ready.add(order.get_ready())
            while step := ready.next(waits=len(busy) >= room):
                tell(News(step, "working"))
                begun = _begin(step, engine, own, tell)
                running[begun] = step
                if not isinstance(step.operation, WaitReady):
                    busy.add(begun)
            if not running:
                return failed
            finished, _ = wait(running, return_when=FIRST_COMPLETED)
            busy -= finished
            for future in finished:
                step = running.pop(future)
                if error := _outcome(future):
                    failed.add(step, error)
                    tell(News(step, "failed", str(error)))
                else:
                    order.done(step.key)
                    tell(News(step, "done"))
    finally:
        if own is not pool:
            own.shutdown(cancel_futures=True)


class _Ready:
    """Steps that can begin, those of the plan's first sandbox first."""

    def __init__(self, plan: Plan) -> None:
        rank: dict[str, int] = {}
        for step in plan.steps:
            rank.setdefault(step.sandbox, len(rank))
        self._steps = {step.key: (rank[step.sandbox], n, step) for n, step in enumerate(plan.steps)}
        self._work: list[tuple[int, int, Step]] = []
        self._waits: list[Step] = []

    def add(self, keys: Iterable[Key]) -> None:
        for rank, n, step in map(self._steps.__getitem__, keys):
            if isinstance(step.operation, WaitReady):
                self._waits.append(step)
            else:
                heapq.heappush(self._work, (rank, n, step))

    def next(self, *, waits: bool) -> Step | None:
        """The next one; only what holds no worker, if so asked. None where there is none now."""
        if self._waits:
            return self._waits.pop(0)
        return None if waits or not self._work else heapq.heappop(self._work)[2]


def _begin(step: Step, engine: Engine, pool: ThreadPoolExecutor, tell: Listener) -> Future[None]:
    if isinstance(step.operation, WaitReady):
        try:
            return engine.when_ready(step.at, step.operation)
        except SandboxError as error:
            refused: Future[None] = Future()
            refused.set_exception(error)
            return refused
    return pool.submit(engine.apply, step.at, step.operation, partial(_noted, tell, step))


def _noted(tell: Listener, step: Step, note: str) -> None:
    tell(News(step, "working", note))


def _outcome(future: Future[None]) -> SandboxError | None:
    """What went wrong on purpose; a bug of ours is raised."""
    try:
        future.result()
    except SandboxError as error:
        return error
    return None
