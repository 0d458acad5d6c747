"""`reset` without a spare, against the floor: the same containers by raw calls, and the same read.

Both end when a page has read the filled table: through the gateway on our side, from the gateway
on the floor's. What ours does afterwards, to put the old generation aside, is a row of its own.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from sandboxctl.engine.docker import DockerEngine
from sandboxctl.lifecycle.change import carry_out
from sandboxctl.lifecycle.execute import News
from sandboxctl.lifecycle.reset import plan_reset
from sandboxctl.sandbox.operations import Answers
from sandboxctl.sandbox.wanted import Wanted
from tests.benchmarks import floor, frame, prototype

ROWS, ROUNDS = 2_000_000, 7
GROWTH = (10_000, 100_000, 1_000_000, 10_000_000)
NAME = "homes"


def measure() -> None:
    with tempfile.TemporaryDirectory() as folder, prototype.den() as engine:
        file = prototype.written(Path(folder), prototype.document(ROWS))
        wanted = prototype.up(engine, prototype.loaded(engine, file, NAME), NAME).wanted
        assert wanted is not None
        ours, base, whole = sides(engine, wanted, ROUNDS)
    frame.row(f"reset to the first read, {ROWS / 1e6:g} M rows / floor", ours, base, 1.3)
    frame.row("the same, until the old one is put aside / floor", whole, base, None)


def sides(
    engine: DockerEngine, wanted: Wanted, rounds: int
) -> tuple[list[float], list[float], list[float]]:
    """Seconds of ours to the first read, of the floor, and of ours to the very end; in turns."""
    ours, base, whole = list[float](), list[float](), list[float]()
    to_first_read(engine, NAME)
    for _ in range(rounds):
        base.append(_floor(engine, wanted))
        begun = time.perf_counter()
        ours.append(to_first_read(engine, NAME))
        whole.append(time.perf_counter() - begun)
    return ours, base, whole


def to_first_read(engine: DockerEngine, sandbox: str, *, spared: bool = False) -> float:
    """Seconds from the wish to the answer of the new generation, planning included."""
    heard = Heard()
    with engine.lock(sandbox, patience=5):
        failed = carry_out(engine, plan_reset(engine, sandbox, spared=spared), heard)
    if failed or heard.answered is None:
        raise SystemExit("; ".join(map(str, failed.values())) or "nothing was read")
    return heard.answered - heard.begun


class Heard:
    """When it was begun, and when the gateway's answer came from the new generation."""

    def __init__(self) -> None:
        self.begun = time.perf_counter()
        self.answered: float | None = None

    def __call__(self, news: News) -> None:
        if news.state == "done" and news.step and isinstance(news.step.operation, Answers):
            self.answered = time.perf_counter()


def _floor(engine: DockerEngine, wanted: Wanted) -> float:
    begun = time.perf_counter()
    made = floor.up(engine, wanted)
    floor.read(engine, made)
    took = time.perf_counter() - begun
    floor.down(engine, made)
    return took


def growth(sizes: Sequence[int] = GROWTH) -> None:
    """From ten thousand rows to ten million; each size is left out where it is known already."""
    for rows in sizes:
        if frame.known("rows", rows):
            continue
        with tempfile.TemporaryDirectory() as folder, prototype.den() as engine:
            file = prototype.written(Path(folder), prototype.document(rows))
            wanted = prototype.up(engine, prototype.loaded(engine, file, NAME), NAME).wanted
            assert wanted is not None
            ours, base, _ = sides(engine, wanted, 5)
        middle = {"reset": sorted(ours)[2], "floor": sorted(base)[2]}
        frame.point("rows", rows, middle, unit="s", axis="rows in the database")


def growing(few: int = GROWTH[0], many: int = GROWTH[-1]) -> None:
    """The bar: the largest against the smallest, in turns in one run."""
    sizes = {"few": few, "many": many}
    took: dict[str, list[float]] = {name: [] for name in sizes}
    with tempfile.TemporaryDirectory() as folder, prototype.den() as engine:
        for name, rows in sizes.items():
            file = prototype.written(Path(folder) / name, prototype.document(rows, name))
            prototype.up(engine, prototype.loaded(engine, file, name), name)
            to_first_read(engine, name)
        for _ in range(ROUNDS):
            for name, times in took.items():
                times.append(to_first_read(engine, name))
    label = f"reset with {many / 1e6:g} M rows / with {few / 1e3:g} thousand"
    frame.row(label, took["many"], took["few"], 1.2, key="reset-growth")
