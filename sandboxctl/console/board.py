"""What there is, for all pages: one thread asks the engine, and everybody reads what it saw."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from sandboxctl.console.hands import Hands
from sandboxctl.console.job import Job
from sandboxctl.console.past import Past
from sandboxctl.console.reach import Reach
from sandboxctl.console.seen import Seen, Team, known
from sandboxctl.engine.protocol import Engine
from sandboxctl.errors import EngineError, SandboxError
from sandboxctl.lifecycle.status import overview
from sandboxctl.lifecycle.workshops import kept
from sandboxctl.sandbox.names import EGRESS
from sandboxctl.sandbox.recipe import Recipe
from sandboxctl.workshop.record import Workshop

EVERY = 1.0
"""Seconds from one look to the next."""
SHARE = 4
"""A look that takes long is followed by a pause of so many times its length: at most a fifth of a
processor, here and in the engine, goes into looking."""
AWAY = 2.0
"""Seconds before an engine that was away is asked again."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Looked:
    """One look, before anybody's hand or job is added."""

    teams: Mapping[str, Team] = field(default_factory=dict)
    workshops: Mapping[str, Workshop] = field(default_factory=dict)


class Board:
    """``seen`` is replaced as a whole, never changed."""

    def __init__(self, reach: Reach, hands: Hands, past: Past, *, every: float = EVERY) -> None:
        self._reach, self._hands, self._past, self._every = reach, hands, past, every
        self._guard = threading.Lock()
        self._due, self._over = threading.Event(), threading.Event()
        self._looked, self._jobs, self._moved = _Looked(), dict[str, Job](), set[str]()
        self._recipes: dict[str, Recipe] = {}
        self._thread: threading.Thread | None = None
        # Larger than any of an earlier console: a page that stayed open still hears of what is new.
        self.seen = Seen(int(_now().timestamp() * 1000), _now())

    # -- who reads ----------------------------------------------------------------------------

    def team(self, sandbox: str) -> Team | None:
        return self.seen.teams.get(sandbox)

    def recipe(self, digest: str) -> Recipe | None:
        """What a team's generation is made from; None where nobody could ask yet."""
        return self._recipes.get(digest)

    # -- who tells ----------------------------------------------------------------------------

    def show(self, job: Job) -> None:
        """A job as it is now: it stands with its team until it is over."""
        with self._guard:
            if job.active:
                self._jobs[job.sandbox] = job
            elif self._jobs.get(job.sandbox, job).reference == job.reference:
                self._jobs.pop(job.sandbox, None)
            if job.over and job.after:
                self._switched(job)
        self.touch()

    def touch(self) -> None:
        """A hand, a message or a job changed: pages show it without another look."""
        self._swap(self.seen.at, self.seen.engine)

    def look_soon(self) -> None:
        """Look at the engine now, and not when it is time."""
        self._due.set()

    # -- the thread ---------------------------------------------------------------------------

    def begin(self) -> None:
        """Look from now on; the first look is done when this returns, or has failed."""
        self.look()
        self._thread = threading.Thread(target=self._for_ever, name="board", daemon=True)
        self._thread.start()

    def end(self) -> None:
        self._over.set()
        self._due.set()
        if self._thread:
            self._thread.join(timeout=10)

    def look(self) -> float:
        """One look; seconds until the next is due. An engine that is away leaves what was seen."""
        began, at = time.monotonic(), _now()
        with self._guard:
            self._moved.clear()
        try:
            with self._reach.engine() as engine:
                looked = self._look(engine)
        except SandboxError as error:
            self._swap(self.seen.at, str(error))
            return AWAY
        except Exception:  # a bug of ours must not leave everybody with what was so an hour ago
            log.exception("a look at the den ended with a bug")
            self._swap(self.seen.at, "the console could not read what the engine said")
            return AWAY
        with self._guard:
            newer = {n: t for n, t in self._looked.teams.items() if n in self._moved}
            self._looked = replace(looked, teams={**looked.teams, **newer})
        self._swap(at, "", ready=True)
        took = time.monotonic() - began
        return max(self._every - took, took * SHARE)

    def _for_ever(self) -> None:
        left = self._every
        while not self._over.is_set():
            self._due.wait(left)
            self._due.clear()
            if not self._over.is_set():
                left = self.look()

    def _look(self, engine: Engine) -> _Looked:
        now = _now()
        records, spares = engine.records(), engine.spares()
        counted = engine.changes()
        ready: dict[str, int] = {}
        for spare in spares.values():
            ready[spare.recipe] = ready.get(spare.recipe, 0) + spare.ready
        teams: dict[str, Team] = {}
        workshops = self._workshops(engine)
        for status in overview(engine, now=now):
            record = records.get(status.sandbox)
            team = known(status, record)
            if record is not None:
                recipe = self._recipe(engine, record.recipe)
                key = f"{status.sandbox}/{record.live}"
                team = replace(
                    team,
                    began=self._past.began(status.sandbox, record, now),
                    services=tuple(s for s in recipe.containers if s != EGRESS) if recipe else (),
                    stateful=_stateful(recipe),
                    spares=ready.get(record.recipe, 0),
                    changed=counted.get(key, 0),
                    title=_titled(workshops, record.workshop, record.team) or team.title,
                )
                self._past.mark(team, now)
                self._hands.forget_before(status.sandbox, record.since)
            teams[status.sandbox] = team
        return _Looked(teams, workshops)

    def _workshops(self, engine: Engine) -> Mapping[str, Workshop]:
        """As they were before where one is written in a form that we do not know."""
        try:
            return kept.all_of(engine)
        except EngineError:
            raise
        except SandboxError as error:
            log.warning("%s", error)
            return self._looked.workshops

    def _recipe(self, engine: Engine, digest: str) -> Recipe | None:
        """Each is asked for once: a digest says all that is in it."""
        if digest not in self._recipes:
            try:
                self._recipes[digest] = engine.recipe(digest)
            except SandboxError:  # nobody reads them while the gateway is stopped
                return None
        return self._recipes[digest]

    def _switched(self, job: Job) -> None:
        """Another generation is live, before anybody has looked."""
        team = self._looked.teams.get(job.sandbox)
        if team and team.live != job.after:
            anew = job.verb == "reset" and team.changed is not None
            changed = 0 if anew else None  # what came back has a count that nobody asked for yet
            moved = replace(team, live=job.after, began=_now(), changed=changed, told=True)
            teams = {**self._looked.teams, job.sandbox: moved}
            self._looked = replace(self._looked, teams=teams)
            self._moved.add(job.sandbox)  # a look that has begun may not have seen it

    def _swap(self, at: datetime, engine: str, *, ready: bool = False) -> None:
        up, said = self._hands.up, self._hands.messages
        with self._guard:
            looked, before = self._looked, self.seen
            teams = {
                name: replace(
                    team,
                    raised=up.get(name),
                    message=said[name].text if name in said else "",
                    job=self._jobs.get(name),
                )
                for name, team in looked.teams.items()
            }
            found = Seen(before.version, at, teams, looked.workshops, engine, ready or before.ready)
            if not found.says_the_same(before):
                found = replace(found, version=before.version + 1)
            self.seen = found


def _stateful(recipe: Recipe | None) -> tuple[str, ...]:
    return (
        tuple(sorted(n for n, one in recipe.containers.items() if one.stateful)) if recipe else ()
    )


def _titled(workshops: Mapping[str, Workshop], workshop: str, team: str) -> str:
    found = workshops.get(workshop)
    return found.teams[team].title if found and team in found.teams else ""


def _now() -> datetime:
    return datetime.now(UTC)
