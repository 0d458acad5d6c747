"""A console's work on a den in memory, with a small store of its own."""

from __future__ import annotations

import contextlib
import sqlite3
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sandboxctl.console.job import Job
from sandboxctl.console.seen import Team
from sandboxctl.console.work import SCHEMA, Work
from sandboxctl.engine.memory import MemoryEngine
from sandboxctl.engine.protocol import Engine
from sandboxctl.errors import EngineError
from tests import pipeline
from tests.cli import WITH_DATABASE, blueprint

TEAM = "heron"
SOON = 60.0
STORE = "console.sqlite3"


class File:
    """What `Store` promises, and nothing more."""

    def __init__(self, path: Path) -> None:
        self._path = path
        with self.connection() as db:
            db.executescript(SCHEMA)

    @contextlib.contextmanager
    def connection(self) -> Iterator[sqlite3.Connection]:
        with contextlib.closing(sqlite3.connect(self._path, timeout=10)) as found:
            yield found


@dataclass
class Rig:
    """``work`` is a console's; `again` is another console on the same den and store."""

    folder: Path
    engine: Engine = field(default_factory=MemoryEngine)
    away: bool = False
    connects: Callable[[], Engine] | None = None
    folders: tuple[Path, ...] = ()

    def __post_init__(self) -> None:
        self.store = File(self.folder / STORE)
        self.work = Work(self.store, self.connect, self.engine.den, self.folders)

    def connect(self) -> Engine:
        if self.away:
            raise EngineError("nobody answers", hint="Start it.")
        return self.connects() if self.connects else self.engine

    def again(self) -> Work:
        self.work.end()
        self.work = Work(self.store, self.connect, self.engine.den, self.folders)
        return self.work

    def up(self, name: str = TEAM, text: str = WITH_DATABASE) -> None:
        pipeline.up(self.engine, blueprint(self.folder / "page", text), name)

    def submit(self, verb: Any, sandbox: str = TEAM, once: str = "1", **more: Any) -> Job:
        return self.work.jobs.submit(verb, sandbox, once=once, by="the team", **more)

    def ended(self, job: Job) -> Job:
        """A job once it is over."""
        until(lambda: not self.now(job).active, f"{job.verb} of {job.sandbox}")
        return self.now(job)

    def now(self, job: Job) -> Job:
        found = self.work.jobs.get(job.reference)
        assert found
        return found

    def done(self, verb: Any, sandbox: str = TEAM, once: str = "1", **more: Any) -> Job:
        job = self.ended(self.submit(verb, sandbox, once, **more))
        assert job.state == "done", job
        return job

    def team(self, sandbox: str = TEAM) -> Team:
        """As it is after another look."""
        self.work.board.look()
        return self.work.board.seen.teams[sandbox]


def until(true: Callable[[], object], what: str = "") -> None:
    end = time.monotonic() + SOON
    while not true():
        assert time.monotonic() < end, f"not within {SOON:g} s: {what or true}"
        time.sleep(0.005)
