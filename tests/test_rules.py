"""Rules hold by construction or are refused; values are missing by condition; children add up."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from pydantic import TypeAdapter

from sandboxctl.data import rules
from sandboxctl.data.kinds.missing import Missing, When
from sandboxctl.data.model import Data
from sandboxctl.data.problems import problems
from sandboxctl.data.scope import Dataset
from tests.formulas import columns

CASES: dict[str, Any] = {
    "a": {"kind": "integer", "between": [0, 100]},
    "b": {"kind": "integer", "between": [50, 100]},
    "p": {"kind": "decimal", "between": [0, 10]},
    "rate": {"kind": "decimal", "between": [0, 1]},
    "status": {"kind": "choice", "of": ["open", "closed", "void"]},
    "reported": {"kind": "timestamp", "between": ["2026-01-01", "2026-06-30"]},
    "visit": {"kind": "timestamp", "after": "reported", "gap": ["0d", "30d"]},
    "closed": {
        "kind": "timestamp",
        "after": "visit",
        "gap": ["1h", "3d"],
        "missing": "status != 'closed'",
    },
    "other": {"kind": "timestamp", "between": ["2026-01-01", "2026-06-30"]},
    "d": {"kind": "date", "between": ["2024-01-01", "2026-01-01"]},
    "n": {"kind": "date", "before": "d", "gap": ["1d", "9d"]},
    "seen": {"kind": "date", "after": "reported", "gap": ["0d", "2d"]},
    "c": {
        "kind": "date",
        "between": ["2024-01-01", "2026-01-01"],
        "missing": {"when": "status != 'closed'", "rate": 1},
    },
    "e": {"kind": "expression", "of": "d + days(a)"},
    "net": {"kind": "expression", "of": "round(p * 0.2, 2)"},
    "off": {"kind": "expression", "of": "p * rate"},
    "label": {"kind": "expression", "of": "'x' + status"},
    "most": {"kind": "expression", "of": "max(a, b)"},
    "f": {"kind": "expression", "of": "e if status == 'open' else d"},
    "both": {
        "kind": "integer",
        "between": [1, 2],
        "missing": "status != 'open' or a <= 3",
    },
    "either": {"kind": "integer", "between": [1, 2], "missing": "status == 'open' or a > 3"},
    "pair": {"kind": "integer", "between": [1, 2], "missing": "status == 'open' and a > 3"},
    "sound": {"kind": "expression", "of": "a >= 0"},
    "side": {"kind": "choice", "of": ["left", "right"]},
    "left": {"kind": "integer", "between": [1, 2], "missing": "side == 'right'"},
}
HOLD = [
    *("a >= 0", "a <= 100", "0 <= a <= 100 and b >= 50", "true", "not (a < 0)", "b - a >= -50"),
    *("reported <= visit", "reported <= visit <= closed", "reported < closed", "n < d", "n <= e"),
    *("d <= e", "e - d <= days(100)", "visit - reported <= days(30)", "closed >= '2026-01-01'"),
    *("status in ('open', 'closed', 'void')", "a not in (101, 102)", "status == status"),
    *("status == 'closed' or is_missing(c)", "status != 'closed' or not is_missing(c)"),
    *("status != 'closed' or d <= e", "not is_missing(a)", "net <= p", "off <= p", "off >= 0"),
    *("label == 'x' + status", "most >= a", "most <= 100", "f >= d", "coalesce(e, d) >= d"),
    *("date(reported) <= date(visit)", "days_between(d, e) >= 0", "add_months(d, 3) > d"),
    *("a // 3 <= a", "abs(a - b) <= 100", "abs(a - 50) >= a - 50", "max(a, b) >= min(a, b)"),
    *("d <= e if status == 'open' else a >= 0", "sound", "weekday(d) in (1, 2, 3, 4, 5, 6, 7)"),
    *("floor(p) <= p", "ceil(p) >= p", "p <= round(p + 1, 2)", "a != 101", "a == a", "2 > 1"),
    *(
        "seen >= date(reported) - days(1)",
        "part(a, 1, 3) <= a",
        "p / b <= p",
        "add_years(d, 1) > d",
    ),
    *("days_between(reported, visit) >= -1", "a + b == b + a", "-a <= 0", "+a >= 0", "row >= 1"),
    *("status != 'open' or (status == 'open' and a >= 0)", "status == 'open' or status != 'open'"),
    *("is_missing(both) or (status == 'open' and a > 3)", "both > 0 if status == 'open' else true"),
    *(
        "a <= 3 or is_missing(either)",
        "a > b or 0 <= a <= b",
        "a > b if (a > b and a > 3) else true",
        "status != 'open' or a <= 3 or is_missing(pair)",
        "(e if status == 'open' else None) >= d",
        "b * 2 >= b",
        "a * p <= a * 10",
    ),
    *("add_months(d, a - 200) < d", "part(-a, 1, 3) <= 0", "a - b <= a", "true or a > b"),
    *("not (status == 'open' and d > e)", "not not (a >= 0)"),
    *("status == 'closed' or is_missing(closed)", "side == 'left' or is_missing(left)"),
]
DOUBTS = [
    ("a <= b", "a may be as large as 100, b as low as 50; make it hold by construction"),
    ("other <= reported", "`reported: {kind: timestamp, after: other, gap: [0d, 30d]}`"),
    ("visit <= other", "visit may be as late as 2026-07-30 23:59:59, other as early as 2026-01-01"),
    ("d < e", "d may be as late as 2026-01-01, e as early as 2024-01-01"),
    ("closed - visit <= days(2)", "closed - visit may be as large as 3d, days(2) as low as 2d"),
    ("status == 'open'", "status and 'open' may be different"),
    ("status != 'open'", "status and 'open' may be the same"),
    ("a != 3", "a and 3 may be the same"),
    ("status in ('open',)", "status may be something else"),
    ("a not in (3, 200)", "a and 3 may be the same"),
    ("is_missing(c)", "c may have a value there"),
    ("is_missing(a + b)", "a + b may have a value there"),
    (
        "(" * 12 + "a" + " if a > 3 else a)" * 12 + " <= b",
        "may be as large as 100, b as low as 50",
    ),
    ("is_missing(a)", "a may have a value there"),
    ("not is_missing(c)", "c may be missing there"),
    ("not is_missing(e)", "e may be missing there"),
    ("not contains(label, 'o')", "contains(label, 'o') may be true"),
    ("contains(status, 'o')", "contains(status, 'o') may be false"),
    ("status == 'open' or a > b", "b may be as large as 100, a as low as 0"),
    ("d <= e if status == 'open' else e < d", "e may be as late as"),
    ("not is_missing(closed)", "closed may be missing there"),
    ("status != 'closed' or not is_missing(closed)", "closed may be missing there"),
    ("side == 'right' or is_missing(left)", "left may have a value there"),
    ("not (status != 'open')", "status and 'open' may be different"),
    ("not sound", "sound may be true"),
    ("add_months(d, a - 2) > d", "may be as late as"),
    ("max(max(max(a, b), a), b) <= min(min(a, b), a)", "may be as large as"),
    ("a", "needs true or false and has a whole number"),
    ("nope > 3", "nope is not a column of t"),
    ("net >= p * 0.2", "may be as large as"),
]


def given(checked: list[str], rows: int = 500) -> Data:
    return Data.model_validate(
        {"tables": {"t": {"rows": rows, "columns": CASES, "rules": checked}}}
    )


@pytest.mark.parametrize("rule", HOLD)
def test_a_rule_that_holds_is_shown_to_and_does(rule: str) -> None:
    data = given([rule])
    assert list(problems(data)) == []
    scope = Dataset(data).scope("t", np.arange(500, dtype=np.uint64))
    assert not rules.broken(scope, rule).any()


@pytest.mark.parametrize(("rule", "why"), DOUBTS)
def test_any_other_rule_is_refused_and_why(rule: str, why: str) -> None:
    [(path, said)] = problems(given(["a >= 0", rule]))
    assert path == ("tables", "t", "rules", 1)
    assert why in said


def test_broken_rows_are_found_and_a_missing_value_breaks_none() -> None:
    data = given([])
    scope = Dataset(data).scope("t", np.arange(500, dtype=np.uint64))
    rows = columns(data, "t")
    assert rules.broken(scope, "a < b").tolist() == [row["a"] >= row["b"] for row in rows]
    late = [row["c"] is not None and row["c"] >= row["d"] for row in rows]
    assert rules.broken(scope, "c < d").tolist() == late


def test_a_value_is_missing_where_its_condition_holds() -> None:
    for row in columns(given([]), "t"):
        assert (row["c"] is None) == (row["status"] != "closed")
        assert (row["closed"] is None) == (row["status"] != "closed")


def test_a_condition_may_have_rates() -> None:
    missing = {"when": "a > 50", "rate": 0.9, "otherwise": 0.05}
    more = {"a": CASES["a"], "x": {"kind": "integer", "between": [1, 2], "missing": missing}}
    data = Data.model_validate({"tables": {"t": {"rows": 4_000, "columns": more}}})
    rows = columns(data, "t")
    for part, rate in ((True, 0.9), (False, 0.05)):
        found = [row["x"] is None for row in rows if (row["a"] > 50) is part]
        assert sum(found) / len(found) == pytest.approx(rate, abs=0.03)


def test_a_condition_that_cannot_work_is_refused() -> None:
    more = {
        "a": {"kind": "integer", "between": [1, 2]},
        "b": {"kind": "integer", "between": [1, 2], "missing": "a + 1"},
        "x": {"kind": "integer", "between": [1, 2], "missing": {"when": "a +"}},
        "z": {"kind": "integer", "between": [1, 2], "missing": "z > 1"},
    }
    data = Data.model_validate({"tables": {"t": {"rows": 4, "columns": more}}})
    said = {path[-2:]: why for path, why in problems(data)}
    assert said["b", "missing"] == "needs true or false and has a whole number"
    assert "cannot be read" in said["x", "missing"]
    assert said["tables", "t"] == "refers to itself: t.z → t.z"


def test_a_condition_may_be_made_in_python() -> None:
    made = When(when="a > 1", rate=0.5)
    assert TypeAdapter(Missing).validate_python(made) is made


FAMILY: dict[str, Any] = {
    "claims": {
        "rows": 300,
        "columns": {
            "id": {"kind": "sequence"},
            "due": {"kind": "decimal", "between": [-50, 90]},
            "paid": {"kind": "expression", "of": "sum(payments.amount)"},
            "least": {"kind": "expression", "of": "min(payments.note)"},
            "most": {"kind": "expression", "of": "max(payments.amount)"},
            "times": {"kind": "expression", "of": "count(payments)"},
            "first": {"kind": "expression", "of": "first(payments.text)"},
            "last": {"kind": "expression", "of": "last(payments.note)"},
        },
        "rules": ["times == 0 or paid <= 100 * 4", "times <= 4"],
    },
    "payments": {
        "rows": {"per": "claims", "count": {0: 1, 1: 1, 4: 2}},
        "columns": {
            "claim": {"kind": "reference", "to": "claims.id"},
            "amount": {"kind": "expression", "of": "part(claim.due, ordinal, siblings)"},
            "note": {"kind": "integer", "between": [-9, 9], "missing": 0.3},
            "text": {"kind": "choice", "of": ["x", "y", "z"]},
        },
    },
}


def test_children_add_up_to_their_parent() -> None:
    data = Data.model_validate({"tables": FAMILY})
    assert list(problems(data)) == []
    below: dict[int, list[dict[str, Any]]] = {}
    for row in columns(data, "payments"):
        below.setdefault(row["claim"], []).append(row)
    for claim in columns(data, "claims"):
        mine = below.get(claim["id"], [])
        notes = [row["note"] for row in mine if row["note"] is not None]
        amounts = [row["amount"] for row in mine]
        assert claim["times"] == len(mine)
        assert claim["paid"] == (claim["due"] if mine else 0)
        assert sum(amounts) == claim["paid"]
        assert claim["least"] == min(notes, default=None)
        assert claim["most"] == max(amounts, default=None)
        assert claim["first"] == (mine[0]["text"] if mine else None)
        assert claim["last"] == (mine[-1]["note"] if mine else None)


def test_children_that_make_no_sense_are_refused() -> None:
    said = {
        "count(payments.text)": "count is written count(children)",
        "sum(payments)": "sum is written sum(children.column), with the name of a table",
        "max(payments.text)": "max(…) needs numbers or times, and text is text",
        "sum(payments.text)": "sum(…) needs numbers, and has text",
        "sum(claims.due)": "rows of claims do not belong to rows of claims: only payments",
        "sum(payments.nothing)": "nothing is not a column of payments",
    }
    more = {f"e{i}": {"kind": "expression", "of": of} for i, of in enumerate(said)}
    claims = FAMILY["claims"] | {"columns": FAMILY["claims"]["columns"] | more}
    data = Data.model_validate({"tables": FAMILY | {"claims": claims}})
    found = [why for _, why in problems(data)]
    assert len(found) == len(said)
    for why, wanted in zip(found, said.values(), strict=True):
        assert wanted in why


def test_a_table_without_any_children_has_none_to_add_up() -> None:
    empty = FAMILY["payments"] | {"rows": {"per": "claims", "count": 0}}
    data = Data.model_validate({"tables": FAMILY | {"payments": empty}})
    for claim in columns(data, "claims"):
        assert (claim["paid"], claim["most"], claim["first"]) == (0, None, None)


def test_what_is_unknown_proves_nothing() -> None:
    more = CASES | {
        "odd": {"kind": "integer", "between": [5, 1]},
        "late": {"kind": "date", "after": "nothing", "gap": ["1d", "2d"]},
    }
    checked = ["odd <= a", "a * odd <= a * 2", "a / odd <= 3", "late >= d"]
    checked += ["part(odd, 1, 2) <= odd", "add_months(d, abs(odd)) <= d"]
    data = Data.model_validate({"tables": {"t": {"rows": 9, "columns": more, "rules": checked}}})
    said = {path[-1]: why for path, why in problems(data) if path[-2] == "rules"}
    assert sorted(said) == [0, 1, 2, 3, 4, 5]
    assert said[0] == "cannot be shown to hold: nothing is known of how odd and a compare"
