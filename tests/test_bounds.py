"""What would grow without end is refused before a row is made, and says how far it would go."""

from __future__ import annotations

import time
from typing import Any

import pytest
from pydantic import ValidationError

from sandboxctl.blueprint.words import said
from sandboxctl.data.model import Data
from sandboxctl.data.numerals import spelled
from sandboxctl.data.problems import problems
from sandboxctl.data.relations.counting import Walked, counting
from sandboxctl.data.relations.families import Family
from sandboxctl.data.relations.foreseen import far_too_many, mean
from sandboxctl.data.relations.sizes import sizes
from sandboxctl.data.wording import grammar, growth
from tests import drawn, formulas
from tests.drawn import found, kind_of, scope, texts, wrong

LONG = {"kind": "choice", "of": ["x" * 1_999, "y"]}


def _per(rows: Any, parents: int = 1_000_000, **columns: Any) -> Data:
    keys = {"id": {"kind": "sequence"}}
    tables = {
        "a": {"rows": parents, "columns": keys},
        "b": {"rows": {"per": "a", **rows}, "columns": keys | columns},
    }
    return Data.model_validate({"tables": tables})


def _machine(states: int, at_most: int, **more: Any) -> dict[str, Any]:
    """Every state may follow every other, and itself."""
    moves = {f"s{n}": 1 for n in range(states)}
    follow = dict.fromkeys(moves, moves) | more
    return {"kind": "state", "start": "s0", "next": follow, "at_most": at_most}


def _said(given: Data) -> list[str]:
    return [f"{'.'.join(map(str, path[1:]))}: {why}" for path, why in problems(given)]


# Texts


def test_a_text_that_doubles_in_each_column_is_refused_where_it_gets_too_long() -> None:
    columns: dict[str, Any] = {"e0": {"kind": "expression", "of": "'ab' + 'cd'"}}
    columns |= {f"e{n}": {"kind": "expression", "of": f"e{n - 1} + e{n - 1}"} for n in range(1, 31)}
    said = found(columns)
    assert said == [
        "columns.e12.of: may have as many as 16,384 characters; 10,000 is the most, in `e11 + e11`"
    ]


@pytest.mark.parametrize("count", [6, 40])
def test_a_long_text_joined_often_is_refused(count: int) -> None:
    joined = " + ".join(["a"] * count)
    assert "as many as 11,994 characters; 10,000 is" in formulas.why(joined, a=LONG)
    assert not formulas.why("a + a + a + a + a", a=LONG)


@pytest.mark.parametrize(
    ("formula", "length"),
    [
        ("'abc' + 'de'", 5),
        ("status", 6),
        ("status + '-' + also", 11),
        ("'ab' if flag else 'abcd'", 4),
        ("'ab' if flag else None", 2),
        ("None if flag else 'ab'", 2),
        ("coalesce(note, 'unknown later')", 13),
        ("left(status, 3)", 3),
        ("left(status, 30)", 6),
        ("right(status, 4)", 4),
        ("right(status, 0)", 0),
        ("upper(status)", 6),
        ("initials(status)", 6),
        ("replace(status, 'o', 'xyz')", 18),
        ("replace(status, 'open', 'x')", 6),
        ("replace(status, 'ab', 'xyz')", 9),
        ("pad(n, 7)", 7),
        ("text(a)", 40),
        ("who.name + '!'", 16),
    ],
)
def test_the_length_of_a_text_is_known(formula: str, length: int) -> None:
    assert formulas.kind(formula).length == length
    made = formulas.data(case={"it": {"kind": "expression", "of": formula}})
    written = [value for value in formulas.values(made, "cases", "it") if value is not None]
    assert max(map(len, written)) <= length


def test_a_text_of_a_kind_that_does_not_say_has_the_usual_length() -> None:
    email: dict[str, Any] = {"kind": "email"}
    assert formulas.kind("mail", mail=email).length is None
    assert formulas.kind("upper(mail)", mail=email).length is None
    assert formulas.kind("mail + '!'", mail=email).length == 201
    assert formulas.kind("mail if flag else 'x'", mail=email).length == 200


def test_kinds_say_how_long_their_texts_are() -> None:
    rules = {"start": ["{a}{a}!"], "a": ["x", "yyy"]}
    assert kind_of(kind="choice", of=["a", "bcd", 1]).length == 3
    assert kind_of(kind="text", of=["a", "b {c}"]).length == 5
    assert kind_of(kind="text", grammar=rules).length == 7
    assert kind_of(kind="pattern", pattern="@@-{a|bcd}\\##").length == 8
    assert kind_of(**_machine(11, 3)).length == 3
    assert kind_of(kind="choice", of=[1, 2]).length is None


@pytest.mark.parametrize(
    "rules",
    [{"start": ["{a}"], "a": ["{start}"]}, {"start": ["{b}"]}, {"start": []}, {"a": ["x"]}],
)
def test_nonsense_has_no_length(rules: dict[str, Any]) -> None:
    assert kind_of(kind="text", grammar=rules).length is None
    assert wrong(kind="text", grammar=rules)


def test_long_texts_need_room() -> None:
    columns = {"x": {"kind": "choice", "of": ["x" * 2_000]}}
    assert not found(columns, 10_000_000)
    assert "come to about 19 GiB" in found(columns, 20_000_000)[0]


def test_nothing_cannot_be_replaced() -> None:
    assert "at least one letter to replace" in formulas.why("replace(status, '', 'x')")


# Grammars


def _forks(levels: int) -> dict[str, Any]:
    rules = {
        f"g{n}": [f"{{g{n + 1}}}{{g{n + 2}}}", f"{{g{n + 2}}}{{g{n + 1}}}"] for n in range(levels)
    }
    words = [f"w{n}" for n in range(90)]
    return {"start": ["{g0}"], **rules, f"g{levels}": words, f"g{levels + 1}": words}


def test_a_grammar_that_forks_at_every_level_is_refused() -> None:
    (said,) = wrong(kind="text", grammar=_forks(15))
    assert said.endswith("parts with all that its names lead to; at most 2,000")


@pytest.mark.parametrize("levels", [31, 300])
def test_a_grammar_with_too_many_names_inside_one_another_is_refused(levels: int) -> None:
    rules = {f"g{n}": [f"{{g{n + 1}}} {n}", "x"] for n in range(levels - 1)}
    rules = {"start": ["{g0}"], **rules, f"g{levels - 1}": ["end"]}
    said = f"leads through {levels} names inside one another; at most 30"
    assert wrong(kind="text", grammar=rules) == [f"grammar.start: {said}"]
    assert wrong(kind="text", of=["{g0}"], grammar=rules) == [f"of: {said}"]


def test_the_largest_grammar_that_is_taken_can_be_made() -> None:
    levels = next(n for n in range(20, 0, -1) if not wrong(kind="text", grammar=_forks(n)))
    made = texts(scope({"x": {"kind": "text", "grammar": _forks(levels)}}, 50), "x")
    assert all(text.startswith("w") for text in made)


def _parts(node: grammar.Node) -> int:
    match node:
        case grammar.Pool():
            return 1
        case grammar.Chain(parts=some) | grammar.Fork(ways=some):
            return 1 + sum(map(_parts, some))


@pytest.mark.parametrize(
    ("rules", "starts"),
    [
        ({}, ["plain", "texts"]),
        ({"a": ["x", "y"]}, ["{a}{a}"]),
        ({"a": [f"{n}" for n in range(70)]}, ["{a}-{a}{a}", "no {a}"]),
        ({"a": [f"{n}" for n in range(70)], "b": ["{a}{a}{a}"]}, ["{b}"]),
        (_forks(5), ["{g0}", "or {g1}"]),
    ],
)
def test_what_a_grammar_grows_to_is_counted_exactly(rules: Any, starts: list[str]) -> None:
    node, size = grammar.grown(rules, starts), growth.size(rules, starts)
    assert size.parts == _parts(node)
    assert size.texts == (len(node.texts) if isinstance(node, grammar.Pool) else 0)


# Weights and rows


def test_weights_that_cannot_be_added_up_are_refused() -> None:
    said = "has the weight 1e+308; should be 1,000,000,000 or less"
    assert wrong(kind="choice", of={"a": 1e308, "b": 1e308}) == [f"of.a: {said}", f"of.b: {said}"]
    assert not wrong(kind="choice", of={"a": 1e9, "b": 1e-9})


def test_a_large_machine_is_refused_at_once() -> None:
    given = _per({"history": "state"}, state=_machine(60, 200))
    started = time.perf_counter()
    said = _said(given)
    assert time.perf_counter() - started < 2
    assert "b.rows: makes 200,000,000 rows, 100,000,000 are possible" in said


def test_numbers_of_children_that_are_far_too_many_are_not_counted() -> None:
    given = _per({"count": {1: 1, 9_999: 3}}, 90_000_000)
    assert sizes(given)["b"] == 90_000_000 * 7499 + 45_000_000
    assert "b.rows: makes 674,955,000,000 rows, 100,000,000 are possible" in _said(given)


def test_rows_that_may_be_too_many_but_are_not_are_counted_exactly() -> None:
    # at most 200 for each would be too many; most paths end after two
    machine = _machine(1, 200, s0={"s0": 1, "end": 9})
    given = _per({"history": "state"}, 600_000, state=machine)
    how = counting(given, "b")
    assert isinstance(how, Walked)
    assert far_too_many(how, 600_000) is None
    total = Family(given.seed, "b", how, 600_000).total
    assert sizes(given)["b"] == total
    assert total == pytest.approx(600_000 * mean(how), rel=0.002)


def test_rows_entered_again_count_too() -> None:
    dirt = {"duplicates": 1}
    said = found({"id": {"kind": "sequence"}}, 100_000_000, dirt=dirt)
    why = "makes 200,000,000 rows with those entered again, 100,000,000 are possible"
    assert f"rows: {why}" in said
    assert not found({"id": {"kind": "sequence"}}, 1_000, dirt=dirt)


@pytest.mark.parametrize(("length", "fits"), [(57, True), (58, False)])
def test_what_was_meant_needs_a_name_for_its_table(length: int, fits: bool) -> None:
    columns = {"id": {"kind": "sequence"}, "x": {"kind": "choice", "of": ["abc"]}}
    dirt = {"typos": {"rate": 0.5, "columns": ["x"]}}
    table = {"rows": 5, "columns": columns, "dirt": dirt}
    said = _said(Data.model_validate({"tables": {"t" * length: table}}))
    assert (not said) is fits
    assert fits or "needs a table name of 57 characters or fewer" in said[0]


def test_rows_beyond_all_numbers_are_refused() -> None:
    columns = {"id": {"kind": "sequence"}}
    tables: dict[str, Any] = {"t0": {"rows": 10_000, "columns": columns}}
    for n in range(1, 90):
        tables[f"t{n}"] = {"rows": {"per": f"t{n - 1}", "count": 10_000}, "columns": columns}
    said = _said(Data.model_validate({"tables": tables}))
    assert "t89.rows: makes about 1e+360 rows, 100,000,000 are possible" in said
    assert any("come to about 3e+352 GiB" in one for one in said)


# Messages


@pytest.mark.parametrize(
    ("number", "text"),
    [(0, "0"), (-1_234, "-1,234"), (10**30, f"{10**30:,}"), (10**600, "about 1e+600")],
)
def test_numbers_that_nobody_would_read_are_short(number: int, text: str) -> None:
    assert spelled(number) == text


@pytest.mark.parametrize("formula", ["1" + "0" * 300, "1" + "0" * 300 + " + 0.5"])
def test_a_formula_with_a_huge_number_is_refused_in_few_words(formula: str) -> None:
    said = formulas.why(formula)
    assert "could be as large as about 1e+300" in said
    assert len(said) < 250


@pytest.mark.parametrize("formula", ["a / 0", "a // 0", "a % 0", "a / -0", "p / 0.00"])
def test_dividing_by_nothing_is_refused(formula: str) -> None:
    assert formulas.why(formula).startswith("divides by nothing: every row would be missing")
    assert not formulas.why("a / n")


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        ({}, "needs `count`, or `history`"),
        ({"count": 1, "history": "x"}, "has `count` and `history`; take one of them away"),
    ],
)
def test_rows_per_say_how_many(rows: dict[str, Any], why: str) -> None:
    with pytest.raises(ValidationError, match=why):
        _per(rows)


@pytest.mark.parametrize(
    ("column", "text"),
    [
        ({"kind": "choice", "of": list(range(10_001))}, "should have 10,000 or fewer"),
        ({"kind": "text", "of": {f"v{n}": "y" for n in range(10_001)}}, "10,000 or fewer"),
    ],
)
def test_too_many_are_counted_where_they_can_be(column: dict[str, Any], text: str) -> None:
    with pytest.raises(ValidationError) as caught:
        drawn.data({"x": column})
    error = caught.value.errors()[0]
    assert text in said(error, tuple(map(str, error["loc"])), Data)
    assert "None" not in said(error, tuple(map(str, error["loc"])), Data)
