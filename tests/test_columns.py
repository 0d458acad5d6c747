"""What holds of columns of every kind: how they are refused, and where the problem is."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from sandboxctl.data.kinds.kind import Place
from sandboxctl.data.model import Data
from sandboxctl.data.problems import places, problems


def dataset(rows: int = 10, parents: int = 10, **columns: dict[str, Any]) -> Data:
    """One table beside a small, sound one."""
    homes = {"rows": parents, "columns": {"id": {"kind": "sequence"}, "beds": BEDS, "key": UNSURE}}
    tables = {"homes": homes, "repairs": {"rows": rows, "columns": columns}}
    return Data.model_validate({"tables": tables})


def found(rows: int = 10, parents: int = 10, **columns: dict[str, Any]) -> list[str]:
    """The problems of the table, each as ``key: why``."""
    every = problems(dataset(rows, parents, **columns))
    return [f"{'.'.join(map(str, path[3:]))}: {why}" for path, why in every]


def place(**options: Any) -> Place:
    """A column as its checks see it."""
    every = places(dataset(x=options))
    return next(place for place in every if place.name == "x")


BEDS = {"kind": "choice", "of": {1: 0.5, 2: 0.5}}
UNSURE = {"kind": "nino", "unique": True, "missing": 0.5}
TRADE = {"kind": "choice", "of": ["plumber", "roofer"]}


@pytest.mark.parametrize(
    "options",
    [
        {"kind": "surprise"},
        {"kind": "nino", "missing": 1.5},
        {"kind": "reference", "to": "homes"},
        {"kind": "reference", "to": 'homes.id"; drop table homes'},
        {"kind": "text", "of": ["a"], "by": "Robert'); --"},
        {"kind": "mobile", "colour": "red"},
    ],
)
def test_options_that_are_refused(options: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        dataset(x=options)


def test_a_sound_dataset_has_no_problems() -> None:
    assert not found(
        trade=TRADE,
        words={"kind": "text", "of": {"plumber": "drips", "roofer": "leaks"}, "by": "trade"},
        plain={"kind": "text", "of": ["a"]},
        name={"kind": "full_name"},
        mail={"kind": "email"},
        home={"kind": "reference", "to": "homes.id", "distribution": "zipf"},
        only={"kind": "reference", "to": "homes.id", "unique": True},
        cost={"kind": "decimal", "between": [0, 1]},
        done={"kind": "date", "between": ["2026-01-01", "2026-12-31"]},
        paid={"kind": "timestamp", "after": "done", "gap": ["1d", "30d"]},
        phone={"kind": "mobile", "unique": True},
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
    ],
)
def test_what_cannot_work(rows: int, columns: dict[str, dict[str, Any]], why: str) -> None:
    assert found(rows, 10, **columns) == [why]


def test_an_empty_table_has_no_rows_to_refer_to() -> None:
    assert found(1, 0, n={"kind": "reference", "to": "homes.id"}) == [
        "n.to: homes has no rows to refer to"
    ]
    assert not found(0, 0, n={"kind": "reference", "to": "homes.id"})


def test_a_column_that_needs_itself() -> None:
    [why] = found(1, n={"kind": "reference", "to": "repairs.n", "unique": True})
    assert why == ": refers to itself: repairs.n → repairs.n"


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
    capacities = {
        kind: place(kind=kind).column.capacity(place(kind=kind))
        for kind in ("uprn", "nino", "nhs_number", "boolean")
    }
    assert capacities == {
        "uprn": 100_000_000,
        "nino": 1_000_000,
        "nhs_number": 900_000,
        "boolean": None,
    }


def test_what_is_always_unique() -> None:
    assert all(place(kind=kind).column.is_unique for kind in ("sequence", "email", "uuid"))
    assert not place(kind="uprn").column.is_unique
    assert place(kind="uprn", unique=True).column.is_unique
