"""Carrying a plan out: in parallel where it allows, with news along the way."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
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
    """
    steps = {step.key: step for step in plan.steps}
    order = TopologicalSorter({step.key: step.after for step in plan.steps})
    order.prepare()
    running: dict[Future[None], Step] = {}
    failed = Failures()
    own = pool or ThreadPoolExecutor(workers, thread_name_prefix="step")
    try:
        while True:
            for key in order.get_ready():
                step = steps[key]
                tell(News(step, "working"))
                running[_begin(step, engine, own, tell)] = step
            if not running:
                return failed
            finished, _ = wait(running, return_when=FIRST_COMPLETED)
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
