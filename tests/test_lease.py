"""When a lease is over, when that is said before, and when no clock is believed."""

from __future__ import annotations

from datetime import timedelta

import pytest

from sandboxctl.sandbox.happening import MOST, Happening, WriteHappened, lasting
from sandboxctl.sandbox.lease import (
    Extend,
    Moment,
    Skew,
    Times,
    doubt,
    jumped,
    over,
    skew,
    warning,
)
from sandboxctl.sandbox.state import Record
from tests.recipes import EVENING, NOON

YEAR, MINUTE = timedelta(days=365), timedelta(minutes=1)
UP = timedelta(hours=3)


def record(minutes: float) -> Record:
    """One whose lease ends so many minutes after noon."""
    return Record(
        live=1, recipe="r", blueprint="b", since=NOON, until=NOON + timedelta(minutes=minutes)
    )


def test_over_is_what_has_ended_the_longest_ago_first() -> None:
    records = {"a": record(-1), "b": record(1), "c": record(0), "d": record(-60)}
    assert over(records, NOON) == ["d", "a", "c"]


@pytest.mark.parametrize(
    ("left", "due"),
    [(16, None), (15, 15), (5.1, 15), (5, 5), (0.1, 5), (0, None), (-1, None)],
)
def test_the_end_is_said_a_quarter_of_an_hour_and_five_minutes_before(
    left: float, due: int | None
) -> None:
    found = warning(timedelta(minutes=left))
    assert found == (None if due is None else timedelta(minutes=due))


@pytest.mark.parametrize(
    ("set_by", "words"),
    [
        (timedelta(), ""),
        (5 * MINUTE, ""),
        (6 * MINUTE, "this machine's clock was set forward by 6 min"),
        (-YEAR, "this machine's clock was set back by 365 d"),
    ],
)
def test_a_clock_that_is_set_is_seen_whatever_time_has_passed(
    set_by: timedelta, words: str
) -> None:
    for passed in (5.0, 8 * 3600.0):
        before = Moment(NOON, boot=100)
        after = Moment(NOON + timedelta(seconds=passed) + set_by, boot=100 + passed)
        assert jumped(before, after) == words


@pytest.mark.parametrize(
    ("engine", "here", "words"),
    [
        (timedelta(), timedelta(), ""),
        (timedelta(), -4 * MINUTE, ""),
        (
            YEAR,
            timedelta(),
            "the engine's clock was set forward by 365 d since its gateway started",
        ),
        (-YEAR, timedelta(), "the engine's clock was set back by 365 d since its gateway started"),
        (timedelta(), 6 * MINUTE, "this machine's clock is 6 min ahead of the engine's"),
        (timedelta(), -YEAR, "this machine's clock is 365 d behind the engine's"),
    ],
)
def test_clocks_are_held_against_each_other(engine: timedelta, here: timedelta, words: str) -> None:
    now = NOON + engine
    found = skew(Times(now, since=NOON - UP, uptime=UP), now + here)
    assert found == Skew(engine, here)
    assert doubt(found) == words
    assert doubt(found, trusted=found) == ""
    assert bool(doubt(Skew(engine + YEAR, here), trusted=found)), "what comes after is not trusted"


def test_only_so_much_of_what_happened_is_kept() -> None:
    told = tuple(Happening(at=NOON, words=str(n)) for n in range(MOST + 3))
    assert lasting(told[:5], told[5:]) == told[3:]


def test_what_is_done_is_said() -> None:
    assert str(Extend(EVENING)) == "let it live until 2026-06-01 20:00 UTC"
    assert str(WriteHappened()) == "begin to count anew"
    assert str(WriteHappened((Happening(at=NOON, words="x"),))) == "write down what happened"
