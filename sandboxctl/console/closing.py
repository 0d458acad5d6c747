"""Closing a workshop, with what `workshop close` calls."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, tzinfo
from functools import partial
from pathlib import Path

from sandboxctl.console.doing import PATIENCE
from sandboxctl.console.papers import Paper, Papers
from sandboxctl.console.task import LOOKING, RECORDING, REMOVING, Task
from sandboxctl.console.tasks import Moved
from sandboxctl.console.working import told_by
from sandboxctl.engine.protocol import Engine
from sandboxctl.lifecycle import telling
from sandboxctl.lifecycle.execute import Failures, News, execute
from sandboxctl.lifecycle.workshops import filing, happened, kept
from sandboxctl.report import pages
from sandboxctl.sandbox.plan import Plan
from sandboxctl.workshop.record import Workshop


def carry_out(papers: Papers, engine: Engine, task: Task, moved: Moved) -> Task:
    """All of it, as `workshop close` does. SandboxError where something is left; it is told of
    with what is."""
    moved(replace(task, step=LOOKING))
    if task.goes_on and (paper := _finished(papers, engine, task)):
        return replace(task, state="done", paper=paper.name)
    engine.enter(lambda _: None)
    run = _Run(papers, engine, task, moved)
    done = filing.close(
        engine,
        task.workshop,
        where=run.where,
        drawn=filing.Drawn(
            partial(pages.team_pages, zone=_zone()),
            partial(pages.certificate_page, zone=_zone()),
        ),
        carry=run.carry,
        say=run.say,
        patience=PATIENCE,
    )
    event = happened.closed(engine, done.begun, done.certificate, who=told_by(task.by))
    if problem := telling.write(engine, [event]):
        run.say(f"Done, and not written down: {problem}")
    return replace(run.task, state="done")


def _finished(papers: Papers, engine: Engine, task: Task) -> Paper | None:
    """It was certified before the console ended."""
    gone = kept.find(engine, task.workshop) is None
    return papers.find(task.paper) if gone and task.paper else None


class _Run:
    """One closing: where it is."""

    def __init__(self, papers: Papers, engine: Engine, task: Task, moved: Moved) -> None:
        self._papers, self._engine, self._moved = papers, engine, moved
        self.task, self.failed = task, Failures()

    def where(self, workshop: Workshop) -> Path:
        place = self._papers.place(workshop)
        teams = len(workshop.teams)
        self._move(replace(self.task, step=RECORDING, paper=place.name, teams=teams))
        return place

    def carry(self, plan: Plan, _: Workshop) -> None:
        """What fails here is left, and is told of by the look afterwards."""
        self._move(replace(self.task, step=REMOVING, of=len(plan.steps)))
        execute(plan, self._engine, tell=self._tell)

    def say(self, text: str) -> None:
        told = "\n".join(one for one in (self.task.hint, text) if one)
        self.task = replace(self.task, hint=told)

    def _tell(self, news: News) -> None:
        if news.step and news.state == "done":
            self._move(replace(self.task, number=min(self.task.number + 1, self.task.of)))

    def _move(self, task: Task) -> None:
        self.task = task
        self._moved(task)


def _zone() -> tzinfo:
    zone = datetime.now().astimezone().tzinfo
    assert zone is not None
    return zone
