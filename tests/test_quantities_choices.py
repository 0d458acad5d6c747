"""Yes and no, and one of a few: by weight, exactly, and by another column."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from sandboxctl.data.chance.lots import draw, lots
from sandboxctl.data.chance.mix import draws, pick
from tests.drawn import (
    Columns,
    as_expected,
    data,
    found,
    kind_of,
    place,
    scope,
    texts,
    units,
    wrong,
)

BITS = draws(5, np.arange(20_000, dtype=np.uint64))


@pytest.mark.parametrize(
    "weights",
    [(1.0,), (1.0, 1.0), (0.5, 0, 0.3, 0.2, 0), (1e-6, 1.0), (1.0,) * 3_000, (1.0,) * 20_000],
    ids=len,
)
def test_lots_are_those_of_the_slow_way(weights: tuple[float, ...]) -> None:
    assert (draw(lots(weights), BITS) == pick(BITS, weights)).all()


def test_a_bound_is_exact() -> None:
    edge = np.array([0x55555554FFFFFFFF, 0x5555555500000000], np.uint64)
    assert draw(lots((1, 2)), edge).tolist() == [0, 1]


CHOICES: list[dict[str, Any]] = [
    {"of": ["a", "b", "c"]},
    {"of": {"a": 5, "b": 0, "c": 0.01}},
    {"of": [True, False]},
    {"of": {1: 3, 2: 1}},
    {"of": {1: 1, 2.5: 2}},
    {"of": {True: 1, 3: 1, 2.5: 1, "x": 1}},
    {"of": {n: n for n in range(1, 300)}},
]


@pytest.mark.parametrize("options", CHOICES)
def test_choices_come_as_often_as_they_should(options: dict[str, Any]) -> None:
    assert as_expected(scope({"x": {"kind": "choice", **options}}), "x")


def test_choices_have_the_narrowest_type() -> None:
    names = [kind_of(kind="choice", **options).name for options in CHOICES]
    assert names == ["text", "text", "truth", "whole", "decimal", "text", "whole"]
    assert kind_of(kind="choice", of=[1e300]).name == "text"
    assert kind_of(kind="choice", of=[1e-7, 2]).places == 7
    prices = kind_of(kind="choice", of=[2.5, -1])
    assert (prices.places, prices.low, prices.high) == (1, -10, 25)


BY: Columns = {
    "region": {"kind": "choice", "of": {"north": 1, "south": 3}},
    "size": {"kind": "choice", "of": [1.5, 2, 3]},
    "tenure": {
        "kind": "choice",
        "by": "region",
        "of": {"north": {"own": 0.2, "let": 0.8}, "south": ["own", "let", "other"]},
    },
    "rooms": {"kind": "choice", "by": "tenure", "of": {"own": [3, 4], "let": [4], "other": [1]}},
    "damp": {"kind": "boolean", "chance": 0.2, "by": "tenure", "cases": {"let": 0.7}},
    "warm": {"kind": "boolean", "by": "damp", "cases": {True: {"chance": 0}, False: 1}},
    "big": {"kind": "boolean", "by": "size", "cases": {1.5: 0, 2: 0, 3: 1}},
    "plain": {"kind": "boolean", "chance": 0.25},
}


@pytest.mark.parametrize("name", list(BY))
def test_by_another_column(name: str) -> None:
    assert as_expected(scope(BY), name)


def test_by_who_somebody_is() -> None:
    of = scope(
        {
            "sex": {"kind": "sex"},
            "coat": {
                "kind": "choice",
                "by": "sex",
                "of": {"female": ["f"], "male": ["m"], "prefer not to say": ["p"]},
            },
            "prize": {
                "kind": "integer",
                "by": "sex",
                "between": [0, 0],
                "cases": {"male": {"between": [1, 1]}},
            },
            "greeting": {
                "kind": "text",
                "by": "sex",
                "of": {"female": "f", "male": "m", "prefer not to say": "p"},
            },
        },
        2_000,
        edge_cases={"prefer_not_to_say": 0.1},
    )
    sexes = texts(of, "sex")
    assert {*sexes} == {"female", "male", "prefer not to say"}
    assert texts(of, "coat") == texts(of, "greeting") == [sex[0] for sex in sexes]
    assert texts(of, "prize") == [str(int(sex == "male")) for sex in sexes]


def test_a_case_decides() -> None:
    of = scope(BY)
    assert set(zip(texts(of, "tenure"), texts(of, "rooms"), strict=True)) == {
        ("own", "3"),
        ("own", "4"),
        ("let", "4"),
        ("other", "1"),
    }
    assert (units(of, "warm") == ~units(of, "damp")).all()
    assert (units(of, "big") == (np.array(texts(of, "size")) == "3.0")).all()


def test_by_a_column_of_any_kind_that_has_few_values() -> None:
    columns: Columns = {
        "home": {"kind": "reference", "to": "homes.id"},
        "of": {"kind": "boolean", "by": "home.tenure", "cases": {"let": 1, "owned": 0}},
        "pick": {
            "kind": "choice",
            "by": "home.tenure",
            "of": {"let": ["landlord"], "owned": ["owner"]},
        },
    }
    of = scope(columns)
    assert (units(of, "of") == (np.array(texts(of, "pick")) == "landlord")).all()
    for name in ("of", "pick"):
        assert place(of, name).column.expected(place(of, name)) is None
        assert set(place(of, name).column.needs(place(of, name))) == {
            ("t", "home"),
            ("homes", "tenure"),
        }


@pytest.mark.parametrize(
    ("options", "why"),
    [
        (
            {"kind": "choice", "of": {"a": -1, "b": 2}},
            "of.a: has the weight -1; should be 0 or more",
        ),
        (
            {"kind": "choice", "of": {"a": 0}},
            "of: has no weight above 0, so there is nothing to choose",
        ),
        (
            {"kind": "choice", "of": {"a": ["b"]}},
            "by: is missing: lists by value need the column that they go by",
        ),
        (
            {"kind": "boolean", "cases": {"a": 1}},
            "by: is missing: cases need the column that they go by",
        ),
        (
            {"kind": "choice", "by": "z", "of": {"a": ["b"]}},
            "by: t has no column z; it has x, y",
        ),
        (
            {"kind": "boolean", "by": "y.z", "cases": {"a": 1}},
            "by: y should be a reference: only that leads to a column z",
        ),
    ],
)
def test_what_cannot_work(options: dict[str, Any], why: str) -> None:
    assert wrong(**options)[0] == why


@pytest.mark.parametrize(
    ("options", "why"),
    [
        (
            {"by": "region", "of": {"north": ["a"]}},
            "of: has nothing for region = south",
        ),
        (
            {"by": "region", "of": {"north": ["a"], "south": ["b"], "west": ["c"]}},
            "of.west: is for region = west, but region is one of north, south",
        ),
        (
            {"by": "region", "of": ["a"]},
            "of.: is for region = , but region is one of north, south",
        ),
        (
            {"by": "id", "of": {"north": ["a"]}},
            "by: id should be a column with a few known values, such as a choice or a boolean",
        ),
        (
            {"by": "number", "of": {"north": ["a"]}},
            "by: number should be a column with a few known values, such as a choice or a boolean",
        ),
        (
            {"by": "home.rooms", "of": {"north": ["a"]}},
            "by: homes has no column rooms; it has id, built, tenure",
        ),
        (
            {"by": "flat.rooms", "of": {"north": ["a"]}},
            "by: flats has no column rooms; it has no columns",
        ),
        (
            {"by": "many", "of": {"z": ["a"]}},
            "of.z: is for many = z, but many is one of a, b, c, d, e and 2 more",
        ),
    ],
)
def test_another_column_that_does_not_fit(options: dict[str, Any], why: str) -> None:
    columns: Columns = {
        "id": {"kind": "sequence"},
        "number": {"kind": "integer", "between": [1, 10_000]},
        "region": {"kind": "choice", "of": ["north", "south"]},
        "many": {"kind": "choice", "of": [*"abcdefg"]},
        "home": {"kind": "reference", "to": "homes.id"},
        "flat": {"kind": "reference", "to": "flats.id"},
        "x": {"kind": "choice", **options},
    }
    assert [line for line in found(columns) if ".x." in line] == [f"columns.x.{why}"]


@pytest.mark.parametrize(
    "of", [[], {}, "ab", [["a"]], {"a": "many"}, {"a\0": 1}, {"a": 1, "b": ["c"]}, {"a": [["b"]]}]
)
def test_lists_that_make_no_sense(of: object) -> None:
    with pytest.raises(ValidationError):
        data({"x": {"kind": "choice", "of": of}})


@pytest.mark.parametrize("cases", ["a", {"a": 1.5}, {"a": {"chances": 1}}])
def test_chances_that_make_no_sense(cases: object) -> None:
    with pytest.raises(ValidationError):
        data({"x": {"kind": "boolean", "by": "y", "cases": cases}})
