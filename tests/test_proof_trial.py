"""Rows that keep what is declared pass; rows made by hand that do not are found out."""

from __future__ import annotations

import math
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from sandboxctl.data import arrow
from sandboxctl.data.chance.mix import below, draws, stream
from sandboxctl.data.dataset import batches
from sandboxctl.data.expectations import Curve, Each, Shares
from sandboxctl.data.model import Data
from sandboxctl.data.proof.conditions import Rule
from sandboxctl.data.proof.examine import Report, examine
from sandboxctl.data.proof.limits import ALARM
from sandboxctl.data.proof.reading import read
from sandboxctl.data.proof.result import Result
from sandboxctl.data.proof.rows import Rows
from sandboxctl.data.proof.tally import CurveTally, EachTally, SharesTally
from sandboxctl.data.proof.trial import Trial
from sandboxctl.data.scope import Dataset

HOMES: dict[str, Any] = {"uprn": {"kind": "uprn", "unique": True}}
REPAIRS: dict[str, Any] = {
    "id": {"kind": "sequence"},
    "home": {"kind": "reference", "to": "homes.uprn"},
    "trade": {"kind": "choice", "of": {"plumber": 0.6, "electrician": 0.4}},
    "visits": {"kind": "integer", "between": [1, 6]},
    "cost": {"kind": "decimal", "between": [0, 20]},
    "urgent": {"kind": "boolean", "chance": 0.2},
    "nino": {"kind": "nino", "missing": 0.3},
    "address": {"kind": "address"},
    "seen": {"kind": "date", "between": ["2026-01-01", "2026-06-30"]},
    "paid": {"kind": "timestamp", "between": ["2026-01-01", "2026-06-30"]},
    "took": {"kind": "duration", "between": ["1m", "8h"]},
}


def dataset(repairs: int = 3_000, *, key: tuple[str, ...] = (), **columns: Any) -> Dataset:
    content = {"rows": repairs, "columns": columns or REPAIRS, "key": key}
    tables = {"homes": {"rows": 200, "columns": HOMES}, "repairs": content}
    return Dataset(Data.model_validate({"seed": 11, "tables": tables}))


def column(model: dict[str, Any], array: pa.Array, **more: Any) -> list[Result]:
    """What a trial finds in a table with one column whose values were made by hand."""
    made = dataset(len(array), value=model, **more)
    with Trial(made, "repairs") as trial:
        half = len(array) // 2
        for part in (array.slice(0, half), array.slice(half)):
            trial.see(pa.RecordBatch.from_arrays([part], names=["value"]))
        return trial.results(ALARM)


def failing(results: list[Result]) -> list[str]:
    return [one.check for one in results if not one.holds]


def drawn(rows: int, below_: int, name: str = "") -> np.ndarray[Any, np.dtype[np.int64]]:
    bits = draws(stream(5, "by hand", name), np.arange(rows, dtype=np.uint64))
    return below(bits, below_).astype(np.int64)


def named(report: Report) -> dict[tuple[str, str], Result]:
    return {(one.check, one.where): one for one in report.results}


def test_what_is_made_is_what_was_declared() -> None:
    told: list[tuple[str, int]] = []
    report = examine(dataset(), tell=lambda table, rows: told.append((table, rows)))
    assert report.failed == ()
    assert told == [("homes", 200), ("repairs", 3_000)]
    found = named(report)
    assert found["rows", "repairs"].observed == "3,000"
    assert found["chi-square", "repairs.trade"].declared == "shares of 2 values"
    assert found["Kolmogorov–Smirnov", "repairs.cost"].limit < 0.06
    assert found["reference", "repairs.home"].observed == "0 of 3,000 lead nowhere"
    assert found["unique", "homes.uprn"].observed == "0 of 200 came before"
    assert found["bounds", "repairs.cost"].declared == "0.00 to 20.00"
    assert found["bounds", "repairs.seen"].declared == "2026-01-01 to 2026-06-30"
    assert found["bounds", "repairs.paid"].declared.startswith("2026-01-01T00:00:00Z to ")
    assert found["bounds", "repairs.took"].declared == "60 s to 28,800 s"
    assert ("missing", "repairs.nino") in found
    assert {one.alarm for one in report.results} == {0.0, found["missing", "repairs.nino"].alarm}


def test_the_first_rows_of_some_tables_can_be_checked() -> None:
    report = examine(dataset(), ["repairs"], rows=1_000)
    assert report.failed == ()
    assert report.seen["repairs"].rows == 1_000
    assert list(report.seen) == ["repairs"]


def test_an_empty_table_keeps_everything() -> None:
    report = examine(dataset(0))
    assert report.failed == ()


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("trade", {"kind": "choice", "of": {"plumber": 0.5, "electrician": 0.5}}),
        ("trade", {"kind": "choice", "of": {"plumber": 0.6, "electrician": 0.39, "roofer": 0.01}}),
        ("urgent", {"kind": "boolean", "chance": 0.3}),
        ("visits", {"kind": "integer", "between": [1, 5]}),
        ("cost", {"kind": "decimal", "between": [5, 20]}),
        ("seen", {"kind": "date", "between": ["2026-02-01", "2026-06-30"]}),
        ("nino", {"kind": "nino", "missing": 0.4}),
    ],
)
def test_rows_of_another_declaration_are_found_out(name: str, other: dict[str, Any]) -> None:
    """Each is judged by what it does not come from."""
    declared, made = dataset(), dataset(**REPAIRS | {name: other})
    with Trial(declared, "repairs") as trial:
        for batch in batches(made, "repairs"):
            trial.see(batch)
        found = [one for one in trial.results(ALARM / 20) if not one.holds]
    assert {one.where for one in found} == {f"repairs.{name}"}


def test_too_few_rows_are_missed() -> None:
    declared = dataset()
    with Trial(declared, "repairs") as trial:
        for batch in batches(declared, "repairs", stop=2_999):
            trial.see(batch)
        found = trial.results(ALARM)
    assert failing(found) == ["rows"]
    assert found[0].statistic == 1


def test_a_gap_where_none_may_be_is_found() -> None:
    values = pa.array([*range(1, 7)] * 100 + [None])
    assert failing(column({"kind": "integer", "between": [1, 6]}, values)) == ["missing"]


@pytest.mark.parametrize(("gaps", "found"), [(95, []), (0, ["missing"]), (200, ["missing"])])
def test_a_rate_of_gaps_may_vary_and_not_go_astray(gaps: int, found: list[str]) -> None:
    values = pa.array([None] * gaps + ["QQ123456A"] * (1_000 - gaps))
    assert failing(column({"kind": "nino", "missing": 0.1}, values)) == found


def test_a_value_out_of_bounds_is_found() -> None:
    values = [Decimal(number) / 100 for number in range(2_001)]
    declared = {"kind": "decimal", "between": [0, 20]}
    assert failing(column(declared, pa.array(values, pa.decimal128(20, 2)))) == []
    wrong = column(declared, pa.array([*values, Decimal("20.01")], pa.decimal128(20, 2)))
    assert failing(wrong) == ["bounds"]
    assert next(one.observed for one in wrong if not one.holds).startswith("1 values outside")
    days = [date(2026, 1, 1), date(2025, 12, 31)]
    between = {"kind": "date", "between": ["2026-01-01", "2026-06-30"]}
    assert "bounds" in failing(column(between, pa.array(days)))
    nothing = column(between, pa.array([None, None], pa.date32()))
    assert failing(nothing) == ["missing"]
    assert {one.check: one for one in nothing}["bounds"].observed == "0 values outside"


def test_a_value_twice_is_found() -> None:
    declared = {"kind": "integer", "between": [1, 10**9], "unique": True}
    values = drawn(1_000, 10**9)
    assert failing(column(declared, pa.array(values))) == []
    values[999] = values[0]
    assert failing(column(declared, pa.array(values))) == ["unique"]


def test_columns_that_are_a_key_together_are_checked_together() -> None:
    model = {"kind": "integer", "between": [0, 9]}
    made = dataset(100, key=("one", "two"), one=model, two=model)
    for last, found in ((9, []), (8, ["unique"])):
        one, two = np.divmod(np.arange(100), 10)
        two[99] = last
        with Trial(made, "repairs") as trial:
            arrays = [pa.array(one), pa.array(two)]
            trial.see(pa.RecordBatch.from_arrays(arrays, names=["one", "two"]))
            results = trial.results(ALARM)
        assert failing(results) == found
        assert "repairs.one + two" in {one.where for one in results}


def test_a_reference_that_leads_nowhere_is_found() -> None:
    declared = {"kind": "reference", "to": "homes.uprn", "missing": 0.01}
    keys = next(batches(dataset(), "homes")).column("uprn")
    assert failing(column(declared, keys)) == []
    found = column(declared, pa.array([*keys.to_pylist(), 999_900_000_000, None]))
    assert failing(found) == ["reference"]
    assert found[-1].observed == "1 of 201 lead nowhere"


@pytest.mark.parametrize(
    ("model", "safe", "real", "kind"),
    [
        ({"kind": "nino"}, "QQ123456A", "AB123456C", "nino"),
        ({"kind": "nhs_number"}, "9990000018", "4010232137", "nhs_number"),
        ({"kind": "mobile"}, "07700 900123", "07911 123456", "mobile"),
        ({"kind": "address"}, "1 Elm Row, Ada, AC1 1AA", "1 Elm Row, Leeds, LS1 4AP", "address"),
        ({"kind": "address"}, "No fixed abode", "1 Elm Row, Leeds", "address"),
        (
            {"kind": "address"},
            "Beispielweg 7, 00000 Musterhausen, Germany",
            "Hauptstraße 7, 10115 Berlin, Germany",
            "address",
        ),
        ({"kind": "reference", "to": "homes.uprn"}, 999_900_000_001, 100_010_000_001, "uprn"),
    ],
)
def test_a_value_outside_its_safe_set_is_found_with_its_row(
    model: dict[str, Any], safe: Any, real: Any, kind: str
) -> None:
    texts = [safe, safe, None, safe, real, safe, real]
    for array in (pa.array(texts), pa.array(texts).dictionary_encode()):
        found = [one for one in column(model, array) if one.check == "safe set"]
        assert [(one.declared, one.observed, one.holds) for one in found] == [
            (f"only safe {kind}", "2 of 6 outside, the first in row 5", False)
        ]


def test_edge_cases_happen_as_often_as_declared() -> None:
    content = {"rows": 5_000, "columns": REPAIRS, "edge_cases": {"deceased": 0.02, "welsh": 0}}
    tables = {"homes": {"rows": 200, "columns": HOMES}, "repairs": content}
    found = named(examine(Dataset(Data.model_validate({"tables": tables})), ["repairs"]))
    case = found["edge case", "repairs: deceased"]
    assert case.holds
    assert "5,000" in case.observed
    assert found["edge case", "repairs: welsh"].statistic == 0


def test_mistakes_on_purpose_and_repeated_rows_are_no_draws() -> None:
    content = {
        "rows": 2_000,
        "columns": {
            "id": {"kind": "sequence"},
            "trade": {"kind": "choice", "of": ["plumber", "electrician"]},
        },
        "dirt": {"typos": {"rate": 0.5, "columns": ["trade"]}, "duplicates": 0.4},
    }
    made = Dataset(Data.model_validate({"tables": {"repairs": content}}))
    written = {
        text for batch in batches(made, "repairs") for text in batch.column("trade").to_pylist()
    }
    assert len(written) > 2
    report = examine(made)
    assert report.failed == ()
    rows = named(report)["chi-square", "repairs.trade"].observed
    compared, fresh = (
        int(rows.split(" of ")[1].split()[0].replace(",", "")),
        made.sizes["repairs"] - 800,
    )
    assert 0.4 * fresh < compared < 0.6 * fresh  # half of them are mistyped


def test_a_curve_of_few_points_is_straight_between_them() -> None:
    tally = CurveTally(Curve((0, 1_000_000), (0.0, 1.0)))
    tally.see(pa.array(drawn(20_000, 1_000_001)))
    assert tally.result("x", 1e-6).holds
    tally.see(pa.array(drawn(2_000, 400_000)))
    assert not tally.result("x", 1e-6).holds


def test_a_curve_of_many_points_is_compared_at_those_alone() -> None:
    points = tuple(range(0, 202 * 1_000, 1_000))
    tally = CurveTally(Curve(points, tuple(n / 201 for n in range(202))))
    values = -(-drawn(20_000, 201_000) // 1_000) * 1_000  # all at the points
    tally.see(pa.array(values))
    assert tally.result("x", 1e-6).holds


def test_a_curve_without_rows_says_so() -> None:
    found = CurveTally(Curve((0, 1), (0.5, 1.0))).result("x", 1e-6)
    assert found.holds
    assert found.facts()["limit"] is None
    assert found.observed == "no rows to compare"


def test_each_group_is_held_to_its_own() -> None:
    of: dict[str, Shares | Curve] = {
        "red": Shares({"a": 0.9, "b": 0.1}),
        "blue": Curve((0, 1), (0.5, 1.0)),
        "grey": Shares({"a": 1.0}),
    }
    tally = EachTally(Each("colour", {"red": of["red"], "grey": of["grey"]}))
    tally.see(pa.array(["a", "b", "a", "b"] * 500), pa.array(["red", "red", "grey", "other"] * 500))
    found = {one.where: one.holds for one in tally.results("x", 1e-6)}
    assert found == {"x where colour is red": False, "x where colour is grey": True}
    numbers = EachTally(Each("colour", {"blue": of["blue"]}))
    numbers.see(pa.array([0, 1, 0, 1]), pa.array(["blue"] * 4))
    numbers.see(pa.array([7]), pa.array(["red"]))
    assert [one.holds for one in numbers.results("x", 1e-6)] == [True]


def test_what_cannot_come_fails_at_once() -> None:
    tally = SharesTally(Shares({"a": 3, "b": 1, "c": 0}))
    tally.see(pa.array(["a", "a", "a", "b"] * 100))
    assert tally.result("x", 1e-6).holds
    tally.see(pa.array(["c"]))
    found = tally.result("x", 1e-6)
    assert (found.holds, found.statistic, found.facts()["statistic"]) == (False, math.inf, None)
    assert found.declared == "shares of 2 values"


def test_declared_groups_are_checked_from_a_blueprint() -> None:
    columns = {
        "trade": REPAIRS["trade"],
        "urgent": {
            "kind": "boolean",
            "by": "trade",
            "cases": {"plumber": {"chance": 0.9}, "electrician": {"chance": 0.1}},
        },
    }
    found = named(examine(dataset(4_000, **columns), ["repairs"]))
    assert found["chi-square", "repairs.urgent where trade is plumber"].holds
    swapped = {"cases": {"plumber": {"chance": 0.1}, "electrician": {"chance": 0.9}}}
    other = dataset(4_000, trade=columns["trade"], urgent=columns["urgent"] | swapped)
    with Trial(dataset(4_000, **columns), "repairs") as trial:
        for batch in batches(other, "repairs"):
            trial.see(batch)
        assert failing(trial.results(ALARM)) == ["chi-square", "chi-square"]


def test_moments_are_told_in_utc() -> None:
    moments = pa.array([datetime(2026, 1, 1), datetime(2030, 1, 1)], pa.timestamp("s", "UTC"))
    declared = {"kind": "timestamp", "between": ["2026-01-01", "2026-06-30"]}
    found = {one.check: one for one in column(declared, moments)}
    assert found["bounds"].observed.endswith("2026-01-01T00:00:00Z to 2030-01-01T00:00:00Z")


def test_gaps_by_a_condition_are_held_to_it() -> None:
    columns: dict[str, Any] = {
        "status": {"kind": "choice", "of": ["open", "closed"]},
        "cost": {
            "kind": "integer",
            "between": [1, 9],
            "missing": {"when": "status == 'open'", "rate": 1, "otherwise": 0.1},
        },
    }
    made = dataset(2_000, **columns)
    report = examine(made, ["repairs"])
    assert report.failed == ()
    where, elsewhere = (one for one in report.results if one.where.startswith("repairs.cost "))
    assert where.declared.startswith("100.0000% of rows")
    assert elsewhere.declared.startswith("10.0000% of rows")
    full = next(batches(made, "repairs", stop=2_000))
    filled = full.set_column(1, "cost", pa.array([5] * 2_000))
    with Trial(made, "repairs") as trial:
        trial.see(filled)
        assert failing(trial.results(ALARM)) == ["missing", "missing", "chi-square"]


def test_a_rule_that_rows_break_is_found() -> None:
    made = dataset(4, low=REPAIRS["visits"] | {"missing": 0.5}, high=REPAIRS["visits"])
    arrays = [pa.array([1, 2, None, 6]), pa.array([1, 3, 2, 5])]
    rows = Rows(made, "repairs", 0, pa.RecordBatch.from_arrays(arrays, names=["low", "high"]))
    rule = Rule("repairs", "low <= high")
    rule.see(rows)
    (found,) = rule.results(ALARM)
    assert (found.check, found.where) == ("rule", "repairs: low <= high")
    assert (found.observed, found.holds) == ("1 rows break it", False)


@pytest.mark.parametrize("count", [3, {0: 0.5, 2: 0.3, 5: 0.2}])
def test_each_parent_has_as_many_rows_as_declared(count: Any) -> None:
    def asked(count: Any) -> Dataset:
        columns = {"home": {"kind": "reference", "to": "homes.uprn"}, "visits": REPAIRS["visits"]}
        repairs = {"rows": {"per": "homes", "count": count}, "columns": columns}
        tables = {"homes": {"rows": 400, "columns": HOMES}, "repairs": repairs}
        return Dataset(Data.model_validate({"seed": 3, "tables": tables}))

    made = asked(count)
    report = examine(made)
    assert report.failed == ()
    assert named(report)["chi-square", "repairs.home"].observed.endswith(" of 400 apart")
    with Trial(made, "repairs") as trial:
        for batch in batches(asked({1: 0.3, 4: 0.7}), "repairs"):
            trial.see(batch)
        assert "chi-square" in failing(trial.results(ALARM))
    part = examine(made, ["repairs"], rows=100)
    assert ("chi-square", "repairs.home") not in named(part)


def test_rules_of_a_blueprint_are_checked() -> None:
    content = {
        "rows": 500,
        "columns": {
            "low": {"kind": "integer", "between": [1, 5]},
            "high": {"kind": "integer", "between": [5, 9]},
        },
        "rules": ["low <= high"],
    }
    made = Dataset(Data.model_validate({"tables": {"repairs": content}}))
    assert named(examine(made))["rule", "repairs: low <= high"].holds


def test_rows_with_a_mistake_on_purpose_may_break_a_rule() -> None:
    content = {
        "rows": 200,
        "columns": {"one": {"kind": "choice", "of": ["plumber"]}, "id": {"kind": "sequence"}},
        "dirt": {"typos": {"rate": 0.5, "columns": ["one"]}},
    }
    made = Dataset(Data.model_validate({"tables": {"repairs": content}}))
    rows = Rows(made, "repairs", 0, next(batches(made, "repairs")))
    assert not rows.clean.all()
    rule, other = Rule("repairs", "one == 'plumber'"), Rule("repairs", "one != 'plumber'")
    rule.see(rows)
    other.see(rows)
    assert rule.results(ALARM)[0].holds
    assert other.results(ALARM)[0].statistic == rows.clean.sum()


@pytest.mark.parametrize(
    "array",
    [
        pa.array([1, None, -3]),
        pa.array([4, 5]),
        pa.array([None, True, False]),
        pa.array([Decimal("-1.50"), None], pa.decimal128(20, 2)),
        pa.array([date(1969, 12, 31), None]),
        pa.array([-1, None], pa.timestamp("s", "UTC")),
        pa.array([-1, None], pa.duration("s")),
        pa.array(["a", None, ""]),
        pa.array(["a", None, "b", "a"]).dictionary_encode(),
        pa.array([None, None], pa.dictionary(pa.int32(), pa.string())),
        pa.ExtensionArray.from_storage(
            pa.uuid(), pa.array([bytes(range(16)), None, b"\xff" * 16], pa.binary(16))
        ),
    ],
    ids=lambda array: str(array.type),
)
def test_what_is_read_back_is_what_came(array: pa.Array) -> None:
    for part in (array, array.slice(1)):
        back = arrow.column(read(part))
        assert back.type.id == part.type.id
        assert back.to_pylist() == part.to_pylist()
