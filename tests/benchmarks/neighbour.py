"""What a bad neighbour costs: another sandbox's answers while it misbehaves, beside its own
answers while all is quiet, taking turns in one run. `python -m tests.benchmarks neighbour`."""

from __future__ import annotations

import contextlib
import statistics
import sys
import tempfile
import time
from pathlib import Path

from sandboxctl.engine.docker import DockerEngine
from tests import dens, pipeline, prototypes
from tests.engines.test_neighbour import BAD, GOOD, bad
from tests.visitor import Visitor, key_of

WAYS = ("forks", "memory", "cpu", "descriptors", "logs", "tmpfs", "inodes", "zombies")
SECONDS, ROUNDS = 5.0, 3


def p95(engine: DockerEngine) -> float:
    """Seconds, over one connection for each request, for some seconds."""
    visitor = Visitor(engine.den, GOOD, None, key_of(engine, GOOD))
    visitor.get("/health")
    took: list[float] = []
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        began = time.perf_counter()
        assert visitor.get("/health").status == 200
        took.append(time.perf_counter() - began)
    return statistics.quantiles(took, n=20)[-1]


def misbehave(engine: DockerEngine, way: str) -> None:
    with contextlib.suppress(OSError):
        Visitor(engine.den, BAD, None, key_of(engine, BAD)).get(f"/{way}")


def main() -> None:
    engine, api = dens.opened()
    try:
        with tempfile.TemporaryDirectory() as folder:
            pipeline.up(engine, bad(Path(folder) / "bad"), BAD)
            page = prototypes.written(Path(folder) / "good", prototypes.page())
            pipeline.up(engine, page, GOOD)
            for way in WAYS:
                sys.stdout.write(f"{way:<12} {measured(engine, way)}\n")
                sys.stdout.flush()
    finally:
        dens.closed(engine, api)


def measured(engine: DockerEngine, way: str) -> str:
    quiet: list[float] = []
    loud: list[float] = []
    for _ in range(ROUNDS):
        quiet.append(p95(engine))
        misbehave(engine, way)
        loud.append(p95(engine))
        pipeline.reset(engine, BAD)
    before, with_it = statistics.median(quiet), statistics.median(loud)
    return f"{with_it / before:.2f} x  (p95 {before * 1000:.1f} ms, {with_it * 1000:.1f} ms)"
