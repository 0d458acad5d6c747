"""Formulas against Python's own arithmetic, dates and texts, row by row."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import numpy as np
import pytest

from sandboxctl.data.scope import Dataset
from sandboxctl.data.types import Type
from sandboxctl.data.values import Numbers
from tests.formulas import ROWS, columns, data, found, kind, values

Row = dict[str, Any]
Wanted = Callable[[Row], Any]


def half_up(value: Decimal | int, places: int = 2) -> Decimal:
    return Decimal(value).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def years(a: date, b: date) -> int:
    return b.year - a.year - ((b.month, b.day) < (a.month, a.day))


def months(a: date, b: date) -> int:
    return (b.year - a.year) * 12 + b.month - a.month - (b.day < a.day)


def later(d: date, count: int) -> date:
    first = date(d.year + (d.month - 1 + count) // 12, (d.month - 1 + count) % 12 + 1, 1)
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return min(first + timedelta(days=d.day - 1), last)


def first(*found: Any) -> Any:
    return next(value for value in found if value is not None)


def day_of(at: datetime) -> date:
    return at.astimezone(UTC).date()


ARITHMETIC: list[tuple[str, Wanted]] = [
    ("a + 1", lambda r: r["a"] + 1),
    ("a - p * 2", lambda r: r["a"] - r["p"] * 2),
    ("a * p * r", lambda r: None if r["r"] is None else r["a"] * r["p"] * r["r"]),
    ("p / 3", lambda r: half_up(r["p"] / 3)),
    ("p / a", lambda r: half_up(r["p"] / r["a"]) if r["a"] else None),
    ("1 / r", lambda r: half_up(1 / r["r"], 3) if r["r"] else None),
    ("a // 4", lambda r: r["a"] // 4),
    ("a // n", lambda r: r["a"] // r["n"] if r["n"] else None),
    ("a % 4", lambda r: r["a"] % 4),
    ("a % -4", lambda r: r["a"] % -4),
    ("-a", lambda r: -r["a"]),
    ("+a", lambda r: r["a"]),
    ("-2 * (a + -1.5)", lambda r: -2 * (r["a"] - Decimal("1.5"))),
    ("round(p)", lambda r: int(half_up(r["p"], 0))),
    ("round(p * 0.125, 2)", lambda r: half_up(r["p"] * Decimal("0.125"))),
    ("round(a, 2)", lambda r: half_up(r["a"])),
    ("floor(p)", lambda r: int(r["p"] // 1) - (r["p"] < 0 and r["p"] % 1 != 0)),
    ("ceil(p)", lambda r: -int(-r["p"] // 1) + (r["p"] > 0 and r["p"] % 1 != 0)),
    ("abs(p)", lambda r: abs(r["p"])),
    ("min(a, 3, p)", lambda r: min(r["a"], 3, r["p"])),
    ("max(a, 3)", lambda r: max(r["a"], 3)),
    ("part(a, n, 3)", lambda r: None if r["n"] is None else r["a"] // 3 + (r["n"] <= r["a"] % 3)),
    ("part(7.5, 1, n)", lambda r: half_up(-(-75 // r["n"]), 0) / 10 if r["n"] else None),
    ("row", lambda r: r["row"]),
    ("col('class') + 1", lambda r: r["class"] + 1),
    ("2.50", lambda _: Decimal("2.5")),
    ("12345678901.25", lambda _: Decimal("12345678901.25")),
]
TIMES: list[tuple[str, Wanted]] = [
    ("day + days(a)", lambda r: r["day"] + timedelta(days=r["a"])),
    ("weeks(2) + day", lambda r: r["day"] + timedelta(days=14)),
    ("day - days(a)", lambda r: r["day"] - timedelta(days=r["a"])),
    ("at + hours(a)", lambda r: r["at"] + timedelta(hours=r["a"])),
    ("minutes(90) + at", lambda r: r["at"] + timedelta(minutes=90)),
    ("at - seconds(1)", lambda r: r["at"] - timedelta(seconds=1)),
    ("day - '2024-02-29'", lambda r: r["day"] - date(2024, 2, 29)),
    ("at - '2024-02-29 12:30'", lambda r: r["at"] - datetime(2024, 2, 29, 12, 30, tzinfo=UTC)),
    ("date('2026-01-31') - day", lambda r: date(2026, 1, 31) - r["day"]),
    ("days(2) - hours(a) + -hours(1)", lambda r: timedelta(hours=47 - r["a"])),
    ("days(2) * a", lambda r: timedelta(days=2) * r["a"]),
    ("a * hours(1)", lambda r: timedelta(hours=1) * r["a"]),
    ("hours(36) / days(1)", lambda _: Decimal("1.5")),
    ("abs(hours(a))", lambda r: timedelta(hours=abs(r["a"]))),
    ("day + abs(max(days(a), days(1)))", lambda r: r["day"] + timedelta(days=max(r["a"], 1))),
    ("date(at)", lambda r: day_of(r["at"])),
    ("date(day)", lambda r: r["day"]),
    ("year(at)", lambda r: r["at"].year),
    ("year(day)", lambda r: r["day"].year),
    ("month(day)", lambda r: r["day"].month),
    ("day(at)", lambda r: r["at"].day),
    ("weekday(day)", lambda r: r["day"].isoweekday()),
    ("hour(at)", lambda r: r["at"].hour),
    ("minute(at)", lambda r: r["at"].minute),
    ("add_months(day, a)", lambda r: later(r["day"], r["a"])),
    ("add_years(day, 1)", lambda r: later(r["day"], 12)),
    ("add_months(at, 1)", lambda r: datetime.combine(later(r["at"].date(), 1), r["at"].timetz())),
    ("days_between(day, date(at))", lambda r: (day_of(r["at"]) - r["day"]).days),
    ("days_between(at, '2026-07-01')", lambda r: (date(2026, 7, 1) - day_of(r["at"])).days),
    ("months_between(date(at), day)", lambda r: months(day_of(r["at"]), r["day"])),
    ("years_between('1880-02-29', day)", lambda r: years(date(1880, 2, 29), r["day"])),
    ("max(day, '2026-01-01')", lambda r: max(r["day"], date(2026, 1, 1))),
]
TRUTHS: list[tuple[str, Wanted]] = [
    ("a > 3", lambda r: r["a"] > 3),
    ("0 <= a < 5", lambda r: 0 <= r["a"] < 5),
    ("p == 1.5 or p != 2", lambda r: r["p"] != 2),
    ("day >= '2026-01-31'", lambda r: r["day"] >= date(2026, 1, 31)),
    ("'2026-01-31' < day", lambda r: r["day"] > date(2026, 1, 31)),
    (
        "at < '2001-01-01T00:00:00+01:00'",
        lambda r: r["at"] < datetime(2000, 12, 31, 23, tzinfo=UTC),
    ),
    ("status == 'open'", lambda r: r["status"] == "open"),
    ("'open' != status", lambda r: r["status"] != "open"),
    ("'a' == 'a'", lambda _: True),
    ("status == also", lambda r: r["status"] == r["also"]),
    ("status + '' == also + ''", lambda r: r["status"] == r["also"]),
    ("status in ('open', 'void')", lambda r: r["status"] in ("open", "void")),
    ("status not in ['open']", lambda r: r["status"] != "open"),
    ("a in (1, 2.5, p)", lambda r: r["a"] in (1, Decimal("2.5"), r["p"])),
    ("not flag", lambda r: None if r["flag"] is None else not r["flag"]),
    ("flag and a > 3", lambda r: (r["a"] > 3 and r["flag"]) if r["a"] > 3 else False),
    ("flag or a > 3", lambda r: True if r["a"] > 3 else r["flag"]),
    ("flag == true", lambda r: r["flag"]),
    ("is_missing(n)", lambda r: r["n"] is None),
    ("is_missing(a)", lambda _: False),
    ("is_missing(None)", lambda _: True),
    ("a in (3,) and is_missing(n)", lambda r: r["a"] == 3 and r["n"] is None),
    ("key == key", lambda _: True),
    ("contains(note, 'Case')", lambda r: None if r["note"] is None else "Case" in r["note"]),
    ("startswith(status + also, 'openv')", lambda r: (r["status"] + r["also"]).startswith("openv")),
    ("endswith('abc', 'bc')", lambda _: True),
]
TEXTS: list[tuple[str, Wanted]] = [
    ("'x-' + status + '/' + also", lambda r: f"x-{r['status']}/{r['also']}"),
    ("'a' + 'b'", lambda _: "ab"),
    ("text(status)", lambda r: r["status"]),
    ("text(a)", lambda r: str(r["a"])),
    ("text(p) + text(day)", lambda r: f"{r['p']}{r['day']}"),
    ("text(at)", lambda r: f"{r['at']:%Y-%m-%dT%H:%M:%SZ}"),
    ("text(flag)", lambda r: None if r["flag"] is None else str(r["flag"]).lower()),
    ("text(5)", lambda _: "5"),
    ("text(key)", lambda r: str(r["key"])),
    ("text(days(a)) == text(hours(a * 24))", lambda _: True),
    ("'PR-' + pad(row, 6)", lambda r: f"PR-{r['row']:06}"),
    ("pad(7, 2)", lambda _: "07"),
    ("upper(note)", lambda r: r["note"] and r["note"].upper()),
    ("lower('ÀB' + upper(status))", lambda r: f"àb{r['status']}"),
    ("lower(pad(row, 6))", lambda r: f"{r['row']:06}"),
    ("title('open ' + status)", lambda r: f"Open {r['status'].title()}"),
    ("trim(' ' + status + ' ')", lambda r: r["status"]),
    ("left(status, 2)", lambda r: r["status"][:2]),
    ("right(status + also, 5)", lambda r: (r["status"] + r["also"])[-5:]),
    ("right(status, 0)", lambda _: ""),
    ("replace(status, 'o', '0')", lambda r: r["status"].replace("o", "0")),
    ("length(status)", lambda r: len(r["status"])),
    ("status if a > 3 else 'none'", lambda r: r["status"] if r["a"] > 3 else "none"),
    ("status + 'x' if a > 3 else also", lambda r: r["status"] + "x" if r["a"] > 3 else r["also"]),
]
CHOICES: list[tuple[str, Wanted]] = [
    ("a if status == 'open' else None", lambda r: r["a"] if r["status"] == "open" else None),
    ("none if flag else p", lambda r: None if r["flag"] else r["p"]),
    ("a if flag else p", lambda r: r["a"] if r["flag"] else r["p"]),
    ("flag if a > 3 else None", lambda r: r["flag"] if r["a"] > 3 else None),
    ("key if a > 3 else key", lambda r: r["key"]),
    ("a if true else n", lambda r: r["a"]),
    ("coalesce(n, r, 0.5)", lambda r: first(r["n"], r["r"], Decimal("0.5"))),
    ("coalesce(note, status)", lambda r: r["status"] if r["note"] is None else r["note"]),
    ("coalesce(n)", lambda r: r["n"]),
    ("coalesce(a, n)", lambda r: r["a"]),
    ("coalesce(n, None)", lambda r: r["n"]),
    ("day if a > 0 else '2026-01-01'", lambda r: r["day"] if r["a"] > 0 else date(2026, 1, 1)),
    ("hours(n)", lambda r: None if r["n"] is None else timedelta(hours=r["n"])),
]  # fmt: skip
EVERY = [*ARITHMETIC, *TIMES, *TRUTHS, *TEXTS, *CHOICES]


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    return [row | {"row": number} for number, row in enumerate(columns(data()), start=1)]


@pytest.fixture(scope="module")
def made() -> dict[str, list[Any]]:
    case = {f"e{i}": {"kind": "expression", "of": formula} for i, (formula, _) in enumerate(EVERY)}
    first = values_of({name: case[name] for name in list(case)[:80]})
    return {**first, **values_of({name: case[name] for name in list(case)[80:]})}


def values_of(case: dict[str, Any]) -> dict[str, list[Any]]:
    given = data(case=case)
    assert found(given) == []
    return {column["of"]: values(given, "cases", name) for name, column in case.items()}


@pytest.mark.parametrize(("formula", "wanted"), EVERY, ids=[formula for formula, _ in EVERY])
def test_it_gives_what_python_gives(
    formula: str, wanted: Wanted, rows: list[Row], made: dict[str, list[Any]]
) -> None:
    expected = [wanted(row) for row in rows]
    assert made[formula] == expected
    assert len(expected) == ROWS


@pytest.mark.parametrize("formula", [formula for formula, _ in EVERY])
def test_no_value_is_outside_its_bounds(formula: str) -> None:
    given = data(case={"it": {"kind": "expression", "of": formula}})
    dataset = Dataset(given)
    known = kind(formula)
    cells = dataset.scope("cases", np.arange(ROWS, dtype=np.uint64)).cells("it")
    if known.name in ("text", "truth", "uuid"):
        return
    numbers = getattr(cells.values, "values", None)
    assert numbers is not None
    there = numbers if cells.missing is None else numbers[~cells.missing]
    assert known.low is not None
    assert known.high is not None
    assert known.low <= there.min(initial=known.high)
    assert there.max(initial=known.low) <= known.high
    assert not isinstance(cells.values, Numbers) or cells.values.places == known.places


def test_a_formula_reads_the_row_that_references_lead_to() -> None:
    case = {
        "b": {"kind": "expression", "of": "who.born"},
        "c": {"kind": "expression", "of": "who.boss.born"},
        "d": {"kind": "expression", "of": "initials(who.name)"},
        "e": {"kind": "expression", "of": "col('who.name')"},
    }
    given = data(case=case)
    people = {row["id"]: row for row in columns(given, "people")}
    first = {"Ann Lee": "AL", "Zoë  O'Neill-Ng": "ZO", " Y": "Y", "straße": "s"}
    for row in columns(given):
        person = people.get(row["who"])
        boss = people.get(person["boss"]) if person else None
        assert row["b"] == (person and person["born"])
        assert row["c"] == (boss and boss["born"])
        assert row["d"] == (person and first[person["name"]])
        assert row["e"] == (person and person["name"])


def test_a_formula_may_stand_on_others_in_any_order() -> None:
    case = {
        "vat": {"kind": "expression", "of": "round(net * 0.2, 2)", "missing": 0.2},
        "net": {"kind": "expression", "of": "p * 3"},
    }
    given = data(case=case)
    assert found(given) == []
    for row in columns(given):
        assert row["vat"] in (None, half_up(row["net"] * Decimal("0.2")))


def test_an_edge_case_is_a_condition() -> None:
    given = data(case={"it": {"kind": "expression", "of": "edge.overdue"}}, edges={"overdue": 0.25})
    share = sum(values(given, "cases", "it")) / ROWS
    assert 0.15 < share < 0.35


def test_any_row_is_the_same_alone() -> None:
    formulas = ("'x' + status + pad(row, 5)", "years_between(who.born, day)", "p / a", "1 + 1")
    case = {f"e{i}": {"kind": "expression", "of": of} for i, of in enumerate(formulas)}
    given = data(case=case)
    dataset = Dataset(given)
    for name in case:
        every = values(given, "cases", name)
        for number in (0, 17, ROWS - 1):
            lone = dataset.scope("cases", np.array([number], np.uint64))
            assert values_in(lone, name) == [every[number]]


def values_in(scope: Any, name: str) -> list[Any]:
    from sandboxctl.data.arrow import column

    made: list[Any] = column(scope.cells(name)).to_pylist()
    return made


def test_types_have_places_and_bounds() -> None:
    assert kind("a + 1") == Type("whole", 0, -4, 10)
    assert kind("p * r") == Type("decimal", 5, -2_000_000, 2_000_000)
    assert kind("day + days(n)").high == kind("day").high + 3  # type: ignore[operator]
    assert kind("p / 4") == Type("decimal", 2, -500, 500)
    assert kind("a / (n + 1)") == Type("decimal", 2, -500, 900)
    assert kind("a // -2") == Type("whole", 0, -5, 2)
    assert kind("years_between('2000-01-01', day)") == Type("whole", 0, 23, 28)
