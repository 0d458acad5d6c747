"""What is asked for is done once, one thing at a time, and nothing of it is lost."""

from __future__ import annotations

import threading
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from sandboxctl import clock
from sandboxctl.console.faults import KINDS
from sandboxctl.console.job import Job, read, written
from sandboxctl.console.reasons import KEYS
from sandboxctl.console.steps import STEPS, WAITING
from sandboxctl.engine.memory import MemoryEngine
from sandboxctl.engine.protocol import Note
from sandboxctl.errors import EngineError, NotReady
from sandboxctl.lifecycle import ledger
from sandboxctl.sandbox.operations import GoLive, Operation, WaitReady
from sandboxctl.sandbox.state import Record
from tests import pipeline
from tests.console.rig import TEAM, Rig

WORDS = Path(__file__).parents[2] / "templates" / "console" / "words"


class Held(MemoryEngine):
    """Goes live when it is told to."""

    def __init__(self, **more: Any) -> None:
        super().__init__(**more)
        self.may, self.waits = threading.Event(), threading.Event()
        self.holding = False

    def apply(self, sandbox: str, operation: Operation, note: Note) -> None:
        if self.holding and isinstance(operation, GoLive):
            self.waits.set()
            assert self.may.wait(20)
        super().apply(sandbox, operation, note)


class Mute(MemoryEngine):
    """What is started from now on never answers."""

    mute, away = False, False
    lasts = True

    def records(self) -> Mapping[str, Record]:
        if self.away:
            raise EngineError("nobody answers", hint="Start it.")
        return super().records()

    def when_ready(self, sandbox: str, operation: WaitReady) -> Any:
        if self.mute:
            raise NotReady("db never answers", hint="Look at its logs.", code="DEN900")
        return super().when_ready(sandbox, operation)


@pytest.fixture
def held(rig: Rig) -> Rig:
    rig.engine = engine = Held()
    rig.up()
    rig.up("otter")
    engine.holding = True
    rig.work.begin()
    return rig


def test_a_reset_is_done_and_told_of(busy: Rig) -> None:
    job = busy.done("reset", seen_generation=1)
    assert (job.before, job.after, job.lost) == (1, 2, ("db",))
    assert job.reference.startswith("HERON-")
    assert job.answered is not None
    assert (job.step, job.number, job.of, job.page) == ("step.switching", 4, 4, 200)
    assert busy.work.jobs.of(TEAM) == [job]
    team = busy.work.board.seen.teams[TEAM]
    assert (team.live, team.job) == (2, None)


def test_the_same_asked_twice_is_one(busy: Rig) -> None:
    first = busy.done("reset", once="form-1", seen_generation=1)
    again = busy.submit("reset", once="form-1", seen_generation=1)
    assert again == first
    assert busy.engine.records()[TEAM].live == 2


def test_what_was_decided_about_another_generation_is_not_done(busy: Rig) -> None:
    busy.done("reset", once="a", seen_generation=1)
    late = busy.submit("reset", once="b", seen_generation=1)
    assert late.state == "overtaken"
    assert busy.submit("reset", once="b", seen_generation=1) == late
    assert busy.engine.records()[TEAM].live == 2


def test_the_worker_looks_once_more(busy: Rig) -> None:
    """A command of somebody else's was faster, and the board has not looked yet."""
    pipeline.reset(busy.engine, TEAM)
    assert busy.work.board.seen.teams[TEAM].live == 1
    late = busy.ended(busy.submit("reset", seen_generation=1))
    assert (late.state, late.why) == ("overtaken", "")
    assert busy.engine.records()[TEAM].live == 2


@pytest.mark.usefixtures("held")
def test_two_people_at_once_ask_for_one(rig: Rig) -> None:
    engine = rig.engine
    assert isinstance(engine, Held)
    found: list[Job] = []
    both = threading.Barrier(8)

    def ask(once: str) -> None:
        both.wait()
        found.append(rig.submit("reset", once=once, seen_generation=1))

    people = [threading.Thread(target=ask, args=(str(n),)) for n in range(8)]
    for one in people:
        one.start()
    for one in people:
        one.join()
    assert len({one.reference for one in found}) == 1
    assert engine.waits.wait(20)
    under_way = rig.work.board.seen.teams[TEAM].job
    assert under_way
    assert (under_way.state, under_way.step) == ("working", "step.switching")
    engine.may.set()
    assert rig.ended(found[0]).after == 2
    assert len(rig.work.jobs.of(TEAM)) == 1


@pytest.mark.usefixtures("held")
def test_other_sandboxes_do_not_wait(rig: Rig) -> None:
    engine = rig.engine
    assert isinstance(engine, Held)
    first = rig.submit("reset")
    assert engine.waits.wait(20)
    other = rig.done("pause", "otter")
    assert rig.now(first).state == "working"
    assert other.ended
    engine.may.set()
    assert rig.ended(first).state == "done"


def test_every_verb_does_what_it_says(busy: Rig) -> None:
    record = busy.engine.records()[TEAM]
    busy.done("snapshot", once="1", name="lunch")
    busy.done("reset", once="2")
    busy.done("undo", once="3", seen_generation=2)
    assert busy.engine.records()[TEAM].live == 1
    busy.done("restore", once="4", name="lunch")
    assert busy.engine.records()[TEAM].live == 3
    busy.done("restart", once="5", service="db")
    busy.done("extend", once="6", minutes=30)
    assert busy.engine.records()[TEAM].until == record.until + timedelta(minutes=30)
    busy.done("pause", once="7")
    assert busy.team().status.state == "paused"
    busy.done("resume", once="8")
    assert busy.team().status.state == "ready"
    assert len(busy.work.jobs.of(TEAM, most=3)) == 3


def test_a_failed_reset_calls_for_help_and_the_old_one_serves(rig: Rig) -> None:
    rig.engine = engine = Mute()
    rig.up()
    engine.mute = True
    rig.work.begin()
    job = rig.ended(rig.submit("reset"))
    assert (job.state, job.why, job.code, job.serves) == ("failed", "why.not_ready", "DEN900", True)
    assert job.told == "db never answers [DEN900] Look at its logs."
    team = rig.team()
    assert (team.live, team.status.state) == (1, "ready")
    assert team.raised
    assert team.raised.why == job.reference
    told = ledger.events(engine.den.name, since=clock.now() - timedelta(hours=1))
    assert [(one.verb, one.what) for one in told] == [("reset", "failed (1)"), ("hand", "raised")]
    assert told[0].detail["why"] == "db never answers"
    assert told[0].who == "the team, in the console"


def test_the_ledger_tells_of_it_as_of_a_command(rig: Rig) -> None:
    engine = rig.engine
    assert isinstance(engine, MemoryEngine)
    engine.lasts = True
    rig.up()
    rig.work.begin()
    job = rig.done("reset", once="1")
    rig.done("undo", once="2")
    told = ledger.events(engine.den.name, since=clock.now() - timedelta(hours=1))
    assert [(one.verb, one.sandbox, one.what) for one in told] == [
        ("reset", TEAM, "back to minute zero"),
        ("reset", TEAM, "back to before the reset"),
    ]
    assert told[0].detail["lost"] == ["db"]
    assert told[0].detail["job"] == job.reference
    assert isinstance(told[0].detail["seconds"], float)


def test_what_is_refused_says_so_in_words(busy: Rig) -> None:
    for once, verb, args in (("1", "undo", {}), ("2", "restore", {"name": "none"})):
        job = busy.ended(busy.submit(verb, once=once, **args))
        assert (job.state, job.why) == ("failed", "why.refused")
        assert job.told


def test_a_bug_of_ours_does_not_end_the_worker(busy: Rig) -> None:
    job = busy.ended(busy.submit("restore", once="1"))  # without the name it needs
    assert (job.state, job.why) == ("failed", "why.bug")
    busy.done("reset", once="2")


def test_what_no_verb_is_cannot_be_asked_for(busy: Rig) -> None:
    with pytest.raises(ValueError, match="a job has a verb"):
        busy.submit("down")
    with pytest.raises(ValueError, match="a job has a verb"):
        busy.submit("reset", once="")
    for name in ("nobody", "den.watch", "workshop.day"):
        with pytest.raises(ValueError, match="that there is"):
            busy.submit("reset", name)
    assert busy.ended(busy.submit("prolong", "workshop.day", workshop="day", minutes=5)).why


def test_all_teams_of_a_workshop_are_one_batch(rig: Rig) -> None:
    from sandboxctl.lifecycle.workshops import kept
    from sandboxctl.workshop.record import Member, Workshop

    for name in ("heron", "otter"):
        rig.up(name)
    records = rig.engine.records()
    now = clock.now()
    teams = {
        n: Member(sandbox=n, blueprint="page", recipe=one.recipe) for n, one in records.items()
    }
    kept.write(rig.engine, Workshop(name="day", teams=teams, since=now, until=now))
    rig.work.begin()
    day = rig.work.board.seen.workshops["day"]
    asked = rig.work.for_all("reset", day, [], once="all", by="kim")
    assert [rig.ended(one).after for one in asked] == [2, 2]
    assert {one.reference for one in rig.work.jobs.together("all")} == {
        one.reference for one in asked
    }
    longer = rig.work.for_all("extend", day, [], once="more", by="kim", minutes=15)
    assert [rig.ended(one).state for one in longer] == ["done"] * 3
    assert kept.known(rig.engine, "day").until == now + timedelta(minutes=15)
    one = rig.work.for_all("extend", day, ["otter"], once="less", by="kim", minutes=15)
    assert [rig.ended(job).sandbox for job in one] == ["otter"]


# -- when a console ends in the middle of it ---------------------------------------------------


def test_what_waited_is_done_by_the_next_console(rig: Rig) -> None:
    rig.up()
    rig.work.board.look()
    job = rig.submit("reset", seen_generation=1)
    assert rig.now(job).state == "waiting"
    rig.again().begin()
    done = rig.ended(job)
    assert (done.state, done.after, done.interrupted) == ("done", 2, False)


def test_what_had_begun_and_not_gone_live_is_done_again(rig: Rig) -> None:
    rig.up()
    rig.work.board.look()
    job = rig.submit("reset", seen_generation=1)
    rig.work.jobs.put(replace(job, state="working", before=1))
    rig.again().begin()
    done = rig.ended(job)
    assert (done.state, done.after, done.interrupted) == ("done", 2, True)


def test_what_had_gone_live_is_not_done_again(rig: Rig) -> None:
    rig.up()
    rig.work.board.look()
    job = rig.submit("reset", seen_generation=1)
    rig.work.jobs.put(replace(job, state="working", before=1))
    pipeline.reset(rig.engine, TEAM)
    rig.again().begin()
    done = rig.ended(job)
    assert (done.state, done.after, done.interrupted) == ("done", 2, True)
    assert rig.engine.records()[TEAM].live == 2


def test_of_what_is_gone_it_says_so(rig: Rig) -> None:
    rig.up()
    rig.work.board.look()
    job = rig.submit("reset")
    pipeline.down(rig.engine, TEAM)
    rig.again().begin()
    assert (rig.now(job).state, rig.now(job).why) == ("failed", "why.gone")


def test_more_time_is_given_once(rig: Rig) -> None:
    rig.up()
    rig.work.board.look()
    before = rig.engine.records()[TEAM].until
    job = rig.submit("extend", minutes=10)
    until_ = (before + timedelta(minutes=10)).isoformat()
    rig.work.jobs.put(replace(job, state="working", args={"minutes": 10, "until": until_}))
    rig.again().begin()
    rig.ended(job)
    assert rig.engine.records()[TEAM].until == before + timedelta(minutes=10)


def test_a_job_is_read_as_it_was_written(busy: Rig) -> None:
    job = busy.done("reset")
    assert read(written(job)) == job


def test_every_step_and_reason_has_words() -> None:
    words: dict[str, str] = {}
    for file in WORDS.glob("*.toml"):
        for section, told in tomllib.loads(file.read_text(encoding="utf-8")).items():
            words |= {f"{section}.{key}": text for key, text in told.items()}
    keys = {key for steps in STEPS.values() for key in steps}
    keys |= {WAITING, *KEYS, *(f"break.{kind}" for kind in KINDS)}
    assert keys <= words.keys()


def test_where_the_engine_is_away_the_job_says_so(rig: Rig) -> None:
    rig.up()
    rig.work.board.look()
    job = rig.submit("reset")
    rig.away = True
    with pytest.raises(EngineError):
        rig.again().begin()
    assert rig.now(job).state == "waiting"
    rig.away = False
    rig.work.begin()
    assert rig.ended(job).state == "done"


def test_an_engine_that_goes_away_leaves_a_job_that_failed(rig: Rig) -> None:
    rig.engine = engine = Mute()
    rig.up()
    rig.work.begin()
    engine.away = True
    job = rig.ended(rig.submit("reset"))
    assert (job.state, job.why, job.serves) == ("failed", "why.engine", False)
    assert rig.work.hands.up.keys() == {TEAM}
