"""Numbers by another column: each case has its own distribution."""

from __future__ import annotations

import numpy as np
import pytest

from sandboxctl.data.scope import Dataset
from tests.drawn import Columns, as_expected, data, place, scope, texts, units

CONDITIONAL: Columns = {
    "region": {"kind": "choice", "of": {"north": 1, "south": 2, "west": 1}},
    "own": {"kind": "boolean", "chance": 0.4},
    "beds": {"kind": "integer", "between": [1, 4]},
    "income": {
        "kind": "money",
        "distribution": "lognormal",
        "median": 20_000,
        "sigma": 0.4,
        "by": "region",
        "cases": {
            "south": {"median": 30_000},
            "west": {"distribution": "normal", "mean": 9_000, "sd": 500, "between": [0, 20_000]},
        },
    },
    "rent": {
        "kind": "integer",
        "by": "own",
        "cases": {False: {"between": [400, 500]}, True: {"between": [0, 0]}},
    },
    "people": {
        "kind": "integer",
        "between": [1, 9],
        "by": "beds",
        "cases": {
            1: {"between": [1, 2]},
            4: {"distribution": "empirical", "quantiles": {0: 1, 1: 8}},
        },
    },
}


@pytest.mark.parametrize("name", ["income", "rent", "people"])
def test_numbers_by_another_column(name: str) -> None:
    assert as_expected(scope(CONDITIONAL), name)


def test_a_case_changes_what_it_says_and_keeps_the_rest() -> None:
    of = scope(CONDITIONAL)
    region, income = np.array(texts(of, "region")), units(of, "income") / 100
    assert np.median(income[region == "north"]) == pytest.approx(20_000, rel=0.03)
    assert np.median(income[region == "south"]) == pytest.approx(30_000, rel=0.03)
    assert income[region == "west"].std() == pytest.approx(500, rel=0.05)


def test_numbers_by_a_column_of_the_row_referred_to() -> None:
    of = scope(
        {
            "home": {"kind": "reference", "to": "homes.id"},
            "rent": {
                "kind": "integer",
                "between": [0, 0],
                "by": "home.tenure",
                "cases": {"let": {"between": [1, 9]}},
            },
        }
    )
    tenure = np.array(texts(of.parent("home"), "tenure"))
    assert ((units(of, "rent") > 0) == (tenure == "let")).all()
    assert place(of, "rent").column.expected(place(of, "rent")) is None


def test_a_row_is_the_same_alone_and_in_any_order() -> None:
    dataset = Dataset(data(CONDITIONAL, 1_000))
    rows = np.array([7, 999, 0, 7], np.uint64)
    some, every = dataset.scope("t", rows), dataset.scope("t", np.arange(1_000, dtype=np.uint64))
    for name in CONDITIONAL:
        assert [texts(every, name)[row] for row in rows] == texts(some, name)


def test_no_rows() -> None:
    of = scope(CONDITIONAL, 0)
    assert [len(units(of, name)) for name in ("income", "rent", "people")] == [0, 0, 0]
