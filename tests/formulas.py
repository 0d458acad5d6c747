"""A dataset to try formulas on: what several tests of the language share."""

from __future__ import annotations

from typing import Any

import numpy as np

from sandboxctl.data.arrow import column
from sandboxctl.data.kinds.kind import Place
from sandboxctl.data.model import Data
from sandboxctl.data.problems import problems
from sandboxctl.data.relations.sizes import sizes
from sandboxctl.data.scope import Dataset
from sandboxctl.data.types import Type

ROWS = 400
PEOPLE: dict[str, Any] = {
    "id": {"kind": "sequence"},
    "born": {"kind": "date", "between": ["1888-01-01", "2012-02-29"]},
    "name": {"kind": "choice", "of": ["Ann Lee", "Zoë  O'Neill-Ng", " Y", "straße"]},
    "boss": {"kind": "reference", "to": "people.id", "missing": 0.3},
}
CASES: dict[str, Any] = {
    "a": {"kind": "integer", "between": [-5, 9]},
    "n": {"kind": "integer", "between": [0, 3], "missing": 0.3},
    "p": {"kind": "decimal", "between": [-20, 20]},
    "r": {"kind": "decimal", "between": [0, 1], "places": 3, "missing": 0.2},
    "who": {"kind": "reference", "to": "people.id", "missing": 0.2},
    "status": {"kind": "choice", "of": ["open", "closed", "void"]},
    "also": {"kind": "choice", "of": ["void", "open"]},
    "note": {"kind": "choice", "of": ["", "open Case", "x"], "missing": 0.3},
    "day": {"kind": "date", "between": ["2023-12-25", "2028-03-01"]},
    "at": {"kind": "timestamp", "between": ["1969-11-30", "2026-06-30"]},
    "flag": {"kind": "boolean", "missing": 0.2},
    "key": {"kind": "uuid"},
    "class": {"kind": "integer", "between": [1, 6]},
}


def data(
    *,
    rules: list[str] | None = None,
    rows: int = ROWS,
    case: dict[str, Any] | None = None,
    edges: dict[str, float] | None = None,
) -> Data:
    """People, and cases of them with more columns."""
    cases: dict[str, Any] = {
        "rows": rows,
        "columns": {**CASES, **(case or {})},
        "rules": rules or [],
    }
    cases["edge_cases"] = edges or {}
    tables = {"people": {"rows": 60, "columns": PEOPLE}, "cases": cases}
    return Data.model_validate({"seed": 7, "tables": tables})


def found(given: Data) -> list[str]:
    """What is wrong, each with the last part of its path."""
    return [f"{path[-2]}.{path[-1]}: {why}" for path, why in problems(given)]


def why(formula: str, **case: Any) -> str:
    """What is wrong with one formula; empty if nothing is."""
    given = data(case={**case, "it": {"kind": "expression", "of": formula}})
    said = [text for path, text in problems(given) if path[3:4] == ("it",)]
    return said[0] if said else ""


def kind(formula: str, **case: Any) -> Type:
    """The type of a formula."""
    given = data(case={**case, "it": {"kind": "expression", "of": formula}})
    return Place(given, sizes(given), "cases", "it").type


def values(given: Data, table: str, name: str, rows: int | None = None) -> list[Any]:
    """A column as Python sees it."""
    dataset = Dataset(given)
    numbers = np.arange(dataset.sizes[table] if rows is None else rows, dtype=np.uint64)
    made: list[Any] = column(dataset.scope(table, numbers).cells(name)).to_pylist()
    return made


def columns(given: Data, table: str = "cases") -> list[dict[str, Any]]:
    """All rows of a table."""
    names = list(given.tables[table].columns)
    every = zip(*(values(given, table, name) for name in names), strict=True)
    return [dict(zip(names, row, strict=True)) for row in every]
