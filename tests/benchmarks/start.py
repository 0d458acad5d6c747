"""How long a command takes that does nothing, and one that only looks."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.benchmarks import frame
from tests.benchmarks.frame import timed

ROUNDS = 15


def measure() -> None:
    command = str(Path(sys.executable).with_name("sandboxctl"))
    bare: list[float] = []
    took: dict[str, list[float]] = {"--version": [], "--help": []}
    for _ in range(ROUNDS):
        bare.append(timed(lambda: subprocess.run([sys.executable, "-c", "pass"], check=True)))
        for flag, times in took.items():
            times.append(
                timed(
                    lambda flag=flag: subprocess.run(  # type: ignore[misc]
                        [command, flag], check=True, stdout=subprocess.DEVNULL
                    )
                )
            )
    for flag, times in took.items():
        frame.row(f"sandboxctl {flag} / python -c pass", times, bare, 10)
