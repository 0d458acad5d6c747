"""How long something takes, measured here: from what was done in this den, never from a guess."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import Literal

from sandboxctl.console.jobs import Jobs
from sandboxctl.console.steps import Verb
from sandboxctl.errors import SandboxError
from sandboxctl.lifecycle import ledger
from sandboxctl.lifecycle.ledger import Event
from sandboxctl.lifecycle.rehearsed import last

LASTING = 30.0
"""Seconds for which what the ledger says is believed."""
RECENT = timedelta(days=1)
MOST = 20
_BACK: tuple[Verb, ...] = ("reset", "undo", "restore")


@dataclass(frozen=True, slots=True)
class Measured:
    """Seconds until the first page was read: the median and the slowest of the last ``times``.
    ``source``: of this day, or of the last rehearsal."""

    usual: float
    slowest: float
    times: int
    source: Literal["today", "rehearsal"] = "today"


@dataclass(frozen=True, slots=True)
class _Took:
    verb: Verb
    seconds: float
    spare: bool
    recipe: str = ""


class Measures:
    """Of one den. ``events`` gives the ledger's since then, oldest first."""

    def __init__(
        self,
        jobs: Jobs,
        den: str,
        events: Callable[[datetime], Sequence[Event]] | None = None,
    ) -> None:
        self._jobs, self._den = jobs, den
        self._events = events or (lambda since: ledger.events(den, since=since))
        self._guard = threading.Lock()
        self._read = 0.0
        self._told: list[_Took] = []
        self._done: dict[Verb, tuple[int, tuple[_Took, ...]]] = {}

    def of(self, verb: Verb, *, spare: bool = False, recipe: str = "") -> Measured | None:
        """Of what was made from the same recipe, where that was done; of any other else. None
        where nothing was measured: then nobody may be told a number."""
        took = [one for one in self._all(verb) if one.verb == verb]
        alike = [one for one in took if one.spare == spare] if verb == "reset" else took
        mine = [one for one in alike if recipe and one.recipe == recipe]
        if found := [one.seconds for one in mine or alike][:MOST]:
            return Measured(median(found), max(found), len(found))
        return None if spare else self._rehearsed(verb, recipe)

    def _all(self, verb: Verb) -> list[_Took]:
        since = datetime.now(UTC) - RECENT
        return [*self._from_jobs(verb, since), *self._from_ledger(since)]

    def _from_jobs(self, verb: Verb, since: datetime) -> Sequence[_Took]:
        """Read again where one more is over: a wall asks for all of its teams, every second."""
        ended = self._jobs.ended
        with self._guard:
            known, took = self._done.get(verb, (-1, ()))
            if known == ended:
                return took
        took = tuple(
            _Took(verb, job.answered, job.spare, job.recipe)
            for job in self._jobs.done(verb, most=MOST)
            if job.answered is not None and job.asked > since
        )
        with self._guard:
            self._done[verb] = (ended, took)
        return took

    def _from_ledger(self, since: datetime) -> list[_Took]:
        """What commands did, newest first; our own jobs are known already."""
        with self._guard:
            if not self._read or time.monotonic() - self._read > LASTING:
                try:
                    events = self._events(since)
                except SandboxError:  # what cannot be read tells nothing
                    events = ()
                self._told = [took for one in reversed(events) if (took := _took(one))]
                self._read = time.monotonic()
            return self._told

    def _rehearsed(self, verb: Verb, recipe: str) -> Measured | None:
        found = last(self._den, recipe) if recipe and verb in ("reset", "undo") else None
        seconds = found.seconds.get(verb) if found else None
        return None if seconds is None else Measured(seconds, seconds, 1, "rehearsal")


def _took(event: Event) -> _Took | None:
    seconds, verb = event.detail.get("seconds"), event.verb.removeprefix("workshop ")
    known = isinstance(seconds, int | float) and not event.what.startswith("failed")
    if not known or "job" in event.detail or verb not in _BACK:
        return None
    assert isinstance(seconds, int | float)
    back: Verb = "undo" if "before the reset" in event.what else _verb(verb)
    return _Took(back, float(seconds), bool(event.detail.get("spare")))


def _verb(name: str) -> Verb:
    return next(one for one in _BACK if one == name)
