"""All that the console does and keeps, put together: what pages read, and what they ask for."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from sandboxctl import clock
from sandboxctl.console import closing, hands, jobs, opening, past, tasks
from sandboxctl.console.board import Board
from sandboxctl.console.catalogue import Catalogue
from sandboxctl.console.hands import Hands
from sandboxctl.console.job import Job
from sandboxctl.console.jobs import Jobs
from sandboxctl.console.measured import Measures
from sandboxctl.console.papers import Papers
from sandboxctl.console.past import Past
from sandboxctl.console.points import Points
from sandboxctl.console.reach import Reach
from sandboxctl.console.steps import Verb
from sandboxctl.console.storing import Store
from sandboxctl.console.tasks import Tasks
from sandboxctl.console.wish import Forecast, Wish
from sandboxctl.console.working import Working, told_by
from sandboxctl.engine.protocol import Engine
from sandboxctl.errors import SandboxError
from sandboxctl.lifecycle import ledger
from sandboxctl.lifecycle.ledger import Event
from sandboxctl.lifecycle.workshops import kept
from sandboxctl.sandbox.den import Den
from sandboxctl.workshop.record import Workshop

SCHEMA = jobs.SCHEMA + hands.SCHEMA + past.SCHEMA + tasks.SCHEMA
"""What a store has to have executed."""

log = logging.getLogger(__name__)


@dataclass
class Work:
    """Of one den. Web code sees ``board``, ``jobs``, ``hands`` and ``points`` and no engine.

    ``connect`` opens an engine: two are open, one that is looked through and one that is worked
    with; neither is what `watch` holds its lock over. ``folders`` have blueprints that are in the
    catalogue, too.
    """

    store: Store
    connect: Callable[[], Engine]
    den: Den
    folders: tuple[Path, ...] = ()

    def __post_init__(self) -> None:
        self._checking = threading.Lock()
        self._look, self._hand = Reach(self.connect), Reach(self.connect)
        self.hands = Hands(self.store, write=self.write)
        self.past = Past(self.store)
        self.board = Board(self._look, self.hands, self.past)
        self.hands.told = self.board.touch
        self.jobs = Jobs(self.store, self.board)
        self.measures = Measures(self.jobs, self.den.name)
        self.points = Points(self.past, self.measures, grace=bool(self.den.grace))
        self.working = Working(self.jobs, self._hand, self.hands, self.board.look_soon)
        self.catalogue, self.papers = Catalogue(self.den, self.folders), Papers(self.den.name)
        opened = partial(opening.carry_out, self.catalogue)
        self.tasks = Tasks(
            self.store,
            self._hand,
            {"open": opened, "close": partial(closing.carry_out, self.papers)},
            self.board.look_soon,
        )

    def begin(self) -> None:
        """Look, take up what an earlier console left, and work. EngineError where the engine is
        away."""
        self.board.begin()
        try:
            self.working.begin()
            self.tasks.begin()
        except BaseException:
            self.board.end()
            raise

    def end(self) -> None:
        """What is under way is finished; then nothing of it runs any more."""
        self.tasks.end()
        self.working.end()
        self.board.end()
        self._look.close()
        self._hand.close()

    def forecast(self, wanted: Wish) -> Forecast:
        """Whether a workshop would fit. SandboxError for one that cannot be, and where another one
        is being worked out: pages wait for an engine one at a time."""
        if not self._checking.acquire(blocking=False):
            raise SandboxError(
                "Another one is being checked at the moment", hint="Try again in some seconds."
            )
        try:
            with self._look.engine() as engine:
                return opening.forecast(engine, self.catalogue, wanted)
        finally:
            self._checking.release()

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
        """The same for several teams of a workshop, a job for each, under one batch: that is
        ``once``. A team of which something is under way keeps that, and it is given instead: its
        batch is another. The end of the workshop moves with that of all its teams.

        SandboxError for a team that is not of it, and where it is being closed."""
        kept.is_closing(workshop)
        chosen = kept.chosen(workshop, teams)
        there = [workshop.teams[name].sandbox for name in chosen]
        asked = [
            self.jobs.submit(verb, one, once=once, by=by, batch=once, **args)
            for one in there
            if self.board.team(one)
        ]
        if verb == "extend" and len(chosen) == len(workshop.teams):
            told = {**args, "workshop": workshop.name}
            name = kept.lock(workshop.name)
            asked.append(self.jobs.submit("prolong", name, once=once, by=by, batch=once, **told))
        return asked

    def write(
        self, verb: str, sandbox: str, what: str, who: str, detail: Mapping[str, object]
    ) -> None:
        """What the ledger cannot take is in the store all the same."""
        if self._hand.lasts:
            event = Event(clock.now(), self.den.name, verb, sandbox, what, told_by(who), detail)
            try:
                ledger.write(event)
            except SandboxError as error:
                log.warning("what was said is kept, and not written down: %s", error)
