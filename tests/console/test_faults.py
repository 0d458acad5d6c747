"""What is broken on purpose, and the way back from it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from sandboxctl.console import faults
from sandboxctl.console.faults import BEFORE, KEEP, LONGEST
from sandboxctl.engine.memory import MemoryEngine
from sandboxctl.engine.protocol import Answer
from sandboxctl.lifecycle.restarts import Restarts
from sandboxctl.sandbox.restarting import ON_PURPOSE
from tests.cli import PAGE
from tests.console.rig import TEAM, Rig, until


def condition(rig: Rig, service: str) -> str:
    live = rig.engine.observe(TEAM).live
    assert live
    return live.services[service].condition


def test_a_service_that_is_stopped_stays_so_and_a_state_was_kept(busy: Rig) -> None:
    job = busy.done("fault", kind="stop", service="db")
    assert (condition(busy, "db"), condition(busy, "web")) == ("exited", "running")
    record = busy.engine.records()[TEAM]
    assert record.again == {"db": ON_PURPOSE}
    assert [one.words for one in record.happened] == ["db: stop, on purpose"]
    name = f"{BEFORE}{job.reference.rpartition('-')[2].lower()}"
    assert [one.name for one in record.snapshots] == [name]
    point = busy.work.points.of(busy.team(), job.asked)[0]
    assert (point.name, point.kind) == (name, "before a fault")
    assert (job.step, job.number, job.of) == ("step.breaking", 3, 3)


def test_nobody_who_looks_after_the_den_starts_it_again(busy: Rig) -> None:
    busy.done("fault", kind="stop", service="db")
    told = list(Restarts(patience=None)(busy.engine, busy.team().status.since))  # type: ignore[arg-type]  # it has one
    assert condition(busy, "db") == "exited"
    assert [one.event for one in told] in ([], ["dead"])
    busy.done("restart", once="2", service="db")
    assert condition(busy, "db") == "running"
    assert busy.engine.records()[TEAM].again == {}


def test_what_is_slow_stands_still_and_goes_on(busy: Rig) -> None:
    busy.done("fault", kind="slow", service="web", seconds=0.1)
    until(lambda: condition(busy, "web") == "running")
    assert [one.words for one in busy.engine.records()[TEAM].happened] == ["web: slow, on purpose"]


def test_it_goes_on_though_the_console_ended_meanwhile(busy: Rig) -> None:
    job = busy.done("fault", kind="slow", service="web", seconds=LONGEST)
    work = busy.again()
    assert condition(busy, "web") == "paused"
    work.jobs.put(replace(job, ended=job.asked - timedelta(hours=1)))
    work.begin()
    until(lambda: condition(busy, "web") == "running")


def test_another_generation_is_not_touched(busy: Rig) -> None:
    job = busy.done("fault", once="1", kind="slow", service="web")
    busy.done("reset", once="2")
    observed = busy.engine.observe(TEAM)
    assert observed.record
    recipe = busy.engine.recipe(observed.record.recipe)
    assert not faults.plan_on(observed, recipe, job.before, "web")
    busy.done("pause", once="3")
    assert not faults.plan_on(busy.engine.observe(TEAM), recipe, 2, "web")


def test_what_is_filled_is_filled(rig: Rig) -> None:
    class Full(MemoryEngine):
        asked: Any = None

        def run(self, sandbox: str, service: str, argv: Any, stdin: bytes = b"") -> Answer:  # noqa: ARG002
            self.asked = (service, argv[0])
            return Answer(self.status, b"")

        status = 1

    rig.engine = engine = Full()
    rig.up()
    rig.work.begin()
    rig.done("fault", kind="fill", service="db")
    assert engine.asked == ("db", "dd")
    assert condition(rig, "db") == "running"
    engine.status = 127
    job = rig.ended(rig.submit("fault", once="2", kind="fill", service="web"))
    assert (job.state, job.why) == ("failed", "why.refused")


def test_only_the_newest_of_what_was_kept_before_faults_stay(busy: Rig) -> None:
    busy.done("snapshot", once="mine", name="mine")
    for once in range(KEEP + 2):
        busy.done("fault", once=str(once), kind="fill", service="web")
    kept = [one.name for one in busy.engine.records()[TEAM].snapshots]
    assert kept[0] == "mine"
    assert len(kept) == KEEP + 1


def test_where_nothing_keeps_data_nothing_is_kept(rig: Rig) -> None:
    rig.up(text=PAGE)
    rig.work.begin()
    rig.done("fault", kind="stop", service="web")
    assert rig.engine.records()[TEAM].snapshots == ()


def test_what_is_not_there_or_broken_already_is_not_broken(busy: Rig) -> None:
    for once, kind, service in (
        ("1", "stop", "nobody"),
        ("2", "explode", "web"),
        ("3", "slow", "web"),
    ):
        more: dict[str, Any] = {"seconds": 2 * LONGEST} if kind == "slow" else {}
        job = busy.ended(busy.submit("fault", once=once, kind=kind, service=service, **more))
        assert (job.state, job.why) == ("failed", "why.refused")
    busy.done("fault", once="4", kind="stop", service="web")
    again = busy.ended(busy.submit("fault", once="5", kind="stop", service="web"))
    assert again.state == "failed"
    assert not busy.work.hands.up


def test_a_fault_that_was_interrupted_is_not_refused_for_what_it_did(busy: Rig) -> None:
    job = busy.done("fault", kind="stop", service="web")
    work = busy.again()
    work.jobs.put(replace(job, state="working"))
    work.begin()
    done = busy.ended(job)
    assert (done.state, done.interrupted) == ("done", True)
    assert len(busy.engine.records()[TEAM].snapshots) == 1
