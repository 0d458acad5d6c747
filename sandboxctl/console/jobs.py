"""What was asked for: each once, one at a time for a sandbox, and kept whatever ends."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Protocol

from sandboxctl.console.asked import MANY, Asked, Table
from sandboxctl.console.job import Job, read, reference, written
from sandboxctl.console.seen import Team
from sandboxctl.console.steps import STEPS, Verb
from sandboxctl.console.storing import Store
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
        self._asked, self._board = Asked(store, TABLE), board
        self._guard = threading.Lock()
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
        job, new = self._asked.add(job)
        if not new:
            return job
        self.put(job, kept=True)
        if job.active and self.given:
            self.given(job)
        return job

    def get(self, reference: str) -> Job | None:
        """As it is now; None where there is no such job."""
        return self._asked.get(reference)

    def of(self, sandbox: str, *, since: datetime | None = None, most: int = MANY) -> Sequence[Job]:
        """Those of a sandbox, newest first; ``since`` there is one: an earlier one of that name
        was somebody else's."""
        found = self._asked.find("sandbox = ?", sandbox, most=most)
        return [one for one in found if since is None or one.asked >= since]

    def together(self, batch: str) -> Sequence[Job]:
        """Those that were asked for at once, newest first."""
        return self._asked.find("batch = ? AND batch <> ''", batch, most=MANY * MANY)

    def done(self, verb: Verb, *, most: int = MANY) -> Sequence[Job]:
        """The last ones that went well, of any sandbox, newest first: they were measured."""
        return self._asked.find("verb = ? AND state = 'done'", verb, most=most)

    def unfinished(self) -> Sequence[Job]:
        """Those that wait or are under way, oldest first."""
        return self._asked.unfinished()

    def put(self, job: Job, *, kept: bool = False) -> None:
        """It is so now; ``kept`` as `Asked.put` has it."""
        self._asked.put(job, kept=kept)
        if not job.active:
            with self._guard:
                self.ended += 1
        self._board.show(job)

    @property
    def active(self) -> Mapping[str, Job]:
        """By sandbox."""
        return {one.sandbox: one for one in self._asked.active}


def _columns(job: Job) -> dict[str, str]:
    return {"sandbox": job.sandbox, "verb": job.verb, "batch": job.batch}


TABLE = Table("jobs", "sandbox", _columns, written, read)


def _now() -> datetime:
    return datetime.now(UTC)
