"""Hands, messages and notes outlive the console, and stand in the ledger."""

from __future__ import annotations

from datetime import timedelta

import pytest

from sandboxctl import clock
from sandboxctl.console.hands import LONGEST
from sandboxctl.engine.memory import MemoryEngine
from sandboxctl.lifecycle import ledger
from tests.console.rig import TEAM, Rig


def told(rig: Rig) -> list[tuple[str, str, str, str]]:
    found = ledger.events(rig.engine.den.name, since=clock.now() - timedelta(hours=1))
    return [(one.verb, one.sandbox, one.what, one.who) for one in found]


@pytest.fixture
def lasting(rig: Rig) -> Rig:
    assert isinstance(rig.engine, MemoryEngine)
    rig.engine.lasts = True
    rig.work.begin()
    return rig


def test_a_hand_is_up_once_until_somebody_lowers_it(lasting: Rig) -> None:
    hands = lasting.work.hands
    first = hands.raise_hand(TEAM, by="the team")
    assert hands.raise_hand(TEAM, by="somebody else") == first
    assert hands.up == {TEAM: first}
    assert lasting.again().hands.up == {TEAM: first}
    lasting.work.begin()
    hands = lasting.work.hands
    hands.lower_hand(TEAM, by="kim")
    hands.lower_hand(TEAM, by="kim")
    assert hands.up == {}
    assert lasting.again().hands.up == {}
    lasting.work.begin()
    assert lasting.work.hands.raise_hand(TEAM, by="the team").raised >= first.raised
    assert told(lasting) == [
        ("hand", TEAM, "raised", "the team, in the console"),
        ("hand", TEAM, "lowered", "kim, in the console"),
        ("hand", TEAM, "raised", "the team, in the console"),
    ]


def test_what_is_said_last_counts(lasting: Rig) -> None:
    hands = lasting.work.hands
    hands.say([TEAM, "otter"], " Lunch\x00 is ready ", by="kim")
    hands.say(["otter"], "Go on", by="kim")
    assert {name: one.text for name, one in hands.messages.items()} == {
        TEAM: "Lunch is ready",
        "otter": "Go on",
    }
    assert lasting.again().hands.messages.keys() == {TEAM, "otter"}
    with pytest.raises(ValueError, match="at most"):
        hands.say([TEAM], "x" * (LONGEST + 1), by="kim")
    assert next(one[:3] for one in told(lasting)) == ("message", TEAM, "Lunch is ready")


def test_notes_stand_with_their_time(lasting: Rig) -> None:
    hands = lasting.work.hands
    hands.note("They read the address twice", by="kim", workshop="day", sandbox=TEAM)
    hands.note("Everybody is back", by="kim", workshop="day")
    hands.note("Another day", by="kim", workshop="other")
    assert [(one.text, one.sandbox) for one in hands.notes("day")] == [
        ("Everybody is back", ""),
        ("They read the address twice", TEAM),
    ]
    with pytest.raises(ValueError, match="says something"):
        hands.note(" \n ", by="kim", workshop="day")
    assert told(lasting)[0] == (
        "note",
        TEAM,
        "They read the address twice",
        "kim, in the console",
    )


def test_a_den_that_ends_with_its_process_has_no_history(rig: Rig) -> None:
    rig.work.begin()
    rig.work.hands.raise_hand(TEAM, by="the team")
    assert told(rig) == []
    assert rig.work.hands.up


def test_a_hand_goes_up_though_the_engine_is_away(rig: Rig) -> None:
    rig.away = True
    rig.work.board.look()
    rig.work.hands.raise_hand(TEAM, by="the team")
    assert rig.work.hands.up


def test_another_sandbox_of_the_same_name_begins_with_nothing(rig: Rig) -> None:
    hands = rig.work.hands
    hands.raise_hand(TEAM, by="the team")
    hands.say([TEAM], "Lunch is ready", by="kim")
    rig.up()
    since = rig.engine.records()[TEAM].since
    hands.forget_before(TEAM, since - timedelta(days=1))
    assert hands.up
    hands.forget_before(TEAM, since + timedelta(days=1))
    assert (hands.up, hands.messages) == ({}, {})
    again = rig.again().hands
    assert (again.up, again.messages) == ({}, {})
    again.raise_hand(TEAM, by="the team")
    assert again.up
