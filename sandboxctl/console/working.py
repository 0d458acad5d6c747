"""Carries out what was asked for: one at a time for a sandbox, several sandboxes at once."""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Protocol

from sandboxctl.console import doing, reasons
from sandboxctl.console.doing import PATIENCE, Done
from sandboxctl.console.job import Job
from sandboxctl.console.jobs import Jobs
from sandboxctl.console.reach import Reach
from sandboxctl.console.slowed import Slowed
from sandboxctl.console.steps import Progress
from sandboxctl.engine.protocol import Engine
from sandboxctl.errors import EngineError, Held, Overtaken, SandboxError
from sandboxctl.lifecycle import telling

AT_ONCE = 4
"""Sandboxes that are changed at the same time: with more, an engine makes each wait longer."""
CALLS_HELP = ("reset", "undo", "restore", "restart", "resume")
"""Verbs whose failure leaves a team without a way on."""
_SWITCHES = ("reset", "undo", "restore")

log = logging.getLogger(__name__)


class Calls(Protocol):
    """Who is called for help."""

    def raise_hand(self, sandbox: str, *, by: str, why: str = "") -> object: ...


@dataclass
class Working:
    """A pool of workers. ``begin`` takes up what an earlier console left, then what comes;
    ``look`` asks for a look at the engine, now."""

    jobs: Jobs
    reach: Reach
    hands: Calls
    look: Callable[[], None] = lambda: None

    def __post_init__(self) -> None:
        self._pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="job")
        self._slowed = Slowed(self.reach, self.look)
        self._ended = False
        self._guard, self._busy = threading.Lock(), 0

    def begin(self) -> None:
        """EngineError where the engine is away: nothing is known then of what was left."""
        left = self.jobs.unfinished()
        with self.reach.engine() as engine:
            records = engine.records()
            mended = [
                _taken_up(one, records[one.sandbox].live) for one in left if one.sandbox in records
            ]
        for one in self.jobs.done("fault"):
            if one.sandbox in records:
                self._slowed.go_on_later(one)
        self.jobs.given, self.jobs.idle = self._give, lambda: self._busy < AT_ONCE
        gone = [one for one in left if one.sandbox not in records and one.verb != "prolong"]
        for job in gone:
            self._over(replace(job, state="failed", why=reasons.GONE, interrupted=True))
        known = {one.reference for one in [*gone, *mended]}
        for job in [*mended, *(one for one in left if one.reference not in known)]:
            self.jobs.put(job)
            self._give(job)

    def end(self) -> None:
        """What is under way is finished; what waits is taken up by the next console."""
        self._ended = True
        self._slowed.end()
        self._pool.shutdown(cancel_futures=True)

    def _give(self, job: Job) -> None:
        if not self._ended:
            with self._guard:
                self._busy += 1
            self._pool.submit(self._work, job)

    def _work(self, job: Job) -> None:
        began = time.monotonic()
        try:
            job = self._worked(job)
        except Overtaken as error:
            job = replace(job, state="overtaken", told=str(error))
        except SandboxError as error:
            job = reasons.failed(job, {"": error})
        except Exception:  # a bug of ours: the page has to say so, and the worker to go on
            log.exception("the job %s ended with a bug", job.reference)
            job = replace(job, state="failed", why=reasons.BUG)
        job = replace(job, seconds=round(time.monotonic() - began, 3))
        try:
            self._over(job)
        except (sqlite3.Error, ValueError):  # nobody may wait for ever; the next console looks
            log.exception("what became of the job %s is not written down", job.reference)
            self.jobs.put(job, kept=True)
        finally:
            with self._guard:
                self._busy -= 1

    def _worked(self, job: Job) -> Job:
        with self.reach.engine() as engine:
            record = engine.records().get(job.sandbox)
            again = job.interrupted and record is not None
            known = job
            job = doing.settled(engine, replace(job, state="working"))
            if record and not again:
                job = replace(job, before=record.live)
            same = job == known  # as it was written when it was asked for
            job = replace(job, began=job.began or _now())
            self.jobs.put(job, kept=same)
            if again and record and job.verb in _SWITCHES and record.live != job.before:
                return self._finished(engine, job, record.live)
            return self._done(engine, job)

    def _done(self, engine: Engine, job: Job) -> Job:
        told = Progress(job.verb, lambda now: self._moved(job, now))
        try:
            done = self._tried(engine, job, told)
        except SandboxError as error:
            if isinstance(error, Overtaken):
                raise
            failed = replace(
                reasons.failed(job, {"": error}, engine), serves=reasons.serves(engine, job)
            )
            self._write(engine, failed, Done(_LEDGER.get(job.verb, job.verb), "", {"": error}))
            return failed
        job = replace(_at(job, told), lost=done.lost, spare=done.spare)
        if done.failed:
            job = replace(
                reasons.failed(job, done.failed, engine), serves=reasons.serves(engine, job)
            )
        else:
            record = engine.records().get(job.sandbox)
            page = engine.fetch(job.sandbox).status if job.verb in _SWITCHES else 0
            job = replace(job, state="done", after=record.live if record else 0, page=page)
        self._write(engine, job, done)
        return job

    def _tried(self, engine: Engine, job: Job, told: Progress) -> Done:
        """Once more after the den was made ready, where it was not: a gateway may have gone."""
        try:
            return doing.do(engine, job, told)
        except EngineError as error:
            if isinstance(error, Held) or told.step.number > 1:
                raise
            engine.enter(lambda _: None)
            return doing.do(engine, job, told)

    def _moved(self, job: Job, told: Progress) -> None:
        """Told of from memory; what it becomes is written when it is over."""
        self.jobs.put(_at(job, told), kept=True)

    def _finished(self, engine: Engine, job: Job, live: int) -> Job:
        """It went live before the console ended; what was not put away yet is, now."""
        with engine.lock(job.sandbox, patience=PATIENCE):
            doing.go_on(engine, job.sandbox)
        job = replace(job, state="done", after=live, answered=None)
        what = "finished after the console was interrupted"
        self._write(engine, job, Done(_LEDGER.get(job.verb, job.verb), what, {}))
        return job

    def _write(self, engine: Engine, job: Job, done: Done) -> None:
        """As the command line writes it, with who asked and by which job."""
        detail: dict[str, object] = {"job": job.reference, "lost": list(done.lost), **done.detail}
        if done.lost and job.changed is not None:
            detail["changed"] = job.changed
        what = done.what
        if error := next(iter(done.failed.values()), None):
            what = f"failed ({error.exit_code})"
            detail |= {"why": str(error), "code": error.code}
        elif job.answered is not None:
            detail |= {"seconds": round(job.answered, 3), "spare": job.spare}
        who = told_by(job.by)
        told = [
            telling.event(engine, done.verb, job.sandbox, what, who=who, **detail),
            telling.outward_event(engine, job.sandbox, done.went_out, who=who),
        ]
        if problem := telling.write(engine, told):
            log.warning("%s is done, and not written down: %s", job.reference, problem)

    def _over(self, job: Job) -> None:
        job = replace(job, ended=_now())
        if job.state == "failed" and job.verb in CALLS_HELP:
            self.hands.raise_hand(job.sandbox, by=job.by, why=job.reference)
        self.jobs.put(job)
        if job.state == "done":
            self._slowed.go_on_later(job)
        self.look()


_LEDGER = {"undo": "reset", "prolong": "workshop extend"}
"""What the ledger calls a verb, where it is another word."""


def told_by(who: str) -> str:
    """How the ledger names somebody who has no account."""
    return f"{who}, in the console"


def _taken_up(job: Job, live: int) -> Job:
    """A job that an earlier console left; what it had begun is told of as interrupted."""
    begun = job.state == "working"
    return replace(
        job, state="waiting", interrupted=job.interrupted or begun, before=job.before or live
    )


def _at(job: Job, told: Progress) -> Job:
    step = told.step
    return replace(
        job,
        step=step.key,
        number=step.number,
        of=step.of,
        answered=told.answered,
        after=told.generation,
    )


def _now() -> datetime:
    return datetime.now(UTC)
