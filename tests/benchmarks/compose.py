"""One team's day by Docker Compose: down, up, and the data loaded again, against one `reset`.

Equal work on both sides: the same images, commands, users and limits, one network, a database
that has to be filled with the same rows, and done is the same page read through a port. Compose
gets what helps it: it kills at once, it waits no longer than needed, and the rows come from a file
that PostgreSQL's own tool wrote.

Three times: a generation that has to be built, which cannot be faster than the engine starts its
containers; and one from a spare, as a workshop has it, as a command like Compose's own and in a
process that is there, as a console does it.
"""

from __future__ import annotations

import functools
import json
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Sequence
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

from sandboxctl.engine.docker import DockerEngine
from sandboxctl.lifecycle.watch import LOCK
from sandboxctl.sandbox import names
from sandboxctl.sandbox.recipe import Container, Recipe
from tests.benchmarks import frame, prototype, resets, spares

ROWS, ROUNDS = 2_000_000, 3
BAR = 10
PROJECT = "sandboxctl-benchmark"
PATIENCE = 120.0


@functools.cache
def command() -> tuple[str, ...]:
    """Version 2 if it is there, else version 1; empty where there is neither."""
    for words in (("docker", "compose"), ("docker-compose",)):
        if shutil.which(words[0]) and not _run([*words, "version"], check=False).returncode:
            return words
    return ()


def version() -> str:
    if not command():
        return ""
    return _run([*command(), "version", "--short"]).stdout.strip().removeprefix("v")


def measure() -> None:
    if not command():
        print("Docker Compose is not installed: nothing to measure against", flush=True)
        return
    with tempfile.TemporaryDirectory() as folder, prototype.den() as engine:
        file = prototype.written(Path(folder), prototype.document(ROWS))
        asked = prototype.loaded(engine, file, "homes")
        proposal = prototype.up(engine, asked, "homes")
        assert proposal.wanted is not None
        dump = Path(folder) / "homes.sql"
        _dumped(engine, dump)
        team = Team(Path(folder), proposal.wanted.recipe, _unfilled(proposal), dump)
        command_line = spares.Command(engine, Path(folder), "homes")
        theirs, ours, beside, spared, pressed = [], [], [], [], []
        try:
            team.again()
            for _ in range(ROUNDS):
                theirs.append(frame.timed(team.again))
                ours.append(resets.to_first_read(engine, "homes"))
            digest = spares.recipe_of(engine, "homes")
            with engine.lock(LOCK):  # somebody watches: who else made the spares?
                for _ in range(ROUNDS):
                    beside.append(frame.timed(team.again))
                    spares.make(engine, digest)
                    spared.append(frame.timed(command_line.reset))
                    pressed.append(spares.inside(engine, digest, "homes"))
        finally:
            team.down()
        frame.row(
            f"Compose {version()}: down, up, load {ROWS / 1e6:g} M rows / reset without a spare",
            theirs,
            ours,
            BAR,
            key="compose-reset",
            sense="least",
        )
        for how, took in (("`sandboxctl reset N`", spared), ("the console's button", pressed)):
            frame.row(
                f"Compose {version()}: the same / {how}, from a spare",
                beside,
                took,
                BAR,
                sense="least",
            )


class Team:
    """One project of Compose."""

    def __init__(self, folder: Path, recipe: Recipe, unfilled: str, dump: Path) -> None:
        self._dump, self._port = dump, _free_port()
        self._file = folder / "compose.yaml"
        self._file.write_text(json.dumps(_document(recipe, unfilled, self._port)))

    def again(self) -> None:
        """From what somebody broke to a page that reads the filled table."""
        self.down()
        self._compose("up", "--detach")
        self._until_it_listens()
        with self._dump.open("rb") as rows:
            words = ["exec", "-T", "db", "psql", "-q", "-v", "ON_ERROR_STOP=1", "-h", "127.0.0.1"]
            self._compose(*words, "-U", "homes", "-d", "homes", stdin=rows)
        self._until_it_reads()

    def down(self) -> None:
        self._compose("down", "--volumes", "--timeout", "0")

    def _until_it_listens(self) -> None:
        ask = "until pg_isready -q -h 127.0.0.1 -U homes -d homes; do sleep 0.02; done"
        self._compose("exec", "-T", "db", "sh", "-c", ask)

    def _until_it_reads(self) -> None:
        end = time.monotonic() + PATIENCE
        while not self._reads():
            if time.monotonic() > end:
                raise SystemExit("what Compose started does not answer")
            time.sleep(0.02)

    def _reads(self) -> bool:
        try:
            connection = HTTPConnection("127.0.0.1", self._port, timeout=10)
            connection.request("GET", "/")
            return connection.getresponse().status == 200
        except OSError:
            return False

    def _compose(self, *words: str, stdin: Any = None) -> None:
        _run([*command(), "-p", PROJECT, "-f", str(self._file), *words], stdin=stdin)


def _document(recipe: Recipe, unfilled: str, port: int) -> dict[str, Any]:
    services = {
        name: _service(one, unfilled if name == "db" else one.image)
        for name, one in recipe.containers.items()
    }
    services["web"]["ports"] = [f"127.0.0.1:{port}:8000"]
    return {"services": services}


def _service(one: Container, image: str) -> dict[str, Any]:
    words: dict[str, Sequence[str] | None] = {"command": one.command, "entrypoint": one.entrypoint}
    return {
        "image": image,
        "user": one.user or "10001:10001",
        "environment": {key: value.replace("$", "$$") for key, value in one.environment.items()},
        "mem_limit": one.memory,
        "cpus": one.cpus,
        "pids_limit": one.pids,
        "depends_on": list(one.depends_on),
        **{
            key: [word.replace("$", "$$") for word in said]
            for key, said in words.items()
            if said is not None
        },
    }


def _unfilled(proposal: Any) -> str:
    """The image that the database has before it is filled."""
    return str(proposal.wanted.baseline.containers["db"].image)


def _dumped(engine: DockerEngine, path: Path) -> None:
    live = engine.observe("homes").live
    assert live is not None
    container = names.container(engine.den.name, "homes", live.number, "db")
    dump = ["pg_dump", "-h", "127.0.0.1", "-U", "homes", "-d", "homes", "--no-owner"]
    with path.open("wb") as rows:
        subprocess.run(["docker", "exec", container, *dump], check=True, stdout=rows)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _run(
    words: Sequence[str], *, check: bool = True, stdin: Any = None
) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(words, check=False, capture_output=True, text=True, stdin=stdin)
    if check and done.returncode:
        raise SystemExit(f"{' '.join(words)}: {done.stdout}{done.stderr}")
    return done
