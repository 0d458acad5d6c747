"""All that pages can ask of who works with the engine: fixed words, about what there is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Annotated, Any

from pydantic import AwareDatetime, ConfigDict, Field, validate_call

from sandboxctl import clock
from sandboxctl.console import task
from sandboxctl.console.asked import MANY
from sandboxctl.console.hands import LONGEST, Hand, Note
from sandboxctl.console.job import Job
from sandboxctl.console.line import Answers
from sandboxctl.console.measured import Measured
from sandboxctl.console.points import Point
from sandboxctl.console.seen import Seen, Team
from sandboxctl.console.steps import Verb
from sandboxctl.console.task import Task
from sandboxctl.console.wish import Forecast, Wish, wish
from sandboxctl.console.work import Work
from sandboxctl.lifecycle.workshops.told import VISIT
from sandboxctl.sandbox.lease import AHEAD
from sandboxctl.sandbox.recipe import Recipe
from sandboxctl.workshop.record import Workshop

Short = Annotated[str, Field(max_length=200)]
"""A name, a reference, or who asks."""
Text = Annotated[str, Field(max_length=LONGEST)]
ARGS: dict[Verb, set[str]] = {
    "reset": set(),
    "undo": set(),
    "restore": {"name"},
    "snapshot": {"name"},
    "restart": set(),
    "extend": {"minutes"},
    "pause": set(),
    "resume": set(),
    "fault": {"kind", "service"},
}
"""What pages may ask for about one sandbox, and what they say with it. `prolong` comes with
`submit_all` alone."""
MINUTES = 480


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

    def points(self, sandbox: Short, now: AwareDatetime) -> tuple[Point, ...]:
        return self._work.points.of(self._team(sandbox), now)

    def measured(self, verb: Verb, spare: bool, recipe: str) -> Measured | None:
        return self._work.measures.of(verb, spare=spare, recipe=recipe)

    def secret(self) -> str:
        return self._secret()

    # -- what is done for a team --------------------------------------------------------------

    def submit(
        self,
        verb: Verb,
        sandbox: Short,
        once: Short,
        by: Short,
        live: int | None,
        args: dict[str, Any],
    ) -> Job:
        sandbox = self._team(sandbox).sandbox
        _are_its(verb, args)
        submitted = self._work.jobs.submit
        return submitted(verb, sandbox, once=once, by=by, seen_generation=live, **args)

    def submit_all(
        self,
        verb: Verb,
        workshop: Short,
        teams: list[str],
        once: Short,
        by: Short,
        args: dict[str, Any],
    ) -> Sequence[Job]:
        found = self._workshop(workshop)
        _are_its(verb, args)
        return self._work.for_all(verb, found, teams, once=once, by=by, **args)

    def job(self, reference: Short) -> Job | None:
        return self._work.jobs.get(reference)

    def jobs(self, sandbox: Short, since: AwareDatetime | None, most: int) -> Sequence[Job]:
        return self._work.jobs.of(sandbox, since=since, most=min(max(most, 1), MANY))

    # -- what is done for a workshop ----------------------------------------------------------

    def task(
        self,
        verb: task.Verb,
        workshop: Short,
        once: Short,
        by: Short,
        again: bool,
        args: dict[str, Any],
    ) -> Task:
        """What is opened is in the catalogue, and called what it is asked for by."""
        if verb == "open":
            wanted = self._wanted(args, again=again)
            self._work.catalogue.find(wanted.blueprint)
            if wanted.name != workshop:
                raise ValueError("a task is about the workshop that it opens")
        elif set(args) - {"title"} or len(str(args.get("title", ""))) > LONGEST:
            raise ValueError("a workshop is closed as it is")
        submitted = self._work.tasks.submit
        return submitted(verb, workshop, once=once, by=by, again=again, **args)

    def told_of(self, reference: Short) -> Task | None:
        return self._work.tasks.get(reference)

    def tasks(self, workshop: Short) -> Sequence[Task]:
        return self._work.tasks.of(workshop)

    def active(self) -> Sequence[Task]:
        return self._work.tasks.active

    def forecast(self, wanted: dict[str, Any]) -> Forecast:
        return self._work.forecast(self._wanted(wanted))

    # -- what people say ----------------------------------------------------------------------

    def raise_hand(self, sandbox: Short, by: Short) -> Hand:
        return self._work.hands.raise_hand(self._team(sandbox).sandbox, by=by)

    def lower_hand(self, sandbox: Short, by: Short) -> None:
        """Of one that is gone, nothing."""
        if self._work.board.team(sandbox):
            self._work.hands.lower_hand(sandbox, by=by)

    def say(self, sandboxes: list[str], text: Text, by: Short) -> None:
        """To those that are there."""
        there = [one for one in dict.fromkeys(sandboxes) if self._work.board.team(one)]
        self._work.hands.say(there, text, by=by)

    def note(self, text: Text, workshop: Short, sandbox: Short, by: Short) -> Note:
        if sandbox:
            self._team(sandbox)
        return self._work.hands.note(text, workshop=workshop, sandbox=sandbox, by=by)

    def notes(self, workshop: Short) -> Sequence[Note]:
        return self._work.hands.notes(workshop)

    def visit(self, sandbox: Short, what: Short, who: Short, detail: dict[str, Any]) -> None:
        """Into the ledger: who was let in, and who was put out."""
        self._work.write(VISIT, sandbox, what, who, detail)

    # -----------------------------------------------------------------------------------------

    def _wanted(self, args: dict[str, Any], *, again: bool = False) -> Wish:
        """What a form can have asked for; what goes on with an earlier one may be over."""
        found, now = wish(args), clock.now()
        until = found.until
        if until is not None and (
            until.tzinfo is None or until > now + AHEAD or not (again or until > now)
        ):
            raise ValueError("a workshop ends later, and within days")
        if not isinstance(found.set, dict) or not isinstance(found.number, int):
            raise ValueError("a form has words and a number")
        said = (found.blueprint, found.name, found.title, *found.teams)
        if any(not isinstance(one, str) for one in (*said, *found.set, *found.set.values())):
            raise ValueError("a form has words")
        return found

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


def _are_its(verb: Verb, args: dict[str, Any]) -> None:
    """ValueError for what no form of ours says with it."""
    if verb not in ARGS or set(args) != ARGS[verb]:
        raise ValueError("nobody is asked for that")
    minutes = args.get("minutes", 1)
    if not isinstance(minutes, int) or not 1 <= minutes <= MINUTES:
        raise ValueError("more time is some minutes")
    if any(
        not isinstance(one, str) or len(one) > LONGEST for k, one in args.items() if k != "minutes"
    ):
        raise ValueError("a name is a short word")
