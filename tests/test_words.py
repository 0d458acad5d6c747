"""Sentences, reports from a grammar, and text of a given shape."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from sandboxctl.data.scope import Dataset
from tests.drawn import Columns, as_expected, data, found, place, scope, texts, wrong

TRADE = {"kind": "choice", "of": ["plumber", "roofer"]}
REPORT: dict[str, Any] = {
    "start": ["{opening} {fault}.", "{fault}, {since}! {fault}", "Nothing {at all}"],
    "opening": ["Hello, I think that", "Since Monday", "The tenant says that"],
    "since": [f"for {n} days" for n in range(90)],
    "fault": ["the {thing} {does}", "{thing} and {thing} leak in the {room}"],
    "thing": ["tap", "roof", "boiler", "O'Neill's \N{LATIN SMALL LETTER E WITH ACUTE}tag\u00e8re"],
    "does": ["drips", "is cold"],
    "room": "bathroom",
}
COLUMNS: Columns = {
    "trade": TRADE,
    "plain": {"kind": "text", "of": ["a", "b {c}", "a"]},
    "note": {"kind": "text", "by": "trade", "of": {"plumber": "drips", "roofer": ["x", "y"]}},
    "report": {"kind": "text", "grammar": REPORT},
    "small": {"kind": "text", "of": ["{a}{a}"], "grammar": {"a": ["0", "1"]}},
    "chain": {"kind": "text", "of": ["{a}{a}{a}"], "grammar": {"a": [f"{n}-" for n in range(99)]}},
    "both": {
        "kind": "text",
        "by": "trade",
        "of": {"plumber": ["wet {x}"], "roofer": ["dry {x}", "open {x}"]},
        "grammar": {"x": ["floor", "wall"]},
    },
    "code": {"kind": "pattern", "pattern": "??-####"},
    "reference": {"kind": "pattern", "pattern": "{APP|LIC}/@@@\\#{1|22}#####", "unique": True},
    "long": {"kind": "pattern", "pattern": "@@@@@@@@@@@@@@@@@@@@@@", "unique": True},
}


@pytest.mark.parametrize("name", ["plain", "note"])
def test_sentences_come_as_often_as_they_should(name: str) -> None:
    assert as_expected(scope(COLUMNS), name)


def test_a_grammar_makes_what_it_says() -> None:
    made = texts(scope(COLUMNS), "report")
    thing = "(?:tap|roof|boiler|O'Neill's \u00e9tag\u00e8re)"
    fault = f"(?:the {thing} (?:drips|is cold)|{thing} and {thing} leak in the bathroom)"
    opening = "(?:Hello, I think that|Since Monday|The tenant says that)"
    forms = [rf"{opening} {fault}\.", rf"{fault}, for \d+ days! {fault}", r"Nothing \{at all\}"]
    shares = [sum(bool(re.fullmatch(form, text)) for text in made) / len(made) for form in forms]
    assert shares == pytest.approx([1 / 3] * 3, abs=0.01)
    assert sum(shares) == pytest.approx(1)
    assert len(set(made)) > 15_000


def test_each_name_is_drawn_by_itself() -> None:
    of = scope(COLUMNS)
    small = texts(of, "small")
    for pair in ("00", "01", "10", "11"):
        assert small.count(pair) / len(small) == pytest.approx(0.25, abs=0.01)
    chains = [text.split("-") for text in texts(of, "chain")]
    assert {len(chain) for chain in chains} == {4}
    assert len({(first, second) for first, second, _, _ in chains}) > 9_000


def test_a_grammar_by_another_column() -> None:
    of = scope(COLUMNS)
    pairs = set(zip(texts(of, "trade"), texts(of, "both"), strict=True))
    assert pairs == {
        ("plumber", "wet floor"),
        ("plumber", "wet wall"),
        *(("roofer", f"{how} {what}") for how in ("dry", "open") for what in ("floor", "wall")),
    }


def test_patterns() -> None:
    of = scope(COLUMNS)
    code, reference, long = (texts(of, name) for name in ("code", "reference", "long"))
    assert all(re.fullmatch(r"[a-z]{2}-\d{4}", text) for text in code)
    assert all(re.fullmatch(r"(APP|LIC)/[A-Z]{3}#(1|22)\d{5}", text) for text in reference)
    assert all(re.fullmatch(r"[A-Z]{22}", text) for text in long)
    assert len(set(reference)) == len(set(long)) == of.count
    assert {text[0] for text in code} == {*"abcdefghijklmnopqrstuvwxyz"}
    assert {text[-1] for text in long} == {*"ABCDEFGHIJKLMNOPQRSTUVWXYZ"}


def test_a_unique_pattern_uses_every_text_once() -> None:
    of = scope({"x": {"kind": "pattern", "pattern": "{a|bc}@##", "unique": True}}, 5_200)
    assert len(set(texts(of, "x"))) == 5_200
    wide = scope({"x": {"kind": "pattern", "pattern": "########", "unique": True}}, 30_000)
    assert len(set(texts(wide, "x"))) == 30_000


def test_a_row_is_the_same_alone_and_in_any_order() -> None:
    dataset = Dataset(data(COLUMNS, 300))
    rows = np.array([7, 299, 0, 7], np.uint64)
    some, every = dataset.scope("t", rows), dataset.scope("t", np.arange(300, dtype=np.uint64))
    for name in COLUMNS:
        assert [texts(every, name)[row] for row in rows] == texts(some, name)


def test_no_rows() -> None:
    of = scope(COLUMNS, 0)
    assert [texts(of, name) for name in ("report", "both", "code")] == [[], [], []]


def test_what_text_says_of_itself() -> None:
    of = scope(COLUMNS)
    assert place(of, "report").column.expected(place(of, "report")) is None
    assert list(place(of, "note").column.needs(place(of, "note"))) == [("t", "trade")]
    assert place(of, "reference").column.capacity(place(of, "reference")) == 2 * 26**3 * 2 * 10**5


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ({}, "of: is missing: sentences, or a grammar with `start`"),
        ({"of": []}, "of: has no sentences"),
        ({"grammar": {"a": "b"}}, "of: is missing: sentences, or a grammar with `start`"),
        ({"grammar": {"start": []}}, "grammar.start: has no texts"),
        ({"grammar": {"start": "{a}"}}, "grammar.start: has {a}, which the grammar does not"),
        (
            {"of": ["{b}"], "grammar": {"a": "x"}},
            "of: has {b}, which the grammar does not",
        ),
        (
            {"of": ["{a}"], "grammar": {"a": "{b}", "b": "{a}"}},
            "leads back to itself: ",
        ),
        (
            {"grammar": {"start": "{a}" * 100, "a": "{b}" * 100, "b": "many"}},
            "grammar.start: has texts of 40,000 characters; at most 10,000",
        ),
        (
            {"of": ["{a}"], "grammar": {"a": "{b}" * 200, "b": "{c}" * 200, "c": ""}},
            "of: has texts of 40,000 characters; at most 10,000",
        ),
        (
            {"of": {"a": "x"}},
            "by: is missing: lists by value need the choice column that they go by",
        ),
        (
            {"of": {"a": "x"}, "by": "trade"},
            "by: t has no column trade; it has x, y",
        ),
    ],
)
def test_texts_that_cannot_be(options: dict[str, Any], why: str) -> None:
    assert why in wrong(kind="text", **options)[0]


@pytest.mark.parametrize(
    ("of", "why"),
    [
        ({"plumber": "x"}, "of: has no sentences for trade = roofer"),
        (
            {"plumber": "x", "roofer": "y", "z": "z"},
            "of.z: is for trade = z, but trade is one of plumber, roofer",
        ),
        ({"plumber": "x", "roofer": []}, "of.roofer: has no sentences"),
    ],
)
def test_sentences_by_another_column_that_do_not_fit(of: object, why: str) -> None:
    columns: Columns = {"trade": TRADE, "x": {"kind": "text", "of": of, "by": "trade"}}
    assert found(columns) == [f"columns.x.{why}"]


@pytest.mark.parametrize(
    ("pattern", "why"),
    [
        ("a{b|c", "has a { without its }"),
        ("a}b", "has a } without its {"),
        ("a\\", "ends in a backslash"),
        ("{a\\", "ends in a backslash"),
        ("{a|b|a}", "where a text is there twice"),
        ("", "at least 1"),
    ],
)
def test_patterns_that_are_refused(pattern: str, why: str) -> None:
    with pytest.raises(ValidationError, match=why):
        data({"x": {"kind": "pattern", "pattern": pattern}})


def test_escapes_in_a_pattern() -> None:
    of = scope({"x": {"kind": "pattern", "pattern": r"\{\#\@\?\\\}{\|}"}}, 1)
    assert texts(of, "x") == [r"{#@?\}|"]


def test_patterns_that_cannot_be_unique() -> None:
    ambiguous = {"kind": "pattern", "pattern": "{a|ab}{bc|c}", "unique": True}
    assert found({"x": ambiguous}, 1) == [
        "columns.x.unique: goes with one {a|b} of different lengths: "
        "two of them can make the same text"
    ]
    assert found({"x": {"kind": "pattern", "pattern": "##", "unique": True}}, 101) == [
        "columns.x.unique: 101 unique texts of this pattern asked for, 100 exist of this shape"
    ]


@pytest.mark.parametrize(
    "options", [{"of": "a single one"}, {"of": ["a\0"]}, {"of": 5}, {"grammar": {"A b": ["x"]}}]
)
def test_texts_that_are_refused(options: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        data({"x": {"kind": "text", **options}})
