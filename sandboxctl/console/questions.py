"""All that pages can ask of who works with the engine: fixed words, about what there is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from pydantic import ConfigDict, validate_call

from sandboxctl.console import task
from sandboxctl.console.hands import Hand, Note
from sandboxctl.console.job import Job
from sandboxctl.console.line import Answers
from sandboxctl.console.measured import Measured
from sandboxctl.console.points import Point
from sandboxctl.console.seen import Seen, Team
from sandboxctl.console.steps import Verb
from sandboxctl.console.task import Task
from sandboxctl.console.wish import Forecast, wish
from sandboxctl.console.work import Work
from sandboxctl.lifecycle.workshops.told import VISIT
from sandboxctl.sandbox.recipe import Recipe
from sandboxctl.workshop.record import Workshop


class Questions:
    """Each public method is one. ``secret`` gives what the gateway signs tickets with."""

    def __init__(self, work: Work, secret: Callable[[], str]) -> None:
        self._work, self._secret = work, secret

    @property
    def answers(self) -> Answers:
        """By their words; values that are not what they should be are a ValueError."""
        checked = validate_call(config=ConfigDict(arbitrary_types_allowed=True))
        named = (one for one in vars(Questions) if not one.startswith("_") and one != "answers")
        return {one: checked(getattr(self, one)) for one in named}

    # -- what there is ------------------------------------------------------------------------

    def seen(self, version: int) -> Seen | datetime:
        """Only when it was last looked at, where nothing is newer than what is known."""
        found = self._work.board.seen
        return found.at if found.version == version else found

    def recipe(self, digest: str) -> Recipe | None:
        return self._work.board.recipe(digest)

    def points(self, sandbox: str, now: datetime) -> tuple[Point, ...]:
        return self._work.points.of(self._team(sandbox), now)

    def measured(self, verb: Verb, spare: bool, recipe: str) -> Measured | None:
        return self._work.measures.of(verb, spare=spare, recipe=recipe)

    def secret(self) -> str:
        return self._secret()

    # -- what is done for a team --------------------------------------------------------------

    def submit(
        self, verb: Verb, sandbox: str, once: str, by: str, live: int | None, args: dict[str, Any]
    ) -> Job:
        sandbox = self._team(sandbox).sandbox
        submitted = self._work.jobs.submit
        return submitted(verb, sandbox, once=once, by=by, seen_generation=live, **args)

    def submit_all(
        self,
        verb: Verb,
        workshop: str,
        teams: list[str],
        once: str,
        by: str,
        args: dict[str, Any],
    ) -> Sequence[Job]:
        found = self._workshop(workshop)
        return self._work.for_all(verb, found, teams, once=once, by=by, **args)

    def job(self, reference: str) -> Job | None:
        return self._work.jobs.get(reference)

    def jobs(self, sandbox: str, since: datetime | None, most: int) -> Sequence[Job]:
        return self._work.jobs.of(sandbox, since=since, most=most)

    # -- what is done for a workshop ----------------------------------------------------------

    def task(
        self, verb: task.Verb, workshop: str, once: str, by: str, again: bool, args: dict[str, Any]
    ) -> Task:
        """What is opened is in the catalogue, and called what it is asked for by."""
        if verb == "open":
            wanted = wish(args)
            self._work.catalogue.find(wanted.blueprint)
            if wanted.name != workshop:
                raise ValueError("a task is about the workshop that it opens")
        elif set(args) - {"title"}:
            raise ValueError("a workshop is closed as it is")
        submitted = self._work.tasks.submit
        return submitted(verb, workshop, once=once, by=by, again=again, **args)

    def told_of(self, reference: str) -> Task | None:
        return self._work.tasks.get(reference)

    def tasks(self, workshop: str) -> Sequence[Task]:
        return self._work.tasks.of(workshop)

    def active(self) -> Sequence[Task]:
        return self._work.tasks.active

    def forecast(self, wanted: dict[str, Any]) -> Forecast:
        return self._work.forecast(wish(wanted))

    # -- what people say ----------------------------------------------------------------------

    def raise_hand(self, sandbox: str, by: str) -> Hand:
        return self._work.hands.raise_hand(self._team(sandbox).sandbox, by=by)

    def lower_hand(self, sandbox: str, by: str) -> None:
        """Of one that is gone, nothing."""
        if self._work.board.team(sandbox):
            self._work.hands.lower_hand(sandbox, by=by)

    def say(self, sandboxes: list[str], text: str, by: str) -> None:
        """To those that are there."""
        there = [one for one in sandboxes if self._work.board.team(one)]
        self._work.hands.say(there, text, by=by)

    def note(self, text: str, workshop: str, sandbox: str, by: str) -> Note:
        if sandbox:
            self._team(sandbox)
        return self._work.hands.note(text, workshop=workshop, sandbox=sandbox, by=by)

    def notes(self, workshop: str) -> Sequence[Note]:
        return self._work.hands.notes(workshop)

    def visit(self, sandbox: str, what: str, who: str, detail: dict[str, Any]) -> None:
        """Into the ledger: who was let in, and who was put out."""
        self._work.write(VISIT, sandbox, what, who, detail)

    # -----------------------------------------------------------------------------------------

    def _team(self, sandbox: str) -> Team:
        found = self._work.board.team(sandbox)
        if found is None:
            raise ValueError("there is no such team")
        return found

    def _workshop(self, name: str) -> Workshop:
        found = self._work.board.seen.workshops.get(name)
        if found is None:
            raise ValueError("there is no such workshop")
        return found
