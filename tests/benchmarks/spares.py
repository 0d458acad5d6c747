"""`reset` from a spare: inside one process, as a console does it, and as a command.

Done is the first answer of the new generation through the gateway; the page is a plain one, for
what a prototype takes to work out its own is not ours to measure here. A spare is made before each,
outside the measured time, as `watch` makes it behind people's backs; what has to go, `watch` takes
away as well.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import yaml

from sandboxctl import clock
from sandboxctl.engine.docker import DockerEngine
from sandboxctl.lifecycle.claim import take_spare
from sandboxctl.lifecycle.reset import tidy_up
from sandboxctl.lifecycle.spares import make_one
from sandboxctl.lifecycle.watch import LOCK
from tests.benchmarks import frame, prototype
from tests.benchmarks.engine import three
from tests.benchmarks.resets import Heard

INSIDE, COMMANDS = 50, 15
BAR = 0.020
NAME = "three"


def measure() -> None:
    with tempfile.TemporaryDirectory() as folder, prototype.den() as engine:
        prototype.up(engine, prototype.loaded(engine, three(Path(folder)), NAME), NAME)
        digest = recipe_of(engine, NAME)
        for _ in range(3):
            inside(engine, digest)
        within = [inside(engine, digest) for _ in range(INSIDE)]
        twenty = [BAR] * INSIDE
        label = "reset from a spare, in one process, to the first answer / 20 ms"
        frame.row(label, within, twenty, 1, key="spare-inside")
        command = Command(engine, Path(folder))
        bare, whole = [], []
        with engine.lock(LOCK):  # somebody watches: who else made the spares?
            for _ in range(COMMANDS):
                bare.append(frame.timed(import_docker))
                make(engine, digest)
                whole.append(frame.timed(command.reset))
    label = "`sandboxctl reset N` from a spare / `python -c 'import docker'`"
    frame.row(label, whole, bare, 2, key="spare-command")


def import_docker() -> None:
    subprocess.run([sys.executable, "-c", "import docker"], check=True)


class Command:
    """The command line, with the settings of a den, for one sandbox."""

    def __init__(self, engine: DockerEngine, folder: Path, name: str = NAME) -> None:
        den = engine.den
        settings = folder / "config" / "sandboxctl"
        settings.mkdir(parents=True)
        chosen = den.model_dump(mode="json", exclude_unset=True, exclude={"name"})
        (settings / "den.yaml").write_text(yaml.safe_dump({den.name: chosen}))
        places = {"XDG_CONFIG_HOME": folder / "config", "XDG_STATE_HOME": folder / "state"}
        self.environment = {**os.environ, **{key: str(path) for key, path in places.items()}}
        self.words = [str(Path(sys.executable).with_name("sandboxctl")), "--den", den.name]
        self._name = name

    def reset(self) -> None:
        done = subprocess.run(
            [*self.words, "reset", self._name],
            check=False,
            env=self.environment,
            capture_output=True,
            text=True,
        )
        if done.returncode:
            raise SystemExit(done.stderr)


def inside(engine: DockerEngine, digest: str, name: str = NAME) -> float:
    """Seconds from the wish to the answer, where a console does it: in a process that is there."""
    make(engine, digest)
    heard = Heard()
    with engine.lock(name, patience=5):
        taken = take_spare(engine, name, now=clock.now(), tell=heard)
    if taken is None or taken[1] or heard.answered is None:
        raise SystemExit("there was no spare, or it did not answer")
    tidy_up(engine, taken[0])
    return heard.answered - heard.begun


def make(engine: DockerEngine, digest: str) -> None:
    """A spare of that recipe."""
    failed = make_one(engine, digest, now=clock.now(), tell=lambda _: None)
    if failed:
        raise SystemExit("; ".join(map(str, failed.values())))


def recipe_of(engine: DockerEngine, name: str) -> str:
    """The digest of what a sandbox is made from."""
    record = engine.observe(name).record
    assert record is not None
    return record.recipe
