"""What a team can return to, what it costs, and how long it takes here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from sandboxctl import clock
from sandboxctl.console.measured import Measured, Measures
from sandboxctl.console.points import Lost, Point
from sandboxctl.engine.memory import MemoryEngine
from sandboxctl.lifecycle.ledger import Event
from sandboxctl.sandbox.den import Den
from tests.console.rig import TEAM, Rig


class Counting(MemoryEngine):
    """Counts what it is told to."""

    counted: Mapping[str, int] = {}

    def changes(self) -> Mapping[str, int]:
        return self.counted


@pytest.fixture
def counting(rig: Rig) -> Counting:
    rig.engine = found = Counting()
    rig.up()
    rig.work.begin()
    return found


def of(rig: Rig) -> tuple[Point, ...]:
    return rig.work.points.of(rig.team(), clock.now())


def test_at_first_there_is_the_beginning(rig: Rig, counting: Counting) -> None:
    counting.counted = {f"{TEAM}/1": 12, "otter/1": 3}
    team, points = rig.team(), of(rig)
    assert [(one.name, one.kind, one.verb) for one in points] == [("start", "start", "reset")]
    assert points[0].lost == Lost(("db",), 12, team.status.since)
    assert points[0].takes is None


def test_what_was_kept_comes_newest_first(rig: Rig, counting: Counting) -> None:
    counting.counted = {f"{TEAM}/1": 5}
    rig.done("snapshot", once="1", name="lunch")
    assert rig.team().snapshots
    counting.counted = {f"{TEAM}/1": 9}
    lunch, start = of(rig)
    assert (lunch.name, lunch.kind, lunch.verb, lunch.args) == (
        "lunch",
        "named",
        "restore",
        {"name": "lunch"},
    )
    assert (lunch.lost.changed, lunch.lost.since, start.lost.changed) == (4, lunch.at, 9)
    rig.done("reset", once="2")
    counting.counted = {f"{TEAM}/1": 9, f"{TEAM}/2": 2}
    names = {one.name: one for one in of(rig)}
    assert names.keys() == {"auto-1", "lunch", "start"}
    assert names["auto-1"].verb == "undo"
    assert names["auto-1"].until
    assert {one.lost.changed for one in names.values()} == {2}
    team, now = rig.team(), clock.now()
    late = rig.work.points.of(team, now + timedelta(hours=1))
    assert [one.name for one in late] == ["lunch", "start"]


def test_in_the_same_second_what_was_kept_on_purpose_is_newer(busy: Rig) -> None:
    busy.done("reset", once="1")
    busy.done("snapshot", once="2", name="lunch")
    team = busy.team()
    at = team.status.asides[0].since
    kept = tuple(one.model_copy(update={"at": at}) for one in team.snapshots)
    found = busy.work.points.of(replace(team, snapshots=kept), clock.now())
    assert [one.name for one in found] == ["lunch", "auto-1", "start"]


def test_after_an_undo_the_way_forward_is_another_verb(rig: Rig, counting: Counting) -> None:
    counting.counted = {f"{TEAM}/1": 7}
    rig.done("reset", once="1")
    rig.done("undo", once="2")
    auto = next(one for one in of(rig) if one.kind == "automatic")
    assert (auto.name, auto.verb, auto.args) == ("auto-2", "restore", {"name": "auto-2"})
    assert auto.lost.changed == 7
    assert [one.verb for one in of(rig)] == ["restore", "reset"]
    rig.done("restore", once="3", **auto.args)
    assert rig.engine.records()[TEAM].live == 2


def test_a_snapshot_that_was_taken_before_anybody_counted(rig: Rig, counting: Counting) -> None:
    counting.counted = {f"{TEAM}/1": 5}
    team = rig.team()
    old = clock.now() - timedelta(minutes=5)
    rig.done("snapshot", once="1", name="lunch")
    taken = rig.engine.records()[TEAM].snapshots[0].model_copy(update={"at": old, "name": "old"})
    known = replace(team, snapshots=(taken,))
    rig.work.past.mark(known, clock.now())
    assert rig.work.past.since(known, taken) is None


def test_a_count_that_began_anew_is_no_count(rig: Rig, counting: Counting) -> None:
    """A gateway that was replaced counts from nothing."""
    counting.counted = {f"{TEAM}/1": 5}
    rig.done("snapshot", once="1", name="lunch")
    rig.team()
    counting.counted = {f"{TEAM}/1": 1}
    assert of(rig)[0].lost.changed is None


def test_what_is_known_of_the_past_outlives_the_console(rig: Rig, counting: Counting) -> None:
    counting.counted = {f"{TEAM}/1": 5}
    rig.done("snapshot", once="1", name="lunch")
    before = rig.team().began
    work = rig.again()
    counting.counted = {f"{TEAM}/1": 8}
    team = rig.team()
    assert team.began == before
    assert work.points.of(team, clock.now())[0].lost.changed == 3


def test_where_nothing_is_put_aside_nothing_comes_back(rig: Rig) -> None:
    rig.engine = MemoryEngine(Den(engine="memory", undo=0))
    work = rig.again()
    rig.up()
    work.begin()
    rig.done("reset")
    assert [(one.name, one.comes_back) for one in of(rig)] == [("start", False)]
    assert rig.team().began


# -- how long ----------------------------------------------------------------------------------


def event(
    verb: str, seconds: float | None, what: str = "back to minute zero", **more: object
) -> Event:
    detail = more | ({} if seconds is None else {"seconds": seconds})
    return Event(datetime.now(UTC), "den", verb, TEAM, what, "kim", detail)


def test_a_time_is_measured_here_or_not_told(busy: Rig) -> None:
    assert busy.work.measures.of("reset") is None
    for once in "abc":
        busy.done("reset", once=once)
    found = busy.work.measures.of("reset")
    assert found
    took = [one.answered or 0 for one in busy.work.jobs.done("reset")]
    assert found == Measured(sorted(took)[1], max(took), 3)
    assert busy.work.measures.of("reset", spare=True) is None
    assert busy.work.measures.of("undo") is None
    recipe = busy.team().recipe
    assert busy.work.measures.of("reset", recipe=recipe) == found
    assert of(busy)[-1].takes == found


def test_what_commands_took_counts_too(busy: Rig) -> None:
    told = [
        event("reset", 2.0),
        event("workshop reset", 4.0),
        event("reset", 3.0, "back to before the reset"),
        event("reset", 0.1, spare=True),
        event("reset", 99.0, "failed (1)"),
        event("reset", 99.0, job="HERON-1"),
        event("reset", None),
        event("up", 99.0),
    ]
    measures = Measures(busy.work.jobs, "den", lambda _: told)
    assert measures.of("reset") == Measured(3.0, 4.0, 2)
    assert measures.of("reset", spare=True) == Measured(0.1, 0.1, 1)
    assert measures.of("undo") == Measured(3.0, 3.0, 1)


def test_a_ledger_that_cannot_be_read_tells_nothing(busy: Rig) -> None:
    from sandboxctl.errors import SandboxError

    def torn(_: datetime) -> list[Event]:
        raise SandboxError("torn", hint="Move it away.")

    assert Measures(busy.work.jobs, "den", torn).of("reset", recipe="none") is None


def test_where_nothing_was_done_a_rehearsal_says_it(busy: Rig) -> None:
    from sandboxctl.lifecycle import ledger
    from sandboxctl.lifecycle.rehearsed import VERB

    took = {"up": 3.0, "reset": 1.5, "undo": 1.0, "close": 2.0}
    recipe = busy.team().recipe
    facts = {"recipe": recipe, "teams": 2, "took": took, "memory": 1, "problems": []}
    ledger.write(Event(datetime.now(UTC), "den", VERB, detail=facts))
    assert busy.work.measures.of("reset", recipe=recipe) == Measured(1.5, 1.5, 1, "rehearsal")
    assert busy.work.measures.of("restore", recipe=recipe) is None
