"""Numbers come as often as their distribution says, inside their bounds, whatever the chunk."""

from __future__ import annotations

from statistics import NormalDist
from typing import Any

import numpy as np
import pytest

from sandboxctl.data.chance.curves import table
from sandboxctl.data.chance.laws import Law
from sandboxctl.data.scope import Dataset
from tests.drawn import (
    as_expected,
    data,
    decimals,
    kind_of,
    numbers,
    place,
    scope,
    texts,
    units,
)

SHAPES: list[dict[str, Any]] = [
    {"kind": "integer", "between": [1, 6]},
    {"kind": "integer", "between": [-500, 500]},
    {"kind": "integer", "distribution": "normal", "mean": 5, "sd": 2},
    {"kind": "integer", "distribution": "normal", "mean": 0, "sd": 20, "between": [10, 15]},
    {"kind": "integer", "distribution": "poisson", "mean": 0.7},
    {"kind": "integer", "distribution": "poisson", "mean": 4, "between": [1, 6]},
    {"kind": "integer", "distribution": "poisson", "mean": 5_000},
    {"kind": "integer", "distribution": "zipf", "between": [10, 20]},
    {"kind": "integer", "distribution": "zipf", "between": [1, 5_000], "exponent": 1.3},
    {"kind": "integer", "distribution": "empirical", "quantiles": {0: 0, 0.5: 120, 1: 5_000}},
    {
        "kind": "integer",
        "distribution": "empirical",
        "quantiles": {0: 0, 0.25: 40, 1: 90},
        "between": [-10, 70],
    },
    {
        "kind": "integer",
        "distribution": "empirical",
        "bands": [[0, 15, 18], [16, 64, 63], [65, 65, 1], [90, 100, 18]],
    },
    {
        "kind": "money",
        "distribution": "empirical",
        "bands": [[0, 99.99, 3], [100, 199.99, 1]],
        "between": [50, 150],
    },
    {"kind": "duration", "distribution": "empirical", "bands": [["5m", "10m", 1], ["1h", "2h", 9]]},
    {"kind": "decimal", "between": [-1, 1], "places": 3},
    {"kind": "decimal", "distribution": "normal", "mean": 100, "sd": 15},
    {"kind": "decimal", "distribution": "normal", "mean": 100, "sd": 15, "between": [120, 130]},
    {"kind": "decimal", "distribution": "normal", "mean": 0, "sd": 1, "between": [4, 9]},
    {"kind": "decimal", "distribution": "exponential", "rate": 0.5},
    {"kind": "decimal", "distribution": "exponential", "mean": 2, "between": [1, 3]},
    {"kind": "money", "between": [0, 99.99]},
    {"kind": "money", "distribution": "lognormal", "median": 25_000, "sigma": 0.5},
    {"kind": "money", "distribution": "lognormal", "median": 25_000, "mean": 31_000},
    {"kind": "money", "distribution": "lognormal", "mean": 31_000, "sd": 9_000},
    {"kind": "money", "distribution": "lognormal", "mean": 3, "sd": 9, "between": [0, 5]},
    {"kind": "duration", "between": ["5m", "2h"]},
    {"kind": "duration", "distribution": "normal", "mean": "1h", "sd": "1h"},
    {"kind": "duration", "distribution": "lognormal", "median": "90m", "mean": "2h"},
    {"kind": "duration", "distribution": "empirical", "quantiles": {0: "0s", 0.9: "1h", 1: "3d"}},
]


GOLDEN = [
    ["6", "2", "6"],
    ["214", "-33", "434"],
    ["6", "10", "4"],
    ["12", "15", "14"],
    ["1", "0", "2"],
    ["4", "6", "4"],
    ["4945", "4972", "5025"],
    ["10", "10", "10"],
    ["9", "2", "2"],
    ["3064", "1639", "107"],
    ["51", "31", "5"],
    ["36", "14", "57"],
    ["79.39", "84.64", "90.91"],
    ["PT4076S", "PT6892S", "PT6951S"],
    ["-0.534", "0.333", "0.685"],
    ["133.94", "103.12", "107.43"],
    ["123.33", "124.75", "127.20"],
    ["4.09", "4.72", "4.08"],
    ["1.68", "0.40", "1.40"],
    ["1.43", "2.73", "1.45"],
    ["53.67", "57.32", "43.64"],
    ["38288.49", "25770.73", "9158.09"],
    ["18002.91", "29989.54", "74659.39"],
    ["19999.55", "31594.86", "22635.68"],
    ["0.12", "1.70", "0.20"],
    ["PT1096S", "PT6585S", "PT3958S"],
    ["PT4352S", "PT7628S", "PT7944S"],
    ["PT3869S", "PT6609S", "PT2445S"],
    ["PT2708S", "PT21S", "PT1813S"],
]


@pytest.mark.parametrize("options", SHAPES, ids=lambda o: f"{o['kind']} {o.get('distribution')}")
def test_numbers_come_as_often_as_they_should(options: dict[str, Any]) -> None:
    of = scope({"x": options})
    assert as_expected(of, "x")
    made, kind = units(of, "x"), place(of, "x").type
    assert kind.low is not None
    assert kind.high is not None
    assert kind.low <= made.min()
    assert made.max() <= kind.high


def test_bounds_are_reached() -> None:
    assert {*numbers(kind="integer", between=[-2, 2])} == {-2, -1, 0, 1, 2}
    assert {*numbers(kind="integer", distribution="normal", mean=0, sd=9, between=[1, 3])} == {
        1,
        2,
        3,
    }


def test_the_mean_and_the_spread_are_those_asked_for() -> None:
    made = numbers(kind="decimal", distribution="normal", mean=100, sd=15)
    assert made.mean() / 100 == pytest.approx(100, abs=0.3)
    assert made.std() / 100 == pytest.approx(15, abs=0.2)
    pay = numbers(kind="money", distribution="lognormal", mean=31_000, sd=9_000)
    assert pay.mean() / 100 == pytest.approx(31_000, rel=0.01)
    assert pay.std() / 100 == pytest.approx(9_000, rel=0.03)
    skewed = numbers(kind="money", distribution="lognormal", mean=31_000, median=25_000)
    assert np.median(skewed) / 100 == pytest.approx(25_000, rel=0.02)
    assert skewed.mean() / 100 == pytest.approx(31_000, rel=0.02)


def test_tails_are_there() -> None:
    made = numbers(kind="decimal", distribution="normal", mean=0, sd=1)
    assert 3.7 < made.max() / 100 < 5.5
    assert -5.5 < made.min() / 100 < -3.7


def test_a_table_is_as_good_as_the_law() -> None:
    normal = NormalDist(100, 15)
    made = table(Law("normal", None, None, 100, 15))
    off = [abs(made.at_or_below(unit) - normal.cdf(unit + 0.5)) for unit in range(200)]
    assert max(off) < 2.5e-5


def test_bands_have_their_shares_and_nothing_comes_between_them() -> None:
    bands = [[0, 15, 18], [16, 64, 63], [65, 65, 1], [90, 100, 18]]
    made = numbers(kind="integer", distribution="empirical", bands=bands)
    shares = [((low <= made) & (made <= high)).mean() * 100 for low, high, _ in bands]
    assert shares == pytest.approx([18, 63, 1, 18], abs=0.7)
    assert sum(shares) == pytest.approx(100)


def test_wide_ranges_are_even() -> None:
    made = numbers(kind="integer", between=[-(2**61), 2**61])
    assert made.min() < -(2**61) * 0.999
    assert 2**61 * 0.999 < made.max() <= 2**61
    assert abs((made > 0).mean() - 0.5) < 0.01


def test_unique_numbers_are_all_there_once() -> None:
    assert sorted(numbers(kind="integer", between=[1, 60_000], unique=True)) == [*range(1, 60_001)]


def test_types() -> None:
    assert str(kind_of(kind="integer", between=[1, 6])) == "a whole number"
    assert str(kind_of(kind="duration", between=["1m", "2m"])) == "a duration"
    money = kind_of(kind="money", between=[0.5, 1])
    assert (money.name, money.places, money.low, money.high) == ("decimal", 2, 50, 100)
    cost = kind_of(kind="decimal", places=1, between=[-0.25, 0.29])
    assert (cost.places, cost.low, cost.high) == (1, -2, 2)
    cases = {"owned": {"between": [0, 3]}, "let": {"between": [7, 9]}}
    by = kind_of(kind="integer", by="tenure", cases=cases)
    assert (by.low, by.high) == (0, 9)


def test_places_of_decimals() -> None:
    of = scope(
        {
            "a": {"kind": "money", "between": [0, 9]},
            "b": {"kind": "decimal", "between": [0, 9], "places": 4},
        }
    )
    assert decimals(of.cells("a").values) == 2
    assert decimals(of.cells("b").values) == 4
    assert all(len(text.partition(".")[2]) == 4 for text in texts(of, "b")[:50])


def test_a_row_is_the_same_alone_and_in_any_order() -> None:
    columns = {f"x{n}": one for n, one in enumerate(SHAPES)}
    dataset = Dataset(data(columns, 1_000))
    rows = np.array([7, 999, 0, 7], np.uint64)
    some, every = dataset.scope("t", rows), dataset.scope("t", np.arange(1_000, dtype=np.uint64))
    for name in columns:
        assert [texts(every, name)[row] for row in rows] == texts(some, name)


def test_values_do_not_change_from_one_machine_to_the_next() -> None:
    of = scope({f"x{n}": options for n, options in enumerate(SHAPES)}, 3)
    assert [texts(of, f"x{n}") for n in range(len(SHAPES))] == GOLDEN
