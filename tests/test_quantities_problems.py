"""Distributions that cannot work are refused with a sentence that says what they need."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from tests.drawn import Columns, data, found, wrong


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ({}, "between: is missing: uniform needs the least and the most"),
        ({"mean": 3, "between": [1, 2]}, "mean: has no part in uniform, which takes only between"),
        ({"distribution": "normal", "mean": 3}, "distribution: normal needs mean and sd"),
        ({"distribution": "normal"}, "distribution: normal needs mean and sd"),
        (
            {"distribution": "normal", "mean": 3, "sd": 1, "rate": 2},
            "rate: has no part in normal, which takes mean and sd",
        ),
        (
            {"distribution": "lognormal", "median": 3},
            "distribution: lognormal needs median and sigma, or mean and median, or mean and sd",
        ),
        (
            {"distribution": "lognormal", "mean": 3, "sd": 1, "median": 2},
            "distribution: lognormal needs median and sigma, or mean and median, or mean and sd",
        ),
        (
            {"distribution": "lognormal", "mean": 3, "median": 4},
            "mean: is 3; of lognormal it is above the median 4",
        ),
        (
            {"distribution": "lognormal", "mean": -3, "sd": 4},
            "mean: is -3; of lognormal it should be above 0",
        ),
        (
            {"distribution": "lognormal", "median": 1e9, "sigma": 9},
            "between: is missing: without it, some of these numbers are too large",
        ),
        (
            {"distribution": "exponential", "mean": 2, "rate": 0.5},
            "distribution: exponential needs mean, or rate",
        ),
        (
            {"distribution": "poisson", "mean": 0},
            "mean: is 0; of poisson it should be above 0",
        ),
        (
            {"distribution": "poisson", "mean": 2_000_000},
            "mean: is 2,000,000; of poisson it should be at most 1,000,000",
        ),
        (
            {"distribution": "poisson", "mean": 3, "between": [500, 600]},
            "between: is out of reach: poisson with this mean never comes there",
        ),
        (
            {"distribution": "zipf"},
            "between: is missing: zipf needs the least and the most",
        ),
        (
            {"distribution": "zipf", "between": [1, 200_000]},
            "between: has 200,000 values; zipf takes at most 100,000",
        ),
        (
            {"distribution": "normal", "mean": 0, "sd": 1, "between": [20, 30]},
            "between: holds 0 of this normal; should hold at least 1e-06",
        ),
        (
            {"distribution": "empirical", "quantiles": {0: 1, 0.5: 2}},
            "quantiles: go from 0 to 0.5; should go from 0 to 1",
        ),
        (
            {"distribution": "empirical", "quantiles": {0: 1, 0.5: 9, 1: 8}},
            "quantiles.1: has 8.0, which is not more than 9.0 at 0.5",
        ),
        (
            {"distribution": "empirical", "quantiles": {0: 1, 1: 8}, "between": [9, 12]},
            "between: holds 0 of this empirical; should hold at least 1e-06",
        ),
        (
            {"distribution": "empirical", "bands": [[0, 15, 1], [20, 16, 1]]},
            "bands.1: is upside down: 20 is more than 16",
        ),
        (
            {"distribution": "empirical", "bands": [[0, 15, 1], [15, 16, 1]]},
            "bands.1: begins at 15, but the one before ends at 15",
        ),
        (
            {"distribution": "empirical"},
            "distribution: empirical needs quantiles, or bands",
        ),
        ({"between": [6, 1]}, "between: is upside down: 6 is more than 1"),
        (
            {"distribution": "poisson", "mean": 3, "unique": True},
            "unique: goes only with the uniform distribution: every number comes at most once",
        ),
        (
            {"between": [1, 6], "cases": {"a": {"between": [1, 2]}}},
            "by: is missing: cases need the column that they go by",
        ),
        (
            {"between": [1, 6], "by": "y"},
            "cases: is missing: what to change for each y",
        ),
    ],
)
def test_whole_numbers_that_cannot_be(options: dict[str, Any], why: str) -> None:
    assert wrong(kind="integer", **options)[0] == why


@pytest.mark.parametrize(
    ("options", "why"),
    [
        (
            {"kind": "decimal", "between": [0.001, 0.009]},
            "between: has no numbers with that many decimal places",
        ),
        ({"kind": "money", "between": [0.001, 0.009]}, "between: has no amounts in whole pennies"),
        (
            {"kind": "duration", "between": ["2h", "1h"]},
            "between: is upside down: 7200 is more than 3600",
        ),
        ({"kind": "duration"}, "between: is missing: uniform needs the least and the most"),
    ],
)
def test_numbers_that_cannot_be(options: dict[str, Any], why: str) -> None:
    assert wrong(**options) == [why]


@pytest.mark.parametrize(
    "options",
    [
        {"kind": "decimal", "distribution": "poisson", "mean": 3},
        {"kind": "decimal", "between": [0, float("nan")]},
        {"kind": "money", "places": 3, "between": [0, 1]},
        {"kind": "integer", "between": [1, 2**80]},
        {"kind": "integer", "between": [True, 2]},
        {"kind": "integer", "distribution": "normal", "mean": 1, "sd": 0},
        {"kind": "integer", "distribution": "normal", "mean": 1, "sd": 1, "sigm": 1},
        {"kind": "integer", "distribution": "gauss", "mean": 1, "sd": 1},
        {"kind": "integer", "by": "y", "cases": "none"},
        {"kind": "duration", "between": [5, 10]},
        {"kind": "duration", "between": ["5", "10"]},
        {"kind": "duration", "between": ["5m", "1000000d"]},
        {"kind": "duration", "distribution": "exponential", "mean": "0s"},
        {"kind": "boolean", "unique": True},
    ],
)
def test_options_that_are_refused(options: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        data({"x": options})


TENURE = {"kind": "choice", "of": ["owned", "let"]}


@pytest.mark.parametrize(
    ("options", "why"),
    [
        (
            {"between": [1, 2], "cases": {"lent": {"between": [1, 1]}}},
            ["cases.lent: is for tenure = lent, but tenure is one of owned, let"],
        ),
        (
            {"cases": {"let": {"between": [1, 1]}}},
            ["between: is missing: uniform needs the least and the most"],
        ),
        (
            {"between": [1, 2], "cases": {"let": {"distribution": "normal", "mean": 1}}},
            ["cases.let.distribution: normal needs mean and sd"],
        ),
        (
            {"between": [1, 2], "cases": {"let": {"between": [3, 1]}}},
            ["cases.let.between: is upside down: 3 is more than 1"],
        ),
        (
            {"between": [1, 20], "unique": True, "cases": {"let": {"between": [1, 3]}}},
            ["unique: goes without `by`: cases may overlap"],
        ),
        ({"cases": {"let": {"between": [1, 1]}, "owned": {"between": [0, 0]}}}, []),
    ],
)
def test_cases_that_cannot_be(options: dict[str, Any], why: list[str]) -> None:
    columns: Columns = {"tenure": TENURE, "x": {"kind": "integer", "by": "tenure", **options}}
    assert found(columns) == [f"columns.x.{line}" for line in why]


def test_columns_that_go_by_each_other() -> None:
    one = {"kind": "integer", "between": [1, 2], "cases": {"1": {"between": [2, 2]}}}
    [why] = found({"a": one | {"by": "b"}, "b": one | {"by": "a"}})
    assert "refers to itself: " in why


def test_more_unique_numbers_than_there_are() -> None:
    columns: Columns = {"n": {"kind": "integer", "between": [1, 6], "unique": True}}
    assert found(columns, 7) == [
        "columns.n.unique: 7 unique whole numbers asked for, 6 exist between the bounds"
    ]
