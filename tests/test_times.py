"""Days and moments: in their range, in their season, after or before another column."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from sandboxctl.data.kinds.lengths import spoken
from sandboxctl.data.kinds.times import Timestamp
from sandboxctl.data.scope import Dataset
from tests.drawn import (
    Columns,
    as_expected,
    data,
    found,
    kind_of,
    place,
    scope,
    texts,
    units,
    wrong,
)

YEAR = ["2026-01-01", "2026-12-31"]
WORK: dict[str, Any] = {"weekdays": {"sat": 0.2, "sun": 0}, "months": {"dec": 3, 8: 0.5}}

SHAPES: list[dict[str, Any]] = [
    {"kind": "date", "between": YEAR},
    {"kind": "date", "between": ["1960-02-29", "1960-02-29"]},
    {"kind": "date", "distribution": "normal", "mean": "2026-03-01", "sd": "20d"},
    {"kind": "date", "distribution": "empirical", "quantiles": {0: "2000-01-01", 1: "2020-01-01"}},
    {"kind": "date", "between": YEAR, **WORK},
    {"kind": "timestamp", "between": YEAR},
    {"kind": "timestamp", "distribution": "normal", "mean": "2026-03-01T12:00:00", "sd": "2h"},
    {
        "kind": "timestamp",
        "distribution": "empirical",
        "quantiles": {0: "2000-01-01", 0.9: "2001-01-01", 1: "2020-01-01"},
    },
    {"kind": "timestamp", "between": YEAR, **WORK},
    {"kind": "timestamp", "between": YEAR, "hours": {9: 1, 10: 2, 17: 0.5}},
    {"kind": "timestamp", "between": ["2026-05-04", "2026-05-08"], "hours": {9: 1}, **WORK},
]


@pytest.mark.parametrize("options", SHAPES)
def test_times_come_as_often_as_they_should(options: dict[str, Any]) -> None:
    of = scope({"x": options})
    assert as_expected(of, "x")
    kind, made = place(of, "x").type, units(of, "x")
    assert kind.low is not None
    assert kind.high is not None
    assert kind.low <= made.min()
    assert made.max() <= kind.high


def test_seasons_weigh_days_and_hours() -> None:
    options = {"kind": "timestamp", "between": YEAR, "hours": {9: 1, 10: 2}, **WORK}
    made = [datetime.fromisoformat(text) for text in texts(scope({"x": options}), "x")]
    days = Counter(moment.weekday() for moment in made)
    assert days[6] == 0
    assert days[5] / days[0] == pytest.approx(0.2, abs=0.02)
    months = Counter(moment.month for moment in made)
    assert months[12] / months[10] == pytest.approx(3, rel=0.12)
    assert months[8] / months[10] == pytest.approx(0.5, rel=0.12)
    hours = Counter(moment.hour for moment in made)
    assert set(hours) == {9, 10}
    assert hours[10] / hours[9] == pytest.approx(2, rel=0.05)
    assert len({moment.minute * 60 + moment.second for moment in made}) > 3_500


RELATIVE: dict[str, dict[str, Any]] = {
    "home": {"kind": "reference", "to": "homes.id"},
    "received": {"kind": "date", "between": YEAR, "missing": 0.1},
    "seen": {"kind": "timestamp", "after": "received", "gap": ["1h", "3d"]},
    "decided": {
        "kind": "date",
        "after": "seen",
        "gap": {"distribution": "lognormal", "median": "14d", "sigma": 0.8},
    },
    "closed": {"kind": "timestamp", "after": "seen", "gap": ["0s", "0s"]},
    "asked": {
        "kind": "date",
        "before": "received",
        "gap": {"distribution": "exponential", "mean": "9d"},
    },
    "called": {"kind": "timestamp", "before": "closed", "gap": ["1m", "2m"]},
    "sold": {"kind": "date", "after": "home.built", "gap": ["0d", "365d"], "missing": 0.5},
}


def test_times_after_and_before_others() -> None:
    of = scope(RELATIVE)
    received, seen, decided = (units(of, name) for name in ("received", "seen", "decided"))
    wait = seen - received * 86_400
    assert 3_600 <= wait.min() < 3_700
    assert 3 * 86_400 - 100 < wait.max() <= 3 * 86_400
    days = decided - seen // 86_400
    assert days.min() >= 0
    assert np.median(days) == 14
    assert (units(of, "closed") == seen).all()
    ahead = received - units(of, "asked")
    assert ahead.min() == 0
    assert ahead.mean() == pytest.approx(9, abs=0.2)
    assert {*(seen - units(of, "called"))} == {*range(60, 121)}
    since = units(of, "sold") - units(of.parent("home"), "built")
    assert {*since} == {*range(366)}


def test_times_are_missing_where_the_other_is() -> None:
    of = scope(RELATIVE)
    gone = of.cells("received").missing
    assert gone is not None
    for name in ("seen", "decided", "asked", "called"):
        missing = of.cells(name).missing
        assert missing is not None
        assert (missing == gone).all()
        assert place(of, name).column.is_missing
    sold = of.cells("sold").missing
    assert sold is not None
    assert sold.mean() == pytest.approx(0.5, abs=0.01)


def test_a_time_says_what_it_needs_and_where_it_lies() -> None:
    of = scope(RELATIVE)
    assert set(place(of, "sold").column.needs(place(of, "sold"))) == {
        ("t", "home"),
        ("homes", "built"),
    }
    for name in set(RELATIVE) - {"home"}:
        low, high = place(of, name).type.low, place(of, name).type.high
        assert low is not None
        assert high is not None
        assert low <= units(of, name).min()
        assert units(of, name).max() <= high
    assert place(of, "seen").column.expected(place(of, "seen")) is None
    assert place(of, "decided").column.expected(place(of, "decided")) is None


def test_a_row_is_the_same_alone_and_in_any_order() -> None:
    columns = RELATIVE | {f"x{n}": options for n, options in enumerate(SHAPES)}
    dataset = Dataset(data(columns, 500))
    rows = np.array([7, 499, 0, 7], np.uint64)
    some, every = dataset.scope("t", rows), dataset.scope("t", np.arange(500, dtype=np.uint64))
    for name in columns:
        assert [texts(every, name)[row] for row in rows] == texts(some, name)


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ({}, "between: is missing: uniform needs the least and the most"),
        (
            {"between": ["2026-02-01", "2026-01-01"]},
            "between: is upside down: 2026-02-01 is more than 2026-01-01",
        ),
        (
            {"distribution": "normal", "mean": "2026-01-01"},
            "distribution: normal needs mean and sd",
        ),
        (
            {"between": YEAR, "gap": ["1d", "2d"]},
            "gap: needs `after` or `before`, a column to count from",
        ),
        (
            {"between": YEAR, "months": {"jan": 0}, "weekdays": dict.fromkeys(range(1, 8), 0)},
            "months: leave no day between the bounds",
        ),
        (
            {"between": YEAR, "weekdays": dict.fromkeys(range(1, 8), 0)},
            "weekdays: leave no day between the bounds",
        ),
        (
            {"between": ["1900-01-01", "2026-01-01"], "months": {1: 2}},
            "between: has 46,022 days; with months, weekdays or hours at most 20,000",
        ),
        (
            {"distribution": "normal", "mean": "2026-01-01", "sd": "9d", "months": {1: 2}},
            "distribution: goes without months, weekdays and hours, unless it is uniform",
        ),
        ({"after": "y"}, "gap: is missing: how long after y"),
    ],
)
def test_dates_that_cannot_be(options: dict[str, Any], why: str) -> None:
    assert wrong(kind="date", **options)[0] == why


@pytest.mark.parametrize(
    ("options", "why"),
    [
        (
            {"between": ["2026-01-01T10:00:00", "2026-02-01"], "hours": {9: 1}},
            "between: should begin at 00:00:00 and end at 23:59:59 "
            "where months, weekdays or hours weigh",
        ),
        ({"between": YEAR, "hours": {9: 0}}, "hours: have no weight above 0"),
    ],
)
def test_timestamps_that_cannot_be(options: dict[str, Any], why: str) -> None:
    assert wrong(kind="timestamp", **options) == [why]


@pytest.mark.parametrize(
    ("options", "why"),
    [
        (
            {"after": "then", "gap": ["0d", "9d"]},
            "after: t has no column then; it has day, name, x",
        ),
        (
            {"before": "name", "gap": ["0d", "9d"]},
            "before: name is text; should be a date or a timestamp",
        ),
        (
            {"after": "day", "gap": ["0d", "9d"], "between": YEAR},
            "between: goes without `after`: say it in `gap`",
        ),
        (
            {"before": "day", "gap": ["0d", "9d"], "months": {1: 2}},
            "months: goes without `before`: say it in `gap`",
        ),
        (
            {"after": "day", "before": "day", "gap": ["0d", "9d"]},
            "before: goes without `after`: it is counted from one column",
        ),
        (
            {"after": "day", "gap": ["9d", "1d"]},
            "gap.between: is upside down: 777600 is more than 86400",
        ),
        ({"after": "day", "gap": ["1h", "2h"]}, "gap.between: has no whole days"),
        (
            {"after": "day", "gap": {"distribution": "normal", "mean": "9d"}},
            "gap.distribution: normal needs mean and sd",
        ),
        ({"before": "day", "gap": ["0d", "1d"]}, ""),
    ],
)
def test_other_columns_that_do_not_fit(options: dict[str, Any], why: str) -> None:
    columns: Columns = {
        "day": {"kind": "date", "between": YEAR},
        "name": {"kind": "choice", "of": ["a"]},
        "x": {"kind": "date", **options},
    }
    assert found(columns) == ([f"columns.x.{why}"] if why else [])


def test_times_beyond_the_calendar() -> None:
    day = {"kind": "date", "between": ["1000-01-01", "9998-01-01"]}
    beyond = "columns.x.gap: leads beyond the years 1000 to 9999"
    for kind in ("date", "timestamp"):
        for key, gap in (("after", ["0d", "800d"]), ("before", ["1d", "1d"])):
            assert found({"day": day, "x": {"kind": kind, key: "day", "gap": gap}}) == [beyond]
        assert not found({"day": day, "x": {"kind": kind, "after": "day", "gap": ["0d", "364d"]}})


def test_times_that_wait_for_each_other() -> None:
    after = {"kind": "date", "gap": ["0d", "1d"]}
    [why] = found({"a": after | {"after": "b"}, "b": after | {"after": "a"}})
    assert "refers to itself: " in why


def test_the_type_of_a_time_that_cannot_be() -> None:
    assert kind_of(kind="date").low is None
    assert kind_of(kind="timestamp").low is None
    assert kind_of(kind="timestamp", before="z", gap=["0d", "1d"]).low is None
    assert kind_of(kind="date", after="y", gap=["0d", "1d"]).low is None
    for gap in (None, ["9d", "1d"]):
        columns: Columns = {
            "a": {"kind": "date", "between": YEAR},
            "x": {"kind": "date", "after": "a", "gap": gap},
        }
        made = data(columns)
        assert made.tables["t"].columns["x"].type(_at(made)).low is None
    for a in ({"kind": "date"}, {"kind": "boolean"}):
        made = data({"a": a, "x": {"kind": "date", "after": "a", "gap": ["0d", "1d"]}})
        assert made.tables["t"].columns["x"].type(_at(made)).low is None


def _at(made: Any) -> Any:
    from sandboxctl.data.kinds.kind import Place

    return Place(made, {"t": 1, "homes": 1}, "t", "x")


@pytest.mark.parametrize(
    "options",
    [
        {"months": {13: 1}},
        {"months": {"janvier!": 1, "xyz": 1}},
        {"months": {True: 1}},
        {"months": [1, 2]},
        {"weekdays": {"noday": 1}},
        {"weekdays": {"mon": -1}},
        {"weekdays": 5},
        {"hours": {24: 1}},
        {"after": "Robert'); --"},
        {"after": "a..b"},
        {"gap": ["1", "2d"]},
    ],
)
def test_options_that_are_refused(options: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        data({"x": {"kind": "timestamp", "between": YEAR, **options}})


def _moment(between: object) -> Timestamp:
    made = data({"x": {"kind": "timestamp", "between": between}}).tables["t"].columns["x"]
    assert isinstance(made, Timestamp)
    return made


def test_a_bare_date_as_upper_end_means_all_of_that_day() -> None:
    end = datetime(2026, 6, 30, 23, 59, 59, tzinfo=UTC)
    for last in ("2026-06-30", end.date(), end, "2026-06-30T23:59:59"):
        assert _moment(["2026-01-01", last]).between == (datetime(2026, 1, 1, tzinfo=UTC), end)


def test_times_with_a_zone_become_utc_in_whole_seconds() -> None:
    summer = timezone(timedelta(hours=1))
    first = datetime(2026, 7, 1, 0, 30, 0, 999, tzinfo=summer)
    between = _moment([first, "2026-07-02"]).between
    assert between is not None
    assert between[0] == datetime(2026, 6, 30, 23, 30, tzinfo=UTC)


@pytest.mark.parametrize("between", ["2026", ["0999-01-01", "2026-01-01"], ["2026-01-01"]])
def test_times_that_cannot_be(between: object) -> None:
    with pytest.raises(ValidationError):
        _moment(between)


def test_durations_as_people_write_them() -> None:
    for first, low in ((timedelta(minutes=5), 300), (0, 0), ("1.5h", 5_400)):
        kind = kind_of(kind="duration", between=[first, "1d2h3m4s"])
        assert (kind.low, kind.high) == (low, 93_784)
    assert [spoken(seconds) for seconds in (0, 90, 93_784)] == ["0s", "1m30s", "1d2h3m4s"]
