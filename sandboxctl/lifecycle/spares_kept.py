"""What `watch` does about spares and about what was put aside: neither may need anybody."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sandboxctl.engine.protocol import Engine
from sandboxctl.errors import Held, SandboxError
from sandboxctl.lifecycle.execute import execute
from sandboxctl.lifecycle.spares import bad, lock_of, make_one, plan_withdrawal
from sandboxctl.lifecycle.spares_wanted import wanted_spares
from sandboxctl.lifecycle.watch import Happened
from sandboxctl.sandbox import names
from sandboxctl.sandbox.asides import strays
from sandboxctl.sandbox.sparing import too_few, too_many
from sandboxctl.sandbox.standing import tidied
from sandboxctl.sandbox.state import Record
from sandboxctl.sandbox.wanted import Wanted

AGAIN = timedelta(seconds=30)
"""Until a recipe of which no spare could be made is tried again; longer each time, up to this: """
LONGEST = timedelta(minutes=10)
LOOK = timedelta(minutes=1)
"""From one look at all that there is to the next: it asks for lists of everything."""
DRAINED = timedelta(seconds=4)
"""From when on nobody is served any more by what was put aside."""


@dataclass
class Spares:
    """As many as are asked for, made one after the other. ``beside`` the other duties, in a thread
    of its own: to make one takes longer than a full disk may wait. What cannot be made is told
    once, and tried again later."""

    beside: bool = True
    _told: queue.SimpleQueue[Happened] = field(default_factory=queue.SimpleQueue)
    _at_work: threading.Thread | None = None
    _why: dict[str, str] = field(default_factory=dict)
    _rests: dict[str, tuple[datetime, timedelta]] = field(default_factory=dict)

    def __call__(self, engine: Engine, now: datetime) -> Iterator[Happened]:
        if not self.beside:
            self._look(engine, now)
        elif self._at_work is None or not self._at_work.is_alive():
            self._at_work = threading.Thread(target=self._look, args=(engine, now), daemon=True)
            self._at_work.start()
        while not self._told.empty():
            yield self._told.get()

    def _look(self, engine: Engine, now: datetime) -> None:
        try:
            for name in engine.making():
                if name.startswith(names.SPARE):
                    self._remove(engine, name, "nobody has it")
            self._take_away(engine, now)
            while self._make(engine, now):
                pass
        except SandboxError as error:
            self._say("", str(error))

    def _take_away(self, engine: Engine, now: datetime) -> None:
        """What nobody asks for, what is bad, and what never became ready: nobody makes it, or the
        lock would be held."""
        spares = engine.spares()
        extra = {*too_many(spares, wanted_spares(engine, now))}
        for digest in sorted({spare.recipe for spare in spares.values()}):
            mine = {name: spare for name, spare in spares.items() if spare.recipe == digest}
            try:
                with engine.lock(lock_of(digest)):
                    now_there = engine.spares()  # one that was being made may be ready by now
                    mine = {name: now_there[name] for name in mine if name in now_there}
                    for name, spare in sorted(mine.items()):
                        why = "nobody asks for it" if name in extra else bad(engine, name, spare)
                        if why:
                            self._remove(engine, name, why)
            except Held:
                continue

    def _make(self, engine: Engine, now: datetime) -> bool:
        """One more, of what lacks most; whether one was made."""
        lacking = too_few(engine.spares(), wanted_spares(engine, now))
        for digest in lacking:
            if digest in self._rests and self._rests[digest][0] > now:
                continue
            try:
                with engine.lock(lock_of(digest)):
                    if digest not in too_few(engine.spares(), wanted_spares(engine, now)):
                        return True
                    failed = make_one(engine, digest, now=now, tell=lambda _: None)
            except Held:
                continue
            except SandboxError as error:
                self._rest(digest, str(error), now)
                continue
            if failed:
                why = "; ".join(f"{step.operation}: {error}" for step, error in failed.items())
                self._rest(digest, f"a spare did not become ready: {why}", now)
                continue
            self._why.pop(digest, None)
            self._rests.pop(digest, None)
            self._told.put(_spare(f"a spare of {engine.recipe(digest).blueprint} is ready"))
            return True
        return False

    def _remove(self, engine: Engine, name: str, why: str) -> None:
        """One that somebody took meanwhile is left to him."""
        if not execute(plan_withdrawal(engine, name, why), engine, tell=lambda _: None):
            self._told.put(_spare(f"the spare {name} is gone: {why}"))

    def _rest(self, digest: str, why: str, now: datetime) -> None:
        _, last = self._rests.get(digest, (now, AGAIN / 2))
        pause = min(last * 2, LONGEST)
        self._rests[digest] = now + pause, pause
        self._say(digest, why)

    def _say(self, about: str, why: str) -> None:
        if self._why.get(about) != why:
            self._why[about] = why
            self._told.put(_spare(why))


@dataclass
class Asides:
    """What can be returned to no longer goes, and what was asked to stop and runs is asked again;
    and what nobody decided to keep, such as a generation whose removal was interrupted.

    ``doubted``: no clock says what is over. ``_stopped`` is known not to run, by sandbox and
    generation; ``_looked`` when the engine was asked last what is there, whatever is decided."""

    doubted: Callable[[], bool] = lambda: False
    _stopped: set[tuple[str, int]] = field(default_factory=set)
    _looked: datetime | None = None

    def __call__(self, engine: Engine, now: datetime) -> Iterator[Happened]:
        doubted, records = self.doubted(), engine.records()
        quiet = {n: one for n, one in records.items() if not (one.paused or one.held)}
        due = set() if doubted else {n for n, one in quiet.items() if self._due(n, one, now)}
        if self._looked is None or not timedelta() <= now - self._looked < LOOK:
            due |= {name for name, one in engine.observe_all(quiet).items() if strays(one, None)}
            self._looked = now
        for sandbox in sorted(due):
            try:
                with engine.lock(sandbox):
                    yield from self._tidy(engine, sandbox, None if doubted else now)
            except Held:  # whoever changes it, or the next round, looks again
                continue

    def _due(self, sandbox: str, record: Record, now: datetime) -> bool:
        return any(
            one.until <= now
            or ((sandbox, one.generation) not in self._stopped and one.since + DRAINED <= now)
            for one in record.asides
        )

    def _tidy(self, engine: Engine, sandbox: str, now: datetime | None) -> Iterator[Happened]:
        observed = engine.observe(sandbox)
        record = observed.record
        if record is None:
            return
        recipe = engine.recipe(record.recipe)
        wanted = Wanted(recipe, record.since, record.until, previous=recipe, now=now)
        plan = tidied(wanted, observed)
        failed = execute(plan, engine, tell=lambda _: None)
        for error in failed.values():
            words = f"what was put aside could not be taken away: {error}"
            yield Happened(sandbox, words, event="failed")
        for one in record.asides:
            there = observed.generations.get(one.generation)
            if there is None or not any(seen.runs for seen in there.services.values()):
                self._stopped.add((sandbox, one.generation))
            if plan and now and one.until <= now and not failed:
                words = f"generation {one.generation} cannot be returned to now"
                yield Happened(sandbox, words, event="tidied")
        for _, left in strays(observed, None) if plan and not failed else ():
            words = f"generation {left.number} was left by a command that was interrupted"
            yield Happened(sandbox, words, event="tidied")


def _spare(words: str) -> Happened:
    return Happened("", words, event="spare")
