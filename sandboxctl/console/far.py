"""What pages know of who works with the engine, which is another process: every method here is a
question that it answers, and is told of where it is answered."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sandboxctl.console.catalogue import Catalogue
from sandboxctl.console.papers import Papers
from sandboxctl.console.seen import Seen, Team

if TYPE_CHECKING:
    from sandboxctl.console import task
    from sandboxctl.console.hands import Hand, Note
    from sandboxctl.console.job import Job
    from sandboxctl.console.line import Ask
    from sandboxctl.console.measured import Measured
    from sandboxctl.console.points import Point
    from sandboxctl.console.steps import Verb
    from sandboxctl.console.task import Task
    from sandboxctl.console.wish import Forecast, Wish
    from sandboxctl.sandbox.den import Den
    from sandboxctl.sandbox.recipe import Recipe
    from sandboxctl.workshop.record import Workshop

_NOTHING = -1


class Board:
    """As `board.Board` has it."""

    def __init__(self, ask: Ask) -> None:
        self._ask, self._guard = ask, threading.Lock()
        self._seen: Seen | None = None
        self._here = threading.local()
        self._recipes: dict[str, Recipe] = {}

    def anew(self) -> None:
        """A page begins: what it sees is asked for once, and is the same for all of it."""
        self._here.seen = None

    @property
    def seen(self) -> Seen:
        """As it was when this thread's page looked for the first time: what a form has asked for
        before is in it."""
        found: Seen | None = getattr(self._here, "seen", None)
        if found is None:
            found = self._here.seen = self._now()
        return found

    def _now(self) -> Seen:
        known = self._seen
        told: Seen | datetime = self._ask("seen", version=known.version if known else _NOTHING)
        if isinstance(told, Seen):
            found = told
        else:
            assert known is not None
            found = replace(known, at=told)
        with self._guard:
            if self._seen is None or found.version >= self._seen.version:
                self._seen = found
        return found

    def recipe(self, digest: str) -> Recipe | None:
        if digest not in self._recipes:
            found: Recipe | None = self._ask("recipe", digest=digest)
            if found is None:
                return None
            self._recipes[digest] = found
        return self._recipes[digest]


class Jobs:
    """As `jobs.Jobs` has it. What was done for a team changes with what the ``board`` sees, and is
    asked for again only then: every tab asks once a second."""

    def __init__(self, ask: Ask, board: Board) -> None:
        self.ask, self._board = ask, board
        self._known: dict[str, tuple[tuple[object, ...], Sequence[Job]]] = {}

    def submit(
        self,
        verb: Verb,
        sandbox: str,
        *,
        once: str,
        by: str,
        seen_generation: int | None = None,
        **args: Any,
    ) -> Job:
        values = {"sandbox": sandbox, "once": once, "by": by, "live": seen_generation}
        found: Job = self.ask("submit", verb=verb, args=args, **values)
        self._known.pop(sandbox, None)  # one that is overtaken at once changes nothing that is seen
        return found

    def get(self, reference: str) -> Job | None:
        found: Job | None = self.ask("job", reference=reference)
        return found

    def of(self, sandbox: str, *, since: datetime | None = None, most: int = 50) -> Sequence[Job]:
        asked = (self._board.seen.version, since, most)
        before, found = self._known.get(sandbox, (None, ()))
        if before != asked:
            found = self.ask("jobs", sandbox=sandbox, since=_written(since), most=most)
            self._known[sandbox] = asked, found
        return found


@dataclass(frozen=True, slots=True)
class Tasks:
    """As `tasks.Tasks` has it."""

    ask: Ask

    def submit(
        self,
        verb: task.Verb,
        workshop: str,
        *,
        once: str,
        by: str,
        again: bool = False,
        **args: Any,
    ) -> Task:
        values = {"workshop": workshop, "once": once, "by": by, "again": again}
        found: Task = self.ask("task", verb=verb, args=args, **values)
        return found

    def get(self, reference: str) -> Task | None:
        found: Task | None = self.ask("told_of", reference=reference)
        return found

    def of(self, workshop: str) -> Sequence[Task]:
        found: Sequence[Task] = self.ask("tasks", workshop=workshop)
        return found

    @property
    def active(self) -> Sequence[Task]:
        found: Sequence[Task] = self.ask("active")
        return found


@dataclass(frozen=True, slots=True)
class Hands:
    """As `hands.Hands` has it."""

    ask: Ask

    def raise_hand(self, sandbox: str, *, by: str) -> Hand:
        found: Hand = self.ask("raise_hand", sandbox=sandbox, by=by)
        return found

    def lower_hand(self, sandbox: str, *, by: str) -> None:
        self.ask("lower_hand", sandbox=sandbox, by=by)

    def say(self, sandboxes: Sequence[str], text: str, *, by: str) -> None:
        self.ask("say", sandboxes=list(sandboxes), text=text, by=by)

    def note(self, text: str, *, by: str, workshop: str, sandbox: str = "") -> Note:
        found: Note = self.ask("note", text=text, workshop=workshop, sandbox=sandbox, by=by)
        return found

    def notes(self, workshop: str) -> Sequence[Note]:
        found: Sequence[Note] = self.ask("notes", workshop=workshop)
        return found


@dataclass(frozen=True, slots=True)
class Points:
    """As `points.Points` has it."""

    ask: Ask

    def of(self, team: Team, now: datetime) -> tuple[Point, ...]:
        found: tuple[Point, ...] = self.ask("points", sandbox=team.sandbox, now=_written(now))
        return found

    def find(self, team: Team, name: str, now: datetime) -> Point | None:
        return next((one for one in self.of(team, now) if one.name == name), None)


class Far:
    """Of one den. What is on the disk for both processes is read here: the ``catalogue`` of
    blueprints and ``folders``, and the ``papers`` of workshops that are closed."""

    def __init__(self, ask: Ask, den: Den, folders: tuple[Path, ...] = ()) -> None:
        self._ask, self.den = ask, den
        self.board, self.tasks = Board(ask), Tasks(ask)
        self.jobs = Jobs(ask, self.board)
        self.hands, self.points = Hands(ask), Points(ask)
        self.catalogue, self.papers = Catalogue(den, folders), Papers(den.name)

    def measured(self, verb: Verb, *, spare: bool, recipe: str) -> Measured | None:
        found: Measured | None = self._ask("measured", verb=verb, spare=spare, recipe=recipe)
        return found

    def forecast(self, wanted: Wish) -> Forecast:
        found: Forecast = self._ask("forecast", wanted=wanted.args)
        return found

    def for_all(
        self,
        verb: Verb,
        workshop: Workshop,
        teams: Iterable[str],
        *,
        once: str,
        by: str,
        **args: Any,
    ) -> Sequence[Job]:
        values = {"workshop": workshop.name, "teams": list(teams), "once": once, "by": by}
        found: Sequence[Job] = self._ask("submit_all", verb=verb, args=args, **values)
        return found

    def visit(self, sandbox: str, what: str, who: str, detail: Mapping[str, object]) -> None:
        self._ask("visit", sandbox=sandbox, what=what, who=who, detail=dict(detail))

    def secret(self) -> str:
        found: str = self._ask("secret")
        return found


def _written(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
