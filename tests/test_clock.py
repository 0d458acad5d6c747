from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from sandboxctl import clock


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("20s", 20),
        ("90m", 5_400),
        ("8h", 28_800),
        ("1h30m", 5_400),
        ("1.5m", 90),
        (" 2d ", 172_800),
    ],
)
def test_a_duration_is_read(text: str, seconds: float) -> None:
    assert clock.seconds(text) == seconds


@pytest.mark.parametrize("text", ["", "8", "h", "8 h", "-1h", "8x"])
def test_what_is_not_a_duration_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="20s, 90m, 8h or 1h30m"):
        clock.seconds(text)


@pytest.mark.parametrize(
    ("length", "words"),
    [
        (timedelta(hours=7, minutes=58, seconds=9), "7 h 58 min"),
        (timedelta(minutes=12), "12 min"),
        (timedelta(seconds=40), "40 s"),
        (timedelta(days=2, minutes=3), "2 d"),
        (timedelta(), "0 s"),
        (timedelta(seconds=-5), "0 s"),
    ],
)
def test_a_length_has_two_units_at_most(length: timedelta, words: str) -> None:
    assert clock.words(length) == words


def test_a_time_of_day_is_the_next_one() -> None:
    noon = datetime(2026, 11, 22, 12, 0, 30, tzinfo=UTC)
    assert clock.until("17:00", today=noon) == datetime(2026, 11, 22, 17, 0, tzinfo=UTC)
    assert clock.until("09:30", today=noon) == datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
    with pytest.raises(ValueError, match="17:00"):
        clock.until("5 pm", today=noon)


def test_now_is_utc_without_fractions() -> None:
    moment = clock.now()
    assert moment.tzinfo is UTC
    assert moment.microsecond == 0


def test_the_clock_that_nobody_sets_goes_on() -> None:
    assert clock.boottime() <= clock.boottime()
