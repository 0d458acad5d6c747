"""Closing a workshop, with what `workshop close` calls, and the papers that it leaves."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from functools import lru_cache, partial
from pathlib import Path

from pydantic import ValidationError

from sandboxctl.console.doing import PATIENCE
from sandboxctl.console.task import LOOKING, RECORDING, REMOVING, Task
from sandboxctl.console.tasks import Moved
from sandboxctl.console.working import told_by
from sandboxctl.engine.protocol import Engine
from sandboxctl.lifecycle import ledger, telling
from sandboxctl.lifecycle.execute import Failures, News, execute
from sandboxctl.lifecycle.workshops import filing, happened, kept
from sandboxctl.report import pages
from sandboxctl.sandbox.plan import Plan
from sandboxctl.workshop.certificate import Certificate, holds
from sandboxctl.workshop.evidence import Evidence
from sandboxctl.workshop.record import Workshop

_NAME = re.compile(r"[a-z0-9-]{1,80}")
SHOWN = (filing.RECORD, filing.CERTIFICATE, filing.PAGE)


@dataclass(frozen=True, slots=True)
class Paper:
    """A workshop that is closed: its record, its certificate, and the folder of both."""

    name: str
    folder: Path
    evidence: Evidence
    certificate: Certificate

    @property
    def files(self) -> tuple[str, ...]:
        """What somebody may open."""
        return (*SHOWN, *(f"{team.name}.html" for team in self.evidence.teams))

    def text(self, file: str) -> str:
        """Of one of its files; KeyError for any other."""
        if file not in self.files:
            raise KeyError(file)
        return (self.folder / file).read_text(encoding="utf-8")

    def packed(self) -> bytes:
        """All of them, as a zip file."""
        found = io.BytesIO()
        with zipfile.ZipFile(found, "w", zipfile.ZIP_DEFLATED) as packed:
            for file in self.files:
                packed.writestr(f"{self.name}/{file}", self.text(file))
        return found.getvalue()


@dataclass(frozen=True, slots=True)
class Papers:
    """Those of one den, in a folder beside the ledger."""

    den: str

    @property
    def folder(self) -> Path:
        return ledger.path().with_name(f"closed-{self.den}")

    def place(self, workshop: Workshop) -> Path:
        """The same for each run that closes it: the second goes on with what the first wrote."""
        assert workshop.closing is not None
        place = self.folder / f"{workshop.name}-{workshop.closing:%Y%m%d-%H%M%S}"
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        return place

    def all(self) -> Sequence[Paper]:
        """Newest first; what is not whole is not shown."""
        try:
            names = [one.name for one in self.folder.iterdir()]
        except OSError:
            return []
        found = [one for one in map(self.find, names) if one]
        return sorted(found, key=lambda one: one.evidence.closed, reverse=True)

    def find(self, name: str) -> Paper | None:
        """None for what is not there, or is not the record that the certificate names."""
        if not _NAME.fullmatch(name):
            return None
        place = self.folder / name
        try:
            stamps = tuple((place / one).stat().st_mtime_ns for one in SHOWN)
        except OSError:
            return None
        return _read(place, stamps)

    def of(self, workshop: str) -> Paper | None:
        """The newest of a workshop's name."""
        return next((one for one in self.all() if one.evidence.name == workshop), None)

    def carry_out(self, engine: Engine, task: Task, moved: Moved) -> Task:
        """All of it, as `workshop close` does. SandboxError where something is left; it is told of
        with what is."""
        moved(replace(task, step=LOOKING))
        if task.goes_on and (paper := self._finished(engine, task)):
            return replace(task, state="done", paper=paper.name)
        engine.enter(lambda _: None)
        run = _Run(self, engine, task, moved)
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

    def _finished(self, engine: Engine, task: Task) -> Paper | None:
        """It was certified before the console ended."""
        gone = kept.find(engine, task.workshop) is None
        return self.find(task.paper) if gone and task.paper else None


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


@lru_cache(maxsize=64)
def _read(place: Path, _: tuple[int, ...]) -> Paper | None:
    """Read once, and again when a file of it is another one."""
    try:
        evidence = Evidence.model_validate_json((place / filing.RECORD).read_bytes())
        certificate = Certificate.model_validate_json((place / filing.CERTIFICATE).read_bytes())
    except (OSError, ValidationError):
        return None
    whole = holds(certificate, evidence)
    return Paper(place.name, place, evidence, certificate) if whole else None


def _zone() -> tzinfo:
    zone = datetime.now().astimezone().tzinfo
    assert zone is not None
    return zone
