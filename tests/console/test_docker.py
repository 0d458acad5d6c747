"""The console's work on a real engine: what a memory cannot show."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandboxctl import clock
from sandboxctl.console.task import Task
from sandboxctl.console.wish import Wish
from sandboxctl.engine.docker import DockerEngine
from sandboxctl.lifecycle.duties import Duties
from sandboxctl.lifecycle.watch import look
from tests import dens, pipeline, prototypes
from tests.conftest import Written
from tests.console.rig import Rig, until

pytestmark = pytest.mark.engine


@pytest.fixture
def real(
    docker_engine: DockerEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Rig]:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    found = Rig(tmp_path, docker_engine)
    found.connects = lambda: DockerEngine(docker_engine.den, dens.engine_url())
    found.again()
    yield found
    found.work.end()


def write(rig: Rig, sandbox: str, words: str) -> None:
    assert rig.engine.run(sandbox, "book", ["sh", "-c", f"echo {words} > /data/words"]).status == 0


def words(rig: Rig, sandbox: str) -> str:
    return rig.engine.run(sandbox, "book", ["cat", "/data/words"]).output.decode().strip()


def test_the_ladder_of_a_team(real: Rig, written: Written, sandbox: str) -> None:
    pipeline.up(real.engine, written(prototypes.notebook()), sandbox)
    pipeline.spare(real.engine, sandbox)
    real.work.begin()
    write(real, sandbox, "mine")
    assert real.team(sandbox).spares == 1

    job = real.done("reset", sandbox, "1", seen_generation=1)
    assert (job.spare, job.after, job.page, job.lost) == (True, 2, 200, ("book",))
    assert "No such file" in words(real, sandbox)
    assert real.done("undo", sandbox, "2", seen_generation=2).after == 1
    assert words(real, sandbox) == "mine"

    real.done("fault", sandbox, "3", kind="stop", service="web")
    told = [
        one.words
        for one in look(real.engine, Duties(trusted=True, patience=None).all(), clock.now())
        if one.sandbox == sandbox
    ]
    assert real.team(sandbox).status.state == "in trouble", told
    write(real, sandbox, "later")
    point = real.work.points.of(real.team(sandbox), clock.now())[0]
    assert (point.kind, point.lost.services) == ("before a fault", ("book",))
    real.done(point.verb, sandbox, "4", **point.args)
    assert words(real, sandbox) == "mine"
    assert real.team(sandbox).status.state == "ready"

    real.done("fault", sandbox, "5", kind="fill", service="web")
    real.done("restart", sandbox, "again")  # it may have been ended for the memory that took
    real.done("fault", sandbox, "6", kind="slow", service="web", seconds=0.5)
    until(lambda: real.team(sandbox).status.state == "ready")
    real.done("fault", sandbox, "7", kind="slow", service="book", seconds=60)
    real.done("reset", sandbox, "8")
    assert real.team(sandbox).status.state == "ready"
    measured = real.work.measures.of("reset", recipe=real.team(sandbox).recipe)
    assert measured
    assert measured.times == 1


def killed(real: Rig, *words: str) -> str:
    """The reference of what a console had been asked for that was killed meanwhile."""
    den = real.engine.den.model_dump_json()
    found = subprocess.run(
        [sys.executable, "-m", "tests.console.mortal", den, str(real.folder), *words],
        text=True,
        capture_output=True,
        timeout=120,
        check=False,
    )
    assert found.returncode == -signal.SIGKILL, found.stderr
    return found.stdout.strip()


@pytest.mark.parametrize(("after", "begun", "ends"), [("StartService", 1, 3), ("GoLive", 2, 2)])
def test_a_console_that_is_killed_in_the_middle_of_a_reset(
    real: Rig, written: Written, sandbox: str, after: str, begun: int, ends: int
) -> None:
    pipeline.up(real.engine, written(prototypes.notebook()), sandbox)
    reference = killed(real, sandbox, after)
    assert real.engine.records()[sandbox].live == begun
    job = real.work.jobs.get(reference)
    assert job
    assert job.state == "working"

    real.work.begin()
    job = real.ended(job)
    assert (job.state, job.after, job.interrupted) == ("done", ends, True)
    team = real.team(sandbox)
    assert (team.live, team.status.state, team.status.leftovers) == (ends, "ready", 0)
    assert [one.generation for one in team.status.asides] == [1]
    until(
        lambda: (
            not any(s.runs for s in real.engine.observe(sandbox).generations[1].services.values())
        )
    )


@pytest.mark.parametrize(
    ("opening", "closing"), [("CreateNetwork", "RemoveService"), ("StartService", "RemoveNetwork")]
)
def test_a_console_that_is_killed_while_a_workshop_opens_and_while_it_closes(
    real: Rig, written: Written, opening: str, closing: str
) -> None:
    real.folders = (real.folder / "catalogue",)
    shutil.copytree(written(prototypes.notebook()), real.folders[0] / "notebook")
    wanted = Wish("notebook", "killed-day", teams=("Wall three", "Wall four"))
    opened = killed(real, "killed-day", opening, json.dumps(wanted.args))
    found = real.work.tasks.get(opened)
    assert found
    assert found.state == "working"

    def over(reference: str) -> Task:
        real.again().begin()
        until(lambda: not real.work.tasks.active)
        task = real.work.tasks.get(reference)
        assert task
        assert (task.state, task.failed, task.interrupted) == ("done", {}, True), task
        return task

    assert over(opened).ready == 2
    assert {"wall-three", "wall-four"} <= set(real.engine.records())
    assert real.engine.fetch("wall-three").status == 200

    task = over(killed(real, "killed-day", closing, "{}"))
    paper = real.work.papers.find(task.paper)
    assert paper
    assert not paper.certificate.after.things
    assert not {"wall-three", "wall-four"} & set(real.engine.records())


def test_a_workshop_from_the_catalogue_to_its_certificate(real: Rig, written: Written) -> None:
    real.folders = (written(prototypes.notebook()),)
    real.again().begin()
    entry = next(one for one in real.work.catalogue.all() if one.path.parent == real.folders[0])
    teams = ("Wall one", "Wall two")
    wanted = Wish(entry.name, "wall-day", "Spring workshop", teams=teams)
    found = real.work.forecast(wanted)
    assert found.teams == ("wall-one", "wall-two")
    assert found.fit.all_fit

    def done(task: Task) -> Task:
        until(lambda: not real.work.tasks.active)
        ended = real.work.tasks.get(task.reference)
        assert ended
        assert (ended.state, ended.failed) == ("done", {}), ended
        real.work.board.look()
        return ended

    tasks = real.work.tasks
    assert done(tasks.submit("open", "wall-day", once="1", by="test", **wanted.args)).ready == 2
    write(real, "wall-one", "mine")
    ended = done(tasks.submit("close", "wall-day", once="2", by="test"))
    paper = real.work.papers.find(ended.paper)
    assert paper
    assert paper.certificate.before.counts["container"] >= 4
    assert not paper.certificate.after.things
    assert not {"wall-one", "wall-two"} & set(real.engine.records())
