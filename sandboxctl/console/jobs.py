"""What was asked for: each once, one at a time for a sandbox, and kept whatever ends."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Protocol

from sandboxctl.console.job import ACTIVE, Job, read, reference, written
from sandboxctl.console.seen import Team
from sandboxctl.console.steps import STEPS, Verb
from sandboxctl.console.storing import Store, writing
from sandboxctl.lifecycle.locks import WORKSHOP

SCHEMA = """
CREATE TABLE IF NOT EXISTS jobs (
    number    INTEGER PRIMARY KEY AUTOINCREMENT,
    reference TEXT NOT NULL UNIQUE,
    sandbox   TEXT NOT NULL,
    once      TEXT NOT NULL,
    verb      TEXT NOT NULL,
    state     TEXT NOT NULL,
    batch     TEXT NOT NULL,
    told      TEXT NOT NULL,
    UNIQUE (sandbox, once)
);
CREATE UNIQUE INDEX IF NOT EXISTS jobs_one_at_a_time ON jobs (sandbox)
    WHERE state IN ('waiting', 'working');
CREATE INDEX IF NOT EXISTS jobs_together ON jobs (batch) WHERE batch <> '';
"""
"""``told`` is a whole `Job`; beside it stands what is looked for."""

TRIES = 20
"""References that may be somebody's already before it is our bug."""
MANY = 50
WORDS = 200
"""Characters that ``by`` and ``once`` may have."""


class Watched(Protocol):
    """Who shows what there is."""

    def team(self, sandbox: str) -> Team | None:
        """A sandbox as it was last seen; None where there is none."""

    def show(self, job: Job) -> None:
        """It is asked for, further, or over."""


class Jobs:
    """All of one den. ``given`` is called with each that has to be carried out, and returns at
    once; before there is one, they wait. ``idle``: what is given is begun at once, and is written
    down as under way: one write less before it is. ``ended`` grows with each that is over."""

    def __init__(self, store: Store, board: Watched) -> None:
        self._store, self._board = store, board
        self._guard = threading.Lock()
        self._active: dict[str, Job] = {}
        self.ended = 0
        self.given: Callable[[Job], None] | None = None
        self.idle: Callable[[], bool] = lambda: False

    def submit(
        self,
        verb: Verb,
        sandbox: str,
        *,
        once: str,
        by: str,
        seen_generation: int | None = None,
        batch: str = "",
        **args: Any,
    ) -> Job:
        """Ask for it; the caller knows that he may. ValueError for a sandbox that there is not.

        Gives the job of the same ``once``, or the one under way, or a new one: that is
        ``overtaken`` where another generation is live than the one that was seen. Takes
        milliseconds. ``args`` are what JSON can hold.
        """
        if verb not in STEPS or not once or len(once) > WORDS or len(by) > WORDS:
            raise ValueError("a job has a verb that there is, and short words for who asked")
        team = self._board.team(sandbox)
        if team is None and not (verb == "prolong" and sandbox.startswith(WORKSHOP)):
            raise ValueError("a job is about a sandbox that there is")  # a name may be any lock's
        live = team.live if team else 0
        overtaken = seen_generation is not None and live not in (0, seen_generation)
        begun = bool(self.given) and self.idle()
        job = Job(
            reference=reference(sandbox),
            once=once,
            sandbox=sandbox,
            verb=verb,
            by=by,
            args=args,
            asked=_now(),
            seen=seen_generation,
            state="overtaken" if overtaken else "working" if begun else "waiting",
            of=len(STEPS[verb]),
            before=live,
            recipe=team.recipe if team else "",
            changed=team.changed if team else None,
            batch=batch,
        )
        with writing(self._store) as db:
            if found := _one(db, "sandbox = ? AND once = ?", sandbox, once):
                return self._now(found)
            if found := _one(db, f"sandbox = ? AND state IN {ACTIVE}", sandbox):
                return self._now(found)
            job = _added(db, job)
        self.put(job, kept=True)
        if job.active and self.given:
            self.given(job)
        return job

    def get(self, reference: str) -> Job | None:
        """As it is now; None where there is no such job."""
        with self._guard:
            if reference in self._active:
                return self._active[reference]
        with self._store.connection() as db:
            found = _one(db, "reference = ?", reference)
        return found and self._now(found)

    def of(self, sandbox: str, *, since: datetime | None = None, most: int = MANY) -> Sequence[Job]:
        """Those of a sandbox, newest first; ``since`` there is one: an earlier one of that name
        was somebody else's."""
        with self._store.connection() as db:
            found = _several(db, "sandbox = ?", sandbox, most=most)
        return [self._now(one) for one in found if since is None or one.asked >= since]

    def together(self, batch: str) -> Sequence[Job]:
        """Those that were asked for at once, newest first."""
        with self._store.connection() as db:
            found = _several(db, "batch = ? AND batch <> ''", batch, most=MANY * MANY)
        return [self._now(one) for one in found]

    def done(self, verb: Verb, *, most: int = MANY) -> Sequence[Job]:
        """The last ones that went well, of any sandbox, newest first: they were measured."""
        with self._store.connection() as db:
            return _several(db, "verb = ? AND state = 'done'", verb, most=most)

    def unfinished(self) -> Sequence[Job]:
        """Those that wait or are under way, oldest first, as they were last written."""
        with self._store.connection() as db:
            return _several(db, f"state IN {ACTIVE}", most=MANY * MANY)[::-1]

    def put(self, job: Job, *, kept: bool = False) -> None:
        """It is so now. What is only further (``kept``: or was written already) is not written: it
        is told of from memory, and begins again where the console ends."""
        if not kept:
            with writing(self._store) as db:
                db.execute(
                    "UPDATE jobs SET state = ?, told = ? WHERE reference = ?",
                    (job.state, written(job), job.reference),
                )
        with self._guard:
            if job.active:
                self._active[job.reference] = job
            else:
                self._active.pop(job.reference, None)
                self.ended += 1
        self._board.show(job)

    @property
    def active(self) -> Mapping[str, Job]:
        """By sandbox."""
        with self._guard:
            return {one.sandbox: one for one in self._active.values()}

    def _now(self, job: Job) -> Job:
        with self._guard:
            return self._active.get(job.reference, job)


def _added(db: sqlite3.Connection, job: Job) -> Job:
    for _ in range(TRIES):
        if not _one(db, "reference = ?", job.reference):
            row = (job.reference, job.sandbox, job.once, job.verb, job.state, job.batch)
            db.execute(
                "INSERT INTO jobs (reference, sandbox, once, verb, state, batch, told)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                (*row, written(job)),
            )
            return job
        job = replace(job, reference=reference(job.sandbox))
    raise AssertionError("no reference is free")


def _one(db: sqlite3.Connection, where: str, *values: object) -> Job | None:
    found = _several(db, where, *values, most=1)
    return found[0] if found else None


def _several(db: sqlite3.Connection, where: str, *values: object, most: int) -> list[Job]:
    rows = db.execute(
        f"SELECT told FROM jobs WHERE {where} ORDER BY number DESC LIMIT ?", (*values, most)
    )
    return [read(row[0]) for row in rows.fetchall()]


def _now() -> datetime:
    return datetime.now(UTC)
