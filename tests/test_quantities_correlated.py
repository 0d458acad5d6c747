"""Numbers go together as the matrix says, and each keeps its own distribution."""

from __future__ import annotations

from statistics import NormalDist
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from sandboxctl.data.chance.correlations import factors
from sandboxctl.data.scope import Dataset
from tests.drawn import Columns, as_expected, data, found, scope, texts, units

COLUMNS: Columns = {
    "income": {"kind": "money", "distribution": "lognormal", "median": 25_000, "sigma": 0.5},
    "rent": {"kind": "integer", "distribution": "normal", "mean": 900, "sd": 200},
    "wait": {"kind": "duration", "distribution": "exponential", "mean": "2h"},
    "moved": {"kind": "date", "between": ["2000-01-01", "2026-01-01"]},
    "seen": {"kind": "timestamp", "between": ["2026-01-01", "2026-12-31"], "hours": {9: 1, 15: 1}},
    "age": {"kind": "integer", "between": [16, 2**40]},
}
MATRIX = [
    [1, 0.6, -0.3, 0.2, 0, 0],
    [0.6, 1, 0, 0, 0.5, 0],
    [-0.3, 0, 1, 0, 0, 0.95],
    [0.2, 0, 0, 1, 0.3, 0],
    [0, 0.5, 0, 0.3, 1, 0],
    [0, 0, 0.95, 0, 0, 1],
]


def test_they_go_together_as_the_matrix_says() -> None:
    matrix = [[*row[:5], 0] for row in MATRIX[:5]] + [[0, 0, 0, 0, 0, 1]]
    matrix[2][5] = matrix[5][2] = 0.8
    of = scope(COLUMNS, correlations=[{"of": list(COLUMNS), "matrix": matrix}])
    scores = np.array([_scores(units(of, name)) for name in COLUMNS])
    assert np.abs(np.corrcoef(scores) - np.array(matrix)).max() < 0.015


def _scores(values: Any) -> Any:
    """Normal scores of the ranks; equal values in any order."""
    ranks = values.argsort(kind="stable").argsort(kind="stable")
    normal = NormalDist()
    table = np.array([normal.inv_cdf((n + 0.5) / len(values)) for n in range(len(values))])
    return table[ranks]


def test_each_keeps_its_distribution() -> None:
    of = scope(COLUMNS, correlations=[{"of": ["rent", "income"], "matrix": [[1, -0.9], [-0.9, 1]]}])
    for name in ("income", "rent", "wait", "moved", "age"):
        assert as_expected(of, name)


def test_the_first_of_a_group_and_the_others_keep_their_rows() -> None:
    alone = scope(COLUMNS, 500)
    group = {"of": ["rent", "income"], "matrix": [[1, 0.5], [0.5, 1]]}
    together = scope(COLUMNS, 500, correlations=[group])
    for name in set(COLUMNS) - {"income"}:
        assert (units(alone, name) == units(together, name)).all()
    assert (units(alone, "income") != units(together, "income")).any()


def test_a_row_is_the_same_alone() -> None:
    group = {"of": ["rent", "income", "wait"], "matrix": [[1, 0.5, 0], [0.5, 1, 0], [0, 0, 1]]}
    dataset = Dataset(data(COLUMNS, 200, correlations=[group]))
    every, alone = (dataset.scope("t", np.array(rows, np.uint64)) for rows in (range(200), [199]))
    assert [texts(every, name)[199] for name in COLUMNS] == [
        texts(alone, name)[0] for name in COLUMNS
    ]


def test_factors_give_the_matrix_back() -> None:
    matrix = ((1.0, 0.6, -0.3), (0.6, 1.0, 0.1), (-0.3, 0.1, 1.0))
    rows = [np.array([*row, 0, 0][:3]) for row in factors(matrix)]
    assert np.allclose([[a @ b for a in rows] for b in rows], matrix)


@pytest.mark.parametrize(
    ("group", "why"),
    [
        (
            {"of": ["income", "rent"], "matrix": [[1, 0]]},
            "matrix: has 1 rows for 2 columns",
        ),
        (
            {"of": ["income", "rent"], "matrix": [[1, 0], [0, 1, 0]]},
            "matrix.1: has 3 numbers for 2 columns",
        ),
        (
            {"of": ["income", "rent"], "matrix": [[1, 0.1], [0.2, 1]]},
            "matrix.1: has 0.2 for rent and income, but 0.1 the other way round",
        ),
        (
            {"of": ["income", "rent"], "matrix": [[1, 0.1], [0.1, 0.5]]},
            "matrix.1: has 0.5 for rent with itself; should be 1",
        ),
        (
            {"of": ["income", "rent"], "matrix": [[1, 1], [1, 1]]},
            "matrix.1: is not positive definite: rent cannot go with income like this, "
            "as 0 of its variance would be left",
        ),
        (
            {"of": ["income", "rent", "wait"], "matrix": [[1, 0.9, 0.9], [0.9, 1, 0], [0.9, 0, 1]]},
            "matrix.2: is not positive definite: wait cannot go with income, rent like this, "
            "as -3.26 of its variance would be left",
        ),
        (
            {"of": ["income", "colour"], "matrix": [[1, 0], [0, 1]]},
            "of: colour is a choice; only integer, decimal, money, duration, date or timestamp "
            "can be correlated",
        ),
        (
            {"of": ["income", "size"], "matrix": [[1, 0], [0, 1]]},
            "of: size is not a column of this table",
        ),
        (
            {"of": ["income", "income"], "matrix": [[1, 0], [0, 1]]},
            "of: income is there twice; a column is correlated once",
        ),
        (
            {"of": ["income", "number"], "matrix": [[1, 0], [0, 1]]},
            "of: number is unique, so its values cannot follow another column",
        ),
    ],
)
def test_what_cannot_work(group: dict[str, Any], why: str) -> None:
    more: Columns = {
        "colour": {"kind": "choice", "of": ["red"]},
        "number": {"kind": "integer", "between": [1, 99], "unique": True},
    }
    assert found({**COLUMNS, **more}, correlations=[group]) == [f"correlations.0.{why}"]


@pytest.mark.parametrize("matrix", [[[1, 2], [2, 1]], [[1, "much"]], "none"])
def test_correlations_go_from_minus_one_to_one(matrix: object) -> None:
    with pytest.raises(ValidationError):
        data(COLUMNS, correlations=[{"of": ["income", "rent"], "matrix": matrix}])
