"""What `watch` does about spares and about what was put aside, on a den in memory."""

from __future__ import annotations

import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from sandboxctl import clock
from sandboxctl.engine.memory import GIBIBYTE, MemoryEngine
from sandboxctl.lifecycle.claim import plan_claim
from sandboxctl.lifecycle.execute import execute
from sandboxctl.lifecycle.reset import plan_reset, reset
from sandboxctl.lifecycle.spares import lock_of, plan_spare
from sandboxctl.lifecycle.spares_kept import AGAIN, LOOK, Asides, Spares
from sandboxctl.lifecycle.spares_wanted import wanted_spares
from sandboxctl.lifecycle.watch import LOCK, Duty
from sandboxctl.lifecycle.workshops.together import plan_pause_all
from sandboxctl.sandbox import names
from sandboxctl.sandbox.operations import (
    Drain,
    GoLive,
    Offer,
    RemoveService,
    StartAgain,
    StopService,
    WaitReady,
    Withdraw,
)
from sandboxctl.sandbox.plan import Plan
from sandboxctl.sandbox.state import Record
from sandboxctl.workshop.record import Member
from tests import dens, pipeline, prototypes
from tests.test_workshop_teams import workshop

MIB = 1024 * 1024


def made(folder: Path, spares: int, **more: Any) -> MemoryEngine:
    """A den with the sandbox `heron`, which asks for so many spares."""
    engine = MemoryEngine(**{"memory": GIBIBYTE, **more})
    pipeline.up(engine, prototypes.written(folder, prototypes.notebook()), "heron", spares=spares)
    return engine


def told(duty: Duty, engine: MemoryEngine, later: timedelta = timedelta()) -> list[str]:
    return [one.words for one in duty(engine, clock.now() + later)]


def here() -> Spares:
    return Spares(beside=False)


def record(engine: MemoryEngine) -> Record:
    return engine.records()["heron"]


def nothing(_: object) -> None:
    pass


def test_as_many_are_made_as_are_asked_for_and_no_more(tmp_path: Path) -> None:
    engine, duty = made(tmp_path, 2), here()
    assert told(duty, engine) == ["a spare of notebook is ready"] * 2
    assert [spare.ready for spare in engine.spares().values()] == [True, True]
    assert told(duty, engine) == []
    first = reset(engine, "heron").spare
    assert first
    assert told(duty, engine) == ["a spare of notebook is ready"], "what was taken is made again"
    assert first not in engine.spares()


def test_what_nobody_asks_for_any_more_goes(tmp_path: Path) -> None:
    engine, duty = made(tmp_path, 2), here()
    told(duty, engine)
    extra = sorted(engine.spares())
    pipeline.up(engine, tmp_path, "heron", spares=1)
    assert len(told(duty, engine)) == 1
    pipeline.down(engine, "heron")
    assert all("nobody asks for it" in words for words in told(duty, engine))
    assert not engine.spares()
    assert not engine.making()
    assert len(extra) == 2


def test_a_workshop_asks_for_spares_of_each_recipe(tmp_path: Path) -> None:
    engine, duty = made(tmp_path, 0), here()
    digest = record(engine).recipe
    member = Member(sandbox="heron", blueprint="notebook", recipe=digest)
    until = clock.now() + timedelta(hours=1)
    entry = workshop(teams={"heron": member, "owl": member}, spares=2, until=until)
    engine.decide("workshops", entry.name, entry.model_dump(mode="json"))
    assert wanted_spares(engine, clock.now()) == {digest: 2}
    assert wanted_spares(engine, clock.now() + timedelta(hours=2)) == {}
    assert told(duty, engine) == ["a spare of notebook is ready"] * 2


def test_a_bad_one_goes_and_another_is_made(tmp_path: Path) -> None:
    engine, duty = made(tmp_path, 1), here()
    told(duty, engine)
    [bad] = engine.spares()
    engine.apply(bad, StopService(1, "web", 0), nothing)
    assert told(duty, engine) == [
        f"the spare {bad} is gone: its web ended: it was stopped",
        "a spare of notebook is ready",
    ]
    assert bad not in engine.spares()


def test_what_an_interrupted_command_left_goes(tmp_path: Path) -> None:
    engine, duty = made(tmp_path, 1), here()
    plan = plan_spare(engine, engine.recipe(record(engine).recipe), now=clock.now())
    name, stopped = plan.steps[0].sandbox, plan.steps[:3]
    for step in stopped:
        engine.apply(name, step.operation, nothing)
    with engine.lock(lock_of(record(engine).recipe)):
        assert told(duty, engine) == [], "somebody is making it"
    assert told(duty, engine)[0].startswith(f"the spare {name} is gone: it was begun and never")
    [well] = engine.spares()
    engine.apply(well, Withdraw(), nothing)
    assert told(duty, engine)[0] == f"the spare {well} is gone: nobody has it"
    assert not engine.making()


def test_what_a_killed_claim_let_go_of_goes_with_the_next_reset(tmp_path: Path) -> None:
    """Of what was put aside two are kept; the third, once a spare too, is nobody's from the moment
    when that is decided."""
    engine = made(tmp_path, 0)
    for _ in range(3):
        pipeline.spare(engine, "heron")
        assert reset(engine, "heron").spare
    pipeline.spare(engine, "heron")
    claim = plan_claim(engine, "heron", now=clock.now())
    assert claim
    decided = next(one for one in claim.plan.steps if isinstance(one.operation, GoLive))
    engine.apply("heron", decided.operation, nothing)
    [lost] = engine.making()
    assert lost.startswith(names.SPARE)
    assert not engine.spares()
    pipeline.reset(engine, "heron")
    assert not engine.making()


def test_what_a_reset_would_need_is_left_free_and_that_is_said_once(tmp_path: Path) -> None:
    engine, duty = made(tmp_path, 2, memory=448 * MIB), here()
    first, second = told(duty, engine)
    assert first == "a spare of notebook is ready"
    assert "192 MiB of memory are free, and a spare may take 128 MiB" in second
    assert told(duty, engine) == []
    assert told(duty, engine, 2 * AGAIN) == [], "it was tried again, and is still so"
    assert len(engine.spares()) == 1


def test_what_cannot_become_ready_is_taken_away_and_tried_again_later(tmp_path: Path) -> None:
    engine, duty = made(tmp_path, 1), here()
    broken: set[str] = {"book"}
    engine._broken = broken  # type: ignore[assignment]  # it breaks while the den is up
    [why] = told(duty, engine)
    assert why.startswith("a spare did not become ready: wait for book")
    assert not engine.spares()
    assert not engine.making()
    broken.clear()
    assert told(duty, engine) == [], "not at once"
    assert told(duty, engine, 2 * AGAIN) == ["a spare of notebook is ready"]


def test_they_are_made_beside_the_other_duties(tmp_path: Path) -> None:
    engine, duty = made(tmp_path, 1), Spares()
    before = threading.active_count()
    seen: list[str] = []

    def ready() -> bool:
        seen.extend(told(duty, engine))
        return bool(seen)

    dens.until(ready, what="a spare is made")
    assert seen == ["a spare of notebook is ready"]
    dens.until(lambda: threading.active_count() <= before, what="nobody goes on working")


def test_what_can_be_returned_to_no_longer_goes(tmp_path: Path) -> None:
    engine, duty = made(tmp_path, 0), Asides()
    reset(engine, "heron")
    assert told(duty, engine) == []
    assert sorted(engine.observe("heron").generations) == [1, 2]
    with engine.lock("heron"):
        assert told(duty, engine, timedelta(hours=1)) == [], "somebody changes it"
    assert told(duty, engine, timedelta(hours=1)) == ["generation 1 cannot be returned to now"]
    assert sorted(engine.observe("heron").generations) == [2]
    assert record(engine).asides == ()
    assert told(duty, engine, timedelta(hours=1)) == []


def cut_off(engine: MemoryEngine, *, before: type) -> None:
    """A reset that keeps nothing, and ends after it has switched."""
    engine.den = engine.den.model_copy(update={"undo": 0})
    for step in plan_reset(engine, "heron").plan.steps:
        if isinstance(step.operation, before):
            return
        engine.apply(step.at, step.operation, nothing)


@pytest.mark.parametrize("doubted", [False, True])
def test_what_a_killed_command_left_is_found_by_looking(tmp_path: Path, *, doubted: bool) -> None:
    engine, duty = made(tmp_path, 0), Asides(lambda: doubted)
    cut_off(engine, before=Drain)
    assert record(engine).asides == (), "nothing that is decided speaks of it"
    assert sorted(engine.observe("heron").generations) == [1, 2]
    with engine.lock("heron"):
        assert told(duty, engine) == [], "somebody is at it"
    assert told(duty, engine, LOOK / 2) == [], "not every round"
    left = "generation 1 was left by a command that was interrupted"
    assert told(duty, engine, LOOK) == [left]
    assert sorted(engine.observe("heron").generations) == [2]
    assert told(duty, engine, 2 * LOOK) == []


def test_the_first_round_looks_and_a_clock_that_went_back_too(tmp_path: Path) -> None:
    engine, duty = made(tmp_path, 0), Asides()
    cut_off(engine, before=RemoveService)
    assert len(told(duty, engine)) == 1
    cut_off(engine, before=Drain)
    assert told(duty, engine) == []
    assert len(told(duty, engine, -LOOK)) == 1


def test_one_that_rests_is_left_as_it_is(tmp_path: Path) -> None:
    engine, duty = made(tmp_path, 0), Asides()
    cut_off(engine, before=Drain)
    assert not execute(plan_pause_all(engine, ["heron"]), engine, tell=nothing)
    assert told(duty, engine) == []
    assert sorted(engine.observe("heron").generations) == [1, 2]


def test_what_was_asked_to_stop_and_runs_is_asked_again(tmp_path: Path) -> None:
    engine, duty = made(tmp_path, 0), Asides()
    reset(engine, "heron")
    again = [one for one in engine.observe("heron").generations[1].services.values() if one.runs]
    assert not again
    recipe = engine.recipe(record(engine).recipe)
    for container in recipe.containers.values():
        engine.apply("heron", StartAgain(1, container), nothing)
    assert told(duty, engine, timedelta(minutes=1)) == []
    there = engine.observe("heron").generations[1]
    assert not any(one.runs for one in there.services.values())


def test_who_watches_tidies_up_and_else_whoever_resets(tmp_path: Path) -> None:
    engine = made(tmp_path, 0)

    def resets(times: int) -> None:
        for _ in range(times):
            pipeline.spare(engine, "heron")
            assert reset(engine, "heron").spare

    resets(3)
    assert sorted(engine.observe("heron").generations) == [2, 3, 4]
    assert not engine.making()
    with engine.lock(LOCK):
        resets(3)
        assert len(engine.making()) == 3, "left to whoever watches"
    told(here(), engine)
    assert not engine.making()


@pytest.mark.parametrize("what", [Offer, WaitReady])
def test_a_spare_is_nobodys_before_all_of_it_answers(tmp_path: Path, what: type) -> None:
    engine = made(tmp_path, 0)
    plan: Plan = plan_spare(engine, engine.recipe(record(engine).recipe), now=clock.now())
    kinds = [type(step.operation) for step in plan.steps]
    assert kinds[-1] is Offer
    assert kinds.index(what) < len(kinds) - 1
