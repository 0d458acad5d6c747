"""What is wrong with a formula is said in plain words, before a row exists; nothing crashes."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandboxctl.data.formulas.bounds import bounds
from sandboxctl.data.formulas.functions import FUNCTIONS
from sandboxctl.data.model import Data
from sandboxctl.data.problems import problems
from sandboxctl.data.types import Type
from tests.formulas import data, found, kind, why

NESTED = "(" * 49 + "a" + ")" * 49

REFUSED = [
    ("", "is empty"),
    ("  \n ", "is empty"),
    ("a +", "cannot be read: invalid syntax"),
    ("a + 'x", "cannot be read: unterminated string literal"),
    ("a) + (a", "a bracket is closed that was never opened"),
    ("a + 'x\\x00'", "cannot have a NUL in a text"),
    ("(" * 300 + "a" + ")" * 300, "nested too deeply; at most 50 levels"),
    ("-" * 60 + "a", "nested too deeply; at most 50 levels"),
    ("-" * 1990 + "a", "nested too deeply; at most 50 levels"),
    ("not " * 480 + "flag", "nested too deeply; at most 50 levels"),
    ("a ** 2", "cannot have `**`"),
    ("a is None", "write is_missing(…)"),
    ("a[0]", "cannot have `[…]`"),
    ("f'{a}'", "join texts with +"),
    ("lambda: a", "cannot have lambda"),
    ("abs(x=a)", "cannot have named arguments"),
    ("{a: a}", "cannot have “Dict”"),
    ("b'x'", "cannot have the value b'x'"),
    ("1j", "cannot have the value 1j"),
    ("...", "cannot have the value Ellipsis"),
    ("'a'.upper()", "can call functions by their plain name only"),
    ("1e999", "a number that is too large"),
    ("1e-20", "a number of 20 decimal places"),
    ("9" * 30, "could be as large as 999,999"),
    ("-" + "9" * 30, "could be as large as 999,999"),
    ("b + 1", "b is not a column of cases; cases has a, n, p"),
    ("sttus == 'open'", "did you mean status?"),
    ("who.borne", "people has no column borne; did you mean born?"),
    ("who.x9", "people has no column x9; it has id, born, name, boss"),
    ("a.x", "a is no reference, so a.x leads nowhere"),
    ("abs(a).x", "needs the plain name of a column there"),
    ("edge.overdeu", "cases has no edge case overdeu; did you mean overdue?"),
    ("edge", "edge is not a column of cases"),
    ("ordinal", "ordinal is not a column of cases"),
    ("uper(status)", "uper is not a function; did you mean upper?"),
    ("frobnicate(a)", "frobnicate is not a function; there are abs, round"),
    ("abs()", "abs is written abs(x); it has 0 arguments"),
    ("col(a)", "needs the plain name of a column there"),
    ("day + status", "adds a date and text, in `day + status`"),
    ("status - day", "takes a date from text"),
    ("status * 2", "multiplies text by a whole number"),
    ("days(1) * 1.5", "multiplies a duration by a decimal number"),
    ("status / 2", "divides text by a whole number"),
    ("status // 2", "divides text by a whole number"),
    ("status % 2", "divides text by a whole number"),
    ("day + hours(3)", "moves a date by a duration that is not in whole days"),
    ("-status", "needs a number and has text"),
    ("abs(status)", "needs a number and has text"),
    ("not a", "needs true or false and has a whole number"),
    ("a and flag", "needs true or false and has a whole number"),
    ("a == status", "compares a whole number with text"),
    ("at < day", "date(…) makes a date of a timestamp"),
    ("status < 'b'", "text has no order here; use == or !="),
    ("key < key", "a UUID has no order here"),
    ("min(status, also)", "asks which is more, but text has no order here"),
    ("status == 'opne'", "compares with 'opne', which it never is; did you mean 'open'?"),
    ("'zzz' == status", "it is open, closed, void"),
    ("day == '2026-02-30'", "'2026-02-30' should be written like '2026-01-31'"),
    ("at == 'noon'", "'noon' should be written like '2026-01-31 09:30'"),
    ("a if flag else status", "would be a whole number in one case and text in another"),
    ("a if a else 1", "needs true or false and has a whole number"),
    ("key if flag else None", "cannot leave out a UUID"),
    ("None + 1", "None can stand in `… if … else None` only"),
    ("None", "None can stand in `… if … else None` only"),
    ("(a, 1)", "has a list, which can stand after `in` only"),
    ("a in 3", "needs a list after `in`"),
    ("a in ()", "needs a list after `in`"),
    ("2.2 * 0.000000000001", "has 13 decimal places, at most 12; use round"),
    ("round(p, 13)", "cannot round to 13 places; from 0 to 12"),
    ("round(p, a)", "needs the places as a plain whole number"),
    ("round(p, true)", "needs the places as a plain whole number"),
    ("1 / (a * 300000000 * 1000000000)", "divides numbers that are too large; use round first"),
    ("9000000000 * 9000000000", "could be as large as 81,000,000,000,000,000,000"),
    ("day + days(5000000)", "could be as late as the year 15,7"),
    ("day - days(5000000)", "could be as early as the year -11,"),
    ("at + days(5000000)", "could be as late as the year 15,"),
    ("add_years(day, 90000)", "could be as late as the year"),
    ("add_years(day, 2000000)", "could be as late as the year"),
    ("add_months(day, 1.5)", "needs a whole number of months or years"),
    ("days(1.5)", "needs a whole number; take a smaller unit"),
    ("year(a)", "needs a date or a timestamp and has a whole number"),
    ("hour(day)", "needs a timestamp and has a date"),
    ("upper(a)", "needs text and has a whole number; text(…) makes text of it"),
    ("contains(note, status)", "needs the part to look for in quotes"),
    ("pad(a, 3)", "needs a whole number that is known to be 0 or more"),
    ("pad(row, 2)", "has no room for 400: should be 3 to 18 wide"),
    ("left(status, a)", "needs the number of letters as a plain whole number"),
    ("part(status, 1, 2)", "needs a number and has text"),
    ("part(a, 1.5, 2)", "needs whole numbers as ordinal and siblings"),
    ("max(a)", "max needs two values or a column of another table"),
    ("count(a)", "count is written count(children), with the name of a table"),
    ("count(people)", "rows of people do not belong to rows of cases: no table has"),
    ("sum(nothing.x)", "sum(…) needs a table, and nothing is none"),
]  # fmt: skip


@pytest.mark.parametrize(("formula", "said"), REFUSED, ids=[ascii(f)[:40] for f, _ in REFUSED])
def test_it_says_what_is_wrong(formula: str, said: str) -> None:
    assert said in why_with_edges(formula)


def why_with_edges(formula: str) -> str:
    """The options of a choice are only known without edge cases."""
    if not formula.startswith("edge"):
        return why(formula)
    given = data(case={"it": {"kind": "expression", "of": formula}}, edges={"overdue": 0.1})
    return next(iter(found(given)), "")


def test_a_long_formula_is_refused_by_the_model_and_by_the_parser() -> None:
    from sandboxctl.data.formulas.syntax import FormulaError, parse

    with pytest.raises(FormulaError, match="is 3,001 characters long; should be at most 2,000"):
        parse("a" * 3001)


@pytest.mark.parametrize("formula", [NESTED, "a\n  + 1  # more\n", "col('class')", "+a", "(a)"])
def test_it_may_be_nested_and_written_over_lines(formula: str) -> None:
    assert why(formula) == ""


def test_a_circle_is_refused_once_and_whoever_needs_it_says_nothing() -> None:
    case = {
        "x": {"kind": "expression", "of": "y + 1"},
        "y": {"kind": "expression", "of": "x + 1"},
        "z": {"kind": "expression", "of": "y + 1"},
    }
    assert found(data(case=case)) == [
        "tables.cases: refers to itself: cases.x → cases.y → cases.x"
    ] or found(data(case=case)) == ["tables.cases: refers to itself: cases.y → cases.x → cases.y"]


def test_only_the_column_that_is_wrong_says_so() -> None:
    case = {
        "x": {"kind": "expression", "of": "nothing + 1"},
        "y": {"kind": "expression", "of": "x + 'text'"},
        "t": {"kind": "integer", "between": [0, 1], "missing": "y == 3"},
    }
    given = data(case=case, rules=["x > 3", "y == 'a'"])
    assert [line.partition(";")[0] for line in found(given)] == [
        "x.of: nothing is not a column of cases"
    ]


def test_formulas_that_build_on_each_other_too_often_are_refused() -> None:
    chain = {f"c{i}": {"kind": "expression", "of": f"c{i + 1} + c{i + 1}"} for i in range(70)}
    given = data(case={**chain, "c70": {"kind": "expression", "of": "a * 0"}})
    said = found(given)
    assert (
        said[0]
        == "c0.of: is built on formulas that are nested too deeply; at most 64 levels altogether"
    )
    assert len(said) < 70
    deep = {f"c{i}": {"kind": "expression", "of": f"c{i + 1} + 0"} for i in range(40)}
    deep["top"] = {"kind": "expression", "of": "c20 + c0"}
    deep["c40"] = {"kind": "expression", "of": "a * 0"}
    assert any("nested too deeply" in why for why in found(data(case=deep)))
    few = data(
        case={
            **{k: chain[k] for k in list(chain)[50:]},
            "c70": {"kind": "integer", "between": [0, 1]},
        }
    )
    assert found(few) == []


def test_a_column_goes_before_a_word() -> None:
    assert kind("row", row={"kind": "choice", "of": ["x"]}).name == "text"
    assert kind("true", true={"kind": "integer", "between": [3, 3]}).name == "whole"


def test_a_column_of_an_edge_case_may_be_what_its_list_has_not() -> None:
    given = data(
        case={"it": {"kind": "expression", "of": "status == 'unknown' or edge.overdue"}},
        edges={"overdue": 0.1},
    )
    assert found(given) == []


PIECES = [
    *("a", "n", "p", "r", "who", "status", "note", "day", "at", "flag", "key", "who.born", "row"),
    *("1", "0", "-3", "2.5", "1e9", "'x'", "'2026-01-31'", "None", "true", "days(2)", "hours(a)"),
]  # fmt: skip
INNER = st.sampled_from(PIECES)


def _more(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    signs = st.sampled_from(
        ["+", "-", "*", "/", "//", "%", "<", "<=", "==", "!=", "and", "or", "in"]
    )
    names = st.sampled_from(sorted(FUNCTIONS))
    return st.one_of(
        st.builds("({} {} {})".format, inner, signs, inner),
        st.builds("({} if {} else {})".format, inner, inner, inner),
        st.builds("not {}".format, inner),
        st.builds(
            lambda name, args: f"{name}({', '.join(args)})", names, st.lists(inner, max_size=3)
        ),
    )


@pytest.mark.slow
@settings(deadline=None, max_examples=300)
@given(st.recursive(INNER, _more, max_leaves=8))
def test_any_formula_is_refused_or_worked_out(formula: str) -> None:
    from tests.formulas import values

    given = data(case={"it": {"kind": "expression", "of": formula}}, rules=[formula], rows=30)
    said = found(given)
    if not any(line.startswith("it.of") for line in said):
        assert len(values(given, "cases", "it")) == 30


@settings(deadline=None)
@given(st.text(max_size=60))
def test_any_text_is_refused_without_a_crash(text: str) -> None:
    why(text)


def test_a_reference_that_leads_nowhere_is_refused_by_itself() -> None:
    columns: dict[str, Any] = {
        "id": {"kind": "sequence"},
        "up": {"kind": "reference", "to": "none.id"},
        "it": {"kind": "expression", "of": "up.id"},
    }
    given = Data.model_validate({"tables": {"t": {"rows": 1, "columns": columns}}})
    assert "up refers to none, which is no table, in `up.id`" in [
        text for _, text in problems(given)
    ]


def test_what_refers_to_itself_has_no_type_of_its_own() -> None:
    assert kind("it + 1").name == "text"


def test_bounds_that_nobody_knows_stay_unknown() -> None:
    odd = {"kind": "integer", "between": [5, 1]}
    for formula in ("odd", "odd + a", "-odd", "odd * a", "odd // 2", "odd % a", "odd / 4"):
        assert (kind(formula, odd=odd).low, kind(formula, odd=odd).high) == (
            None,
            None,
        ) or "%" in formula
    assert (kind("abs(odd)", odd=odd).low, kind("abs(odd)", odd=odd).high) == (0, None)
    assert (kind("max(odd, a)", odd=odd).low, kind("max(odd, a)", odd=odd).high) == (-5, None)
    assert (kind("min(odd, a)", odd=odd).low, kind("min(odd, a)", odd=odd).high) == (None, 9)
    assert kind("part(odd, 1, 2)", odd=odd).high is None
    assert kind("a / (1 if flag else odd)", odd=odd).high == 900
    assert kind("abs(odd) * n", odd=odd).low == 0
    assert kind("abs(odd) // (n + 1)", odd=odd).low == 0


def test_text_that_is_none_is_refused() -> None:
    from sandboxctl.data.formulas.syntax import FormulaError, parse

    with pytest.raises(FormulaError, match="characters that no text has"):
        parse("\ud800")


def test_bounds_the_wrong_way_round_are_unknown() -> None:
    assert bounds(Type("whole", 0, 5, 1)) == (None, None)
