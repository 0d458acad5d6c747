"""Opening a workshop from the catalogue: whether it fits, and doing it, with what `workshop up`
calls."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from sandboxctl import clock
from sandboxctl.console.catalogue import Catalogue
from sandboxctl.console.doing import PATIENCE
from sandboxctl.console.seen import titled
from sandboxctl.console.task import LOOKING, MAKING, Task
from sandboxctl.console.tasks import Moved
from sandboxctl.console.wish import Forecast, Wish, wish
from sandboxctl.console.working import told_by
from sandboxctl.engine.protocol import Engine
from sandboxctl.errors import BlueprintError, SandboxError
from sandboxctl.lifecycle import telling
from sandboxctl.lifecycle.execute import News
from sandboxctl.lifecycle.locks import all_held
from sandboxctl.lifecycle.many import at_once, carry_out_all, failing, plan_of
from sandboxctl.lifecycle.workshops import happened, kept, opening
from sandboxctl.sandbox import names
from sandboxctl.sandbox.masking import Mask
from sandboxctl.sandbox.operations import Answers
from sandboxctl.workshop.asked import Asked
from sandboxctl.workshop.model import MOST_TEAMS
from sandboxctl.workshop.teams import Team

SPARES = 1


def asked(catalogue: Catalogue, wanted: Wish) -> Asked:
    """As the lifecycle takes it. BlueprintError for names that cannot be, or stand there twice."""
    path = catalogue.find(wanted.blueprint).path
    name = names.checked(wanted.name)
    if not wanted.teams:
        if not 1 <= wanted.number <= MOST_TEAMS:
            raise BlueprintError(
                f"There can be 1 to {MOST_TEAMS} teams", hint="Say how many, or name them."
            )
        each = Team("", path, set=wanted.set)
        return Asked(name, wanted.title, None, wanted.number, SPARES, each=each)
    if len(wanted.teams) > MOST_TEAMS:
        raise BlueprintError(f"There can be 1 to {MOST_TEAMS} teams", hint="Name fewer.")
    named = tuple(_team(one, path, wanted.set) for one in wanted.teams)
    called = [one.name for one in named]
    if twice := sorted({one for one in called if called.count(one) > 1}):
        raise BlueprintError(f"{', '.join(twice)} stands there twice", hint="Name each once.")
    return Asked(name, wanted.title, None, len(named), SPARES, named=named)


def forecast(engine: Engine, catalogue: Catalogue, wanted: Wish) -> Forecast:
    """Whether it fits, before anything is started. SandboxError for what cannot be at all."""
    request = asked(catalogue, wanted)
    _is_free(engine, request.name)
    now = clock.now()
    found = opening.plan_open(engine, request, now=now, until=wanted.until, physics=False)
    if found.fit is None:  # every team is there already, left by a workshop that is not
        raise SandboxError(
            f"There are sandboxes of a workshop {request.name} already", hint="Choose another name."
        )
    return Forecast(tuple(found.proposals), found.fit, found.workshop.until)


def carry_out(catalogue: Catalogue, engine: Engine, task: Task, moved: Moved) -> Task:
    """All of it, as `workshop up` does. A team that fails holds up no other. What an earlier run
    left is gone on with; a workshop that somebody else opened is left as it is."""
    wanted = wish(task.args)
    request = asked(catalogue, wanted)
    moved(replace(task, step=LOOKING))
    engine.enter(lambda _: None)
    with engine.lock(kept.lock(request.name), patience=PATIENCE):
        if not task.goes_on:
            _is_free(engine, request.name)
        called = opening.sandboxes(engine, request)
        with all_held(engine, called, patience=PATIENCE):
            found = opening.plan_open(engine, request, now=clock.now(), until=wanted.until)
            opening.same_names(found, called)
            if found.lost:
                raise SandboxError(
                    "The blueprint has changed since, and what teams entered would be lost",
                    hint="`sandboxctl workshop up` asks whether to go on.",
                )
            kept.write(engine, found.workshop)
            plan = plan_of(found.proposals)
            task = replace(task, step=MAKING, of=len(plan.steps), teams=len(found.proposals))
            done, began = _Done(task, moved), clock.now()
            most = at_once(engine, found.proposals)
            failed = carry_out_all(engine, found.proposals, done, most=most)
            broken = failing(found.proposals, failed)
    told = happened.opened(engine, found, broken, done.answered(began), who=told_by(task.by))
    if problem := telling.write(engine, told):
        task = replace(task, hint=f"Done, and not written down: {problem}")
    why = {name: _masked(engine, name, error) for name, error in broken.items()}
    ready = len(found.proposals) - len(why)
    return replace(task, state="done", failed=why, ready=ready, teams=len(found.proposals))


class _Done:
    """Counts steps and teams that have answered, from many threads."""

    def __init__(self, task: Task, moved: Moved) -> None:
        self._task, self._moved, self._guard = task, moved, threading.Lock()
        self._at: dict[str, datetime] = {}
        moved(task)

    def __call__(self, news: News) -> None:
        if news.step is None or news.state != "done":
            return
        with self._guard:
            if isinstance(news.step.operation, Answers):
                self._at[news.step.sandbox] = clock.now()
            number = min(self._task.number + 1, self._task.of)
            self._task = replace(self._task, number=number, ready=len(self._at))
            self._moved(self._task)

    def answered(self, began: datetime) -> dict[str, datetime]:
        """When each team did, not before it ``began``."""
        return {name: max(at, began) for name, at in self._at.items()}


def _team(said: str, path: Path, values: Mapping[str, str]) -> Team:
    """``Blue otter`` is ``blue-otter``, and is shown as it was typed."""
    name = names.checked(names.label(said) or said)
    return Team(name, path, "" if titled(name) == said else said, values)


def _is_free(engine: Engine, name: str) -> None:
    if kept.find(engine, name):
        raise SandboxError(f"There is a workshop {name} already", hint="Choose another name.")


def _masked(engine: Engine, sandbox: str, error: SandboxError) -> str:
    try:
        return Mask(engine.known(sandbox)).text(f"{error.told} {error.hint}")
    except SandboxError:
        return ""
