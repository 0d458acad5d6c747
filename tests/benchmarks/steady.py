"""Fifty resets of one sandbox while its team and its neighbour's are at work: who notices?"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from tests import dens, load, pipeline
from tests.benchmarks import frame
from tests.visitor import key_of

RESETS = 50


def measure() -> None:
    engine, api = dens.opened()
    try:
        with tempfile.TemporaryDirectory() as folder:
            blueprint = load.written(Path(folder) / "steady")
            doors = []
            for name in ("moved", "still"):
                pipeline.up(engine, blueprint, name)
                doors.append(load.Door(engine.den, name, key_of(engine, name)()))
            with load.under_load(*doors) as seen:
                time.sleep(1)
                for _ in range(RESETS):
                    pipeline.reset(engine, "moved")
                time.sleep(1)
    finally:
        dens.closed(engine, api)
    asked = seen.moved.answered + seen.slow.answered
    failed = seen.moved.failed.total() + seen.slow.failed.total()
    frame.count(f"requests that failed of {asked:,}, during {RESETS} resets", failed, n=asked)
    frame.count(
        f"keep-alive connections of the neighbour closed, {seen.still.answered:,} requests",
        seen.still.closed + seen.still.failed.total(),
        n=seen.still.answered,
    )
    frame.count(
        f"WebSockets of the neighbour closed, {seen.sockets.answered:,} messages",
        seen.sockets.closed + seen.sockets.failed.total(),
        n=seen.sockets.answered,
    )
    if len(seen.moved.generations) <= RESETS:
        raise SystemExit(f"{len(seen.moved.generations)} generations were seen")
