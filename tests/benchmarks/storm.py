"""Fifty sandboxes up and down twenty times: what is held before, and what afterwards.

STORM_SANDBOXES, STORM_ROUNDS and STORM_SECONDS set other numbers; a round that has begun is
finished.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from dataclasses import asdict
from pathlib import Path

import docker

from sandboxctl.engine.docker import DockerEngine
from tests.benchmarks import prototype
from tests.faults.storm import held, settled, storm


def measure(engine: DockerEngine, folder: Path) -> None:
    """Prints both, and fails if something was not given back."""
    sandboxes = int(os.environ.get("STORM_SANDBOXES", "50"))
    rounds = int(os.environ.get("STORM_ROUNDS", "20"))
    seconds = float(os.environ.get("STORM_SECONDS", "1800"))
    api = docker.APIClient(version="auto")
    storm(engine, folder, 4, 1)  # images and the like, which stay
    before, begun = held(engine, api), time.monotonic()
    done = storm(engine, folder, sandboxes, rounds, seconds)
    took = time.monotonic() - begun
    settled(engine, api, before)
    after = held(engine, api)
    api.close()
    print(f"{sandboxes} sandboxes up and down, {done} of {rounds} times, in {took:.0f} s")
    then, now = asdict(before), asdict(after)
    for name in then:
        print(f"  {name.replace('_', ' '):<24}{then[name]:>10}{now[name]:>10}")
    leaked = after.more_than(before)
    if leaked:
        sys.exit(f"not given back: {leaked}")


def main() -> None:
    """In a den of its own."""
    with tempfile.TemporaryDirectory() as folder, prototype.den() as engine:
        measure(engine, Path(folder) / "idle")
