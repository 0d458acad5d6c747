"""What was asked for about whole workshops: each once, one after the other, kept whatever ends."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from sandboxctl.console import reasons
from sandboxctl.console.asked import Asked, Table
from sandboxctl.console.job import reference
from sandboxctl.console.reach import Reach
from sandboxctl.console.storing import Store
from sandboxctl.console.task import Task, Verb, read, written
from sandboxctl.engine.protocol import Engine
from sandboxctl.errors import SandboxError

SCHEMA = """
CREATE TABLE IF NOT EXISTS tasks (
    number    INTEGER PRIMARY KEY AUTOINCREMENT,
    reference TEXT NOT NULL UNIQUE,
    workshop  TEXT NOT NULL,
    once      TEXT NOT NULL,
    state     TEXT NOT NULL,
    told      TEXT NOT NULL,
    UNIQUE (workshop, once)
);
CREATE UNIQUE INDEX IF NOT EXISTS tasks_one_at_a_time ON tasks (workshop)
    WHERE state IN ('waiting', 'working');
"""
"""``told`` is a whole `Task`; beside it stands what is looked for."""

Moved = Callable[[Task], None]
Doing = Callable[[Engine, Task, Moved], Task]
"""How a verb is carried out: it calls back with each step, and gives the task as it ended."""

log = logging.getLogger(__name__)


@dataclass
class Tasks:
    """Of one den, one worker for all: two workshops that open at once only make each other wait.
    ``doing`` says how each verb is done, ``look`` asks for a look at the engine."""

    store: Store
    reach: Reach
    doing: Mapping[Verb, Doing]
    look: Callable[[], None] = lambda: None

    def __post_init__(self) -> None:
        self._asked = Asked(self.store, TABLE)
        self._pool: ThreadPoolExecutor | None = None

    def begin(self) -> None:
        """Take up what an earlier console left: both verbs go on where they were."""
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="task")
        for task in self._asked.unfinished():
            begun = task.interrupted or task.state == "working"
            self._asked.put(replace(task, state="waiting", interrupted=begun))
            self._pool.submit(self._work, task.reference)

    def end(self) -> None:
        """What is under way is finished; what waits is taken up by the next console."""
        pool, self._pool = self._pool, None
        if pool:
            pool.shutdown(cancel_futures=True)

    def submit(
        self, verb: Verb, workshop: str, *, once: str, by: str, again: bool = False, **args: Any
    ) -> Task:
        """Ask for it; the caller knows that he may. Gives the task of the same ``once``, or what
        is under way with that workshop, or a new one."""
        now = datetime.now(UTC)
        asked = Task(reference(workshop), once, workshop, verb, by, now, args, again)
        task, new = self._asked.add(asked)
        if new:
            self._asked.put(task, kept=True)
            if self._pool:
                self._pool.submit(self._work, task.reference)
        return task

    def get(self, reference: str) -> Task | None:
        """As it is now; None where there is no such task."""
        return self._asked.get(reference)

    def of(self, workshop: str) -> Sequence[Task]:
        """Those of a workshop's name, newest first."""
        return self._asked.find("workshop = ?", workshop)

    @property
    def active(self) -> Sequence[Task]:
        """Those that wait or are under way."""
        return self._asked.active

    def _work(self, reference: str) -> None:
        task = self.get(reference)
        assert task is not None
        try:
            task = replace(task, state="working", began=task.began or datetime.now(UTC))
            self._put(task)
            with self.reach.engine() as engine:
                task = self.doing[task.verb](engine, task, self._put)
        except SandboxError as error:
            now = self._now(task)
            task = replace(
                now,
                state="failed",
                why=reasons.key(error),
                told=error.told,
                hint=error.hint,
                code=error.code,
            )
        except Exception:  # the pool keeps it to itself, and the task would be under way for ever
            log.exception("the task %s ended with a bug", reference)
            task = replace(self._now(task), state="failed", why=reasons.BUG)
        try:
            self._put(replace(task, ended=datetime.now(UTC)))
        except sqlite3.Error:  # the next console looks what became of it
            log.exception("what became of the task %s is not written down", reference)
        self.look()

    def _put(self, task: Task) -> None:
        """It is so now. A step is written as well: there are few of them, and a page that is
        opened in another console finds it."""
        before = self._now(task)
        same = (before.state, before.step, before.paper) == (task.state, task.step, task.paper)
        self._asked.put(task, kept=same and task.active)

    def _now(self, task: Task) -> Task:
        return self._asked.get(task.reference) or task


def _columns(task: Task) -> dict[str, str]:
    return {"workshop": task.workshop}


TABLE = Table("tasks", "workshop", _columns, written, read)
