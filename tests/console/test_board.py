"""What pages see: one look for all of them, and what changes between two looks."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping

import pytest

from sandboxctl.console.board import SHARE, Board
from sandboxctl.console.reach import Reach
from sandboxctl.engine.memory import MemoryEngine
from sandboxctl.errors import EngineError, Held
from sandboxctl.sandbox.state import Record
from tests import pipeline
from tests.cli import WITH_DATABASE, blueprint
from tests.console.rig import TEAM, Rig, until


class Flaky(MemoryEngine):
    """Away when it is told so; ``slow`` seconds for each question; ``stop`` is waited for."""

    away, slow, bug = False, 0.0, False
    begun: threading.Event | None = None
    stop: threading.Event | None = None

    def records(self) -> Mapping[str, Record]:
        if self.bug:
            raise KeyError("surely not")
        if self.away:
            raise EngineError("nobody answers", hint="Start it.")
        time.sleep(self.slow)
        found = super().records()
        if self.stop and self.begun:
            self.begun.set()
            assert self.stop.wait(20)
        return found


@pytest.fixture
def flaky(rig: Rig) -> Flaky:
    rig.engine = found = Flaky()
    rig.up()
    return found


@pytest.fixture
def board(rig: Rig, flaky: Flaky) -> Board:  # noqa: ARG001  it is the rig's engine
    rig.work.board.look()
    return rig.work.board


def test_a_look_tells_all_that_a_page_needs(board: Board) -> None:
    team = board.seen.teams[TEAM]
    assert (team.live, team.status.state, team.title) == (1, "ready", "Heron")
    assert (team.services, team.stateful) == (("web", "db"), ("db",))
    assert team.began
    assert len(team.key) == 64
    assert team.status.left is None
    assert (board.seen.ready, board.seen.engine) == (True, "")
    assert team.key not in repr(team)


def test_the_version_grows_only_with_what_is_new(rig: Rig, board: Board) -> None:
    first = board.seen
    board.look()
    assert board.seen.version == first.version
    assert board.seen.at >= first.at
    pipeline.reset(rig.engine, TEAM)
    board.look()
    assert board.seen.version == first.version + 1
    assert board.seen.teams[TEAM].live == 2


def test_an_engine_that_is_away_leaves_what_was_seen(board: Board, flaky: Flaky) -> None:
    before = board.seen
    flaky.away = True
    board.look()
    board.look()
    assert (board.seen.engine, board.seen.version) == ("nobody answers", before.version + 1)
    assert (board.seen.teams, board.seen.at) == (before.teams, before.at)
    flaky.away = False
    board.look()
    assert (board.seen.engine, board.seen.version) == ("", before.version + 2)


def test_a_bug_of_ours_leaves_what_was_seen(board: Board, flaky: Flaky) -> None:
    flaky.bug = True
    board.look()
    assert board.seen.engine
    assert TEAM in board.seen.teams


def test_before_the_first_look_nothing_is_known(rig: Rig, flaky: Flaky) -> None:
    flaky.away = True
    rig.work.board.look()
    assert not rig.work.board.seen.ready
    assert rig.work.board.seen.engine


def test_looking_takes_a_fifth_of_the_time_at_most(rig: Rig, flaky: Flaky) -> None:
    flaky.slow = 0.03
    board = Board(Reach(lambda: flaky), rig.work.hands, rig.work.past, every=0.001)
    assert board.look() >= SHARE * 0.03


def test_what_is_said_stands_with_the_team(rig: Rig, board: Board) -> None:
    rig.work.hands.say([TEAM], "Lunch is ready", by="kim")
    assert board.seen.teams[TEAM].message == "Lunch is ready"


def test_a_look_that_was_under_way_does_not_take_a_reset_back(
    rig: Rig, board: Board, flaky: Flaky
) -> None:
    rig.work.working.begin()
    flaky.begun, flaky.stop = threading.Event(), threading.Event()
    looking = threading.Thread(target=board.look)
    looking.start()
    assert flaky.begun.wait(20)
    stop, flaky.begun, flaky.stop = flaky.stop, None, None
    rig.done("reset", seen_generation=1)
    stop.set()
    looking.join(20)
    assert board.seen.teams[TEAM].live == 2
    board.look()
    assert board.seen.teams[TEAM].live == 2


def test_the_thread_looks_when_it_is_told_to(rig: Rig) -> None:
    rig.up()
    board = Board(Reach(lambda: rig.engine), rig.work.hands, rig.work.past, every=3600)
    board.begin()
    pipeline.reset(rig.engine, TEAM)
    board.look_soon()
    until(lambda: board.seen.teams[TEAM].live == 2)
    board.end()


def test_what_is_not_finished_is_seen_too(rig: Rig) -> None:
    rig.engine = MemoryEngine(broken=frozenset({"web"}))
    folder = blueprint(rig.folder / "page", WITH_DATABASE)
    assert pipeline.try_up(rig.engine, folder, TEAM).failed
    assert rig.team().status.state == "not finished"
    assert rig.team().live == 0


def test_a_page_that_outlived_a_console_hears_of_the_next(rig: Rig, board: Board) -> None:
    for _ in range(3):
        rig.work.hands.say([TEAM], str(board.seen.version), by="kim")
    old = board.seen.version
    time.sleep(0.01)
    work = rig.again()
    work.board.look()
    assert work.board.seen.version > old


def test_a_workshop_that_cannot_be_read_hides_nobody(rig: Rig, board: Board) -> None:
    rig.engine.decide("workshops", "day", {"format": 99})
    board.look()
    assert (board.seen.engine, board.seen.workshops) == ("", {})
    assert TEAM in board.seen.teams


def test_an_engine_that_was_away_is_opened_again() -> None:
    opened: list[MemoryEngine] = []

    def connect() -> MemoryEngine:
        opened.append(MemoryEngine())
        return opened[-1]

    reach = Reach(connect)
    with reach.engine() as first, reach.engine() as second:
        assert first is second
    with pytest.raises(Held), reach.engine():
        raise Held("somebody else", hint="Wait.")
    with reach.engine() as again, pytest.raises(EngineError), reach.engine():
        raise EngineError("gone", hint="Wait.")
    assert again is first
    with reach.engine() as other:
        assert other is not first
    assert len(opened) == 2
    reach.close()
