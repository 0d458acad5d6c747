"""What a `data:` section may say, and every way in which it cannot work."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from sandboxctl.data.problems import problems
from sandboxctl.blueprint.model import Data

PARSER: TypeAdapter[Column] = TypeAdapter(Column)


def column(kind: str, **options: object) -> Column:
    return PARSER.validate_python({"kind": kind, **options})


def found(rows: int = 10, parents: int = 10, **columns: dict[str, Any]) -> list[str]:
    """The problems of one table beside a small, sound one; each as ``key: why``."""
    homes = {"rows": parents, "columns": {"id": {"kind": "sequence"}, "beds": BEDS, "key": UNSURE}}
    tables = {"homes": homes, "repairs": {"rows": rows, "columns": columns}}
    data = Data.model_validate({"tables": tables})
    return [f"{'.'.join(map(str, path[3:]))}: {why}" for path, why in problems(data)]


BEDS = {"kind": "choice", "of": {1: 0.5, 2: 0.5}}
UNSURE = {"kind": "nino", "unique": True, "missing": 0.5}
TRADE = {"kind": "choice", "of": ["plumber", "roofer"]}


def test_a_list_of_choices_has_equal_weights() -> None:
    assert column("choice", of=["a", "b"]) == column("choice", of={"a": 1.0, "b": 1.0})


def test_choices_keep_their_types() -> None:
    chosen = column("choice", of={True: 1, 3: 1, 2.5: 1, "x": 1})
    assert isinstance(chosen, Choice)
    assert [type(value) for value in chosen.of] == [bool, int, float, str]


@pytest.mark.parametrize("of", [[], {}, [["a"]], [{"a": 1}], "ab", {"a": "many"}, {"a\0": 1}])
def test_choices_that_make_no_sense(of: object) -> None:
    with pytest.raises(ValidationError):
        column("choice", of=of)


def test_sentences_in_short_forms() -> None:
    assert column("text", of=["a"]) == column("text", of={"": ["a"]})
    by_value = column("text", of={"plumber": "drips", 3: ["a", "b"]}, by="trade")
    assert isinstance(by_value, Text)
    assert by_value.of == {"plumber": ("drips",), "3": ("a", "b")}


def test_sentences_must_be_text() -> None:
    with pytest.raises(ValidationError):
        column("text", of="a single one")


def test_a_bare_date_as_upper_end_means_all_of_that_day() -> None:
    end = datetime(2026, 6, 30, 23, 59, 59, tzinfo=UTC)
    for last in ("2026-06-30", end.date(), end, "2026-06-30T23:59:59"):
        moment = column("timestamp", between=["2026-01-01", last])
        assert isinstance(moment, Timestamp)
        assert moment.between == (datetime(2026, 1, 1, tzinfo=UTC), end)


def test_times_with_a_zone_become_utc_in_whole_seconds() -> None:
    summer = timezone(timedelta(hours=1))
    first = datetime(2026, 7, 1, 0, 30, 0, 999, tzinfo=summer)
    moment = column("timestamp", between=[first, "2026-07-02"])
    assert isinstance(moment, Timestamp)
    assert moment.between[0] == datetime(2026, 6, 30, 23, 30, tzinfo=UTC)


@pytest.mark.parametrize("between", ["2026", ["0999-01-01", "2026-01-01"], ["2026-01-01"]])
def test_times_that_cannot_be(between: object) -> None:
    with pytest.raises(ValidationError):
        column("timestamp", between=between)


@pytest.mark.parametrize(
    "options",
    [
        {"kind": "surprise"},
        {"kind": "boolean", "unique": True},
        {"kind": "nino", "missing": 1.5},
        {"kind": "reference", "to": "homes"},
        {"kind": "reference", "to": 'homes.id"; drop table homes'},
        {"kind": "email", "of": "Robert'); --"},
        {"kind": "phone", "type": "red"},
        {"kind": "integer", "between": [1, 2**80]},
        {"kind": "decimal", "between": [0, float("nan")]},
    ],
)
def test_options_that_are_refused(options: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        PARSER.validate_python(options)


def test_a_sound_dataset_has_no_problems() -> None:
    assert not found(
        trade=TRADE,
        words={"kind": "text", "of": {"plumber": "drips", "roofer": "leaks"}, "by": "trade"},
        plain={"kind": "text", "of": ["a"]},
        name={"kind": "person_name"},
        mail={"kind": "email", "of": "name"},
        other={"kind": "email"},
        home={"kind": "reference", "to": "homes.id", "distribution": "zipf"},
        only={"kind": "reference", "to": "homes.id", "unique": True},
        cost={"kind": "decimal", "between": [0, 1]},
        phone={"kind": "phone", "unique": True},
    )


@pytest.mark.parametrize(
    ("rows", "columns", "why"),
    [
        (
            2_000_000,
            {"nhs": {"kind": "nhs_number", "unique": True}},
            "nhs.unique: 2,000,000 unique NHS numbers asked for, 900,000 exist "
            "in the reserved range",
        ),
        (
            7,
            {"n": {"kind": "integer", "between": [1, 6], "unique": True}},
            "n.unique: 7 unique whole numbers asked for, 6 exist between the bounds",
        ),
        (
            1,
            {"n": {"kind": "integer", "between": [6, 1], "unique": True}},
            "n.between: is upside down: 6 is more than 1",
        ),
        (
            1,
            {"n": {"kind": "date", "between": ["2026-02-01", "2026-01-01"]}},
            "n.between: is upside down: 2026-02-01 is more than 2026-01-01",
        ),
        (
            1,
            {"n": {"kind": "decimal", "between": [0.001, 0.009]}},
            "n.between: has no number with 2 decimal places",
        ),
        (
            1,
            {"n": {"kind": "choice", "of": {"a": -1, "b": 2}}},
            "n.of.a: has the weight -1; should be 0 or more",
        ),
        (
            1,
            {"n": {"kind": "choice", "of": {1.5: -1, "b": 2}}},
            "n.of.1.5: has the weight -1; should be 0 or more",
        ),
        (
            1,
            {"n": {"kind": "choice", "of": {"a": 0}}},
            "n.of: has no weight above 0, so there is nothing to choose",
        ),
        (1, {"n": {"kind": "text", "of": []}}, "n.of: has no sentences"),
        (
            1,
            {
                "t": {"kind": "choice", "of": ["a"]},
                "n": {"kind": "text", "of": {"a": []}, "by": "t"},
            },
            "n.of.a: has no sentences",
        ),
        (
            1,
            {"n": {"kind": "text", "of": {"a": "x"}}},
            "n.by: is missing: lists by value need the choice column that they go by",
        ),
        (
            1,
            {"n": {"kind": "text", "of": {"a": "x"}, "by": "trade"}},
            "n.by: trade should be a choice column of the same table",
        ),
        (
            1,
            {"t": TRADE, "n": {"kind": "text", "of": {"plumber": "x"}, "by": "t"}},
            "n.of: has no sentences for t = roofer",
        ),
        (
            1,
            {
                "t": TRADE,
                "n": {"kind": "text", "of": {"plumber": "x", "roofer": "y", "z": "z"}, "by": "t"},
            },
            "n.of: has sentences for z, which t never is",
        ),
        (
            1,
            {"n": {"kind": "email", "of": "m"}},
            "n.of: m should be a person_name column of the same table",
        ),
        (
            1,
            {"n": {"kind": "reference", "to": "flats.id"}},
            "n.to: flats is not a table; there are homes, repairs",
        ),
        (
            1,
            {"n": {"kind": "reference", "to": "homes.uprn"}},
            "n.to: homes has no column uprn; it has id, beds, key",
        ),
        (
            1,
            {"n": {"kind": "reference", "to": "homes.beds"}},
            "n.to: homes.beds should be unique: add `unique: true` to it",
        ),
        (
            1,
            {"n": {"kind": "reference", "to": "homes.key"}},
            "n.to: homes.key has missing values, so it cannot be a key",
        ),
        (
            11,
            {"n": {"kind": "reference", "to": "homes.id", "unique": True}},
            "n.unique: 11 rows of homes asked for, it has 10",
        ),
        (
            2,
            {"n": {"kind": "reference", "to": "homes.id", "unique": True, "distribution": "zipf"}},
            "n.distribution: should be uniform where each row is referred to at most once",
        ),
        (
            1,
            {"n": {"kind": "reference", "to": "repairs.n", "unique": True}},
            ": refers to itself: repairs.n → repairs.n",
        ),
    ],
)
def test_what_cannot_work(rows: int, columns: dict[str, dict[str, Any]], why: str) -> None:
    assert found(rows, 10, **columns) == [why]


def test_an_empty_table_has_no_rows_to_refer_to() -> None:
    assert found(1, 0, n={"kind": "reference", "to": "homes.id"}) == [
        "n.to: homes has no rows to refer to"
    ]
    assert not found(0, 0, n={"kind": "reference", "to": "homes.id"})


def test_tables_that_each_have_to_be_filled_first() -> None:
    keyed = {"id": {"kind": "sequence"}}
    to_b = {"rows": 1, "columns": keyed | {"b": {"kind": "reference", "to": "b.id"}}}
    to_a = {"rows": 1, "columns": keyed | {"a": {"kind": "reference", "to": "a.id"}}}
    data = Data.model_validate({"tables": {"a": to_b, "b": to_a}})
    [(path, why)] = problems(data)
    assert path in {("tables", "a"), ("tables", "b")}
    assert why in {"refers to itself: a → b → a", "refers to itself: b → a → b"}


def test_a_table_may_refer_to_its_own_rows() -> None:
    rows = {"id": {"kind": "sequence"}, "parent": {"kind": "reference", "to": "tree.id"}}
    data = Data.model_validate({"tables": {"tree": {"rows": 9, "columns": rows}}})
    assert not list(problems(data))


def test_a_problem_has_the_path_of_its_key() -> None:
    columns = {"uprn": {"kind": "uprn", "unique": True}, "n": {"kind": "nino", "unique": True}}
    data = Data.model_validate({"tables": {"homes": {"rows": 1_000_001, "columns": columns}}})
    [(path, _)] = problems(data)
    assert path == ("tables", "homes", "columns", "n", "unique")


def test_capacities() -> None:
    assert capacity(column("uprn")) == 100_000_000
    assert capacity(column("address")) == 126_720_000
    assert capacity(column("address", towns=1)) == 3_168_000
    assert capacity(column("postcode")) == 162_360_000
    assert capacity(column("phone")) == 997
    assert capacity(column("phone", type="landline")) == 16_000
    assert capacity(column("nino")) == 1_000_000
    assert capacity(column("nhs_number")) == 900_000
    assert capacity(column("integer", between=[-1, 1])) == 3
    assert capacity(column("boolean")) is None


def test_what_is_always_unique() -> None:
    assert all(unique(column(kind)) for kind in ("sequence", "email", "uuid"))
    assert not unique(column("uprn"))
    assert unique(column("uprn", unique=True))


def test_decimals_stay_inside_their_bounds() -> None:
    cost = column("decimal", between=[-0.015, 0.29])
    assert isinstance(cost, Decimal)
    assert scaled(cost) == (-1, 29)
