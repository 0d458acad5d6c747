"""Values that a supplier wrote down, or has made by a pattern, are refused if somebody's."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sandboxctl.blueprint.load import Facts, find, load
from sandboxctl.data import declared
from sandboxctl.data.model import Data
from sandboxctl.data.problems import problems
from sandboxctl.data.scan.kinds import KINDS
from sandboxctl.errors import BlueprintError
from tests.cli import PAGE, blueprint
from tests.planted import nhs

FACTS = Facts("localhost", "http", 8080, "page", "http://page.localhost:8080")


def said(columns: dict[str, Any], rows: int = 1_000) -> list[tuple[str, str]]:
    data = Data.model_validate({"tables": {"t": {"rows": rows, "columns": columns}}})
    assert list(problems(data)) == []
    return [(".".join(map(str, path[3:])), why) for path, why in declared.problems(data)]


def one(content: dict[str, Any], name: str = "c") -> list[tuple[str, str]]:
    return said({name: content})


@pytest.mark.parametrize(
    ("pattern", "name", "looks"),
    [
        ("07### ######", "c", "256 of 256 rows look like mobile numbers"),
        ("0113 245 ####", "c", "256 of 256 rows look like landline numbers"),
        ("{AB|CE|JG}######{A|B}", "c", "256 of 256 rows look like National Insurance numbers"),
        ("SW1A #@@", "c", "rows look like postcodes"),
        (r"????\@gmail.com", "c", "256 of 256 rows look like e-mail addresses"),
        ("#########", "passport_number", "256 of 256 rows look like passport numbers"),
        ("4## ### ####", "nhs_number", "rows look like NHS numbers"),
    ],
)
def test_a_pattern_may_not_make_what_somebody_has(pattern: str, name: str, looks: str) -> None:
    ((path, why),) = one({"kind": "pattern", "pattern": pattern}, name)
    assert path == name
    assert why.startswith("makes values that could be somebody's: ")
    assert looks in why


def test_what_to_take_instead_is_said_and_no_value_is_shown() -> None:
    ((_, why),) = one({"kind": "pattern", "pattern": "07911 123456"})
    assert "07911 123456" not in why
    assert why.endswith("such as 0**** *****6; take `kind: mobile`, or values such as 07700 900144")


@pytest.mark.parametrize("between", [[4_000_000_000, 4_999_999_999], [4_505_577_104] * 2])
def test_numbers_between_bounds_under_a_telling_name(between: list[int]) -> None:
    ((path, why),) = one({"kind": "integer", "between": between}, "nhs_number")
    assert path == "nhs_number"
    assert "NHS numbers outside the safe set" in why


@pytest.mark.parametrize(
    ("content", "path", "what"),
    [
        ({"kind": "choice", "of": ["none", "AB123456C"]}, "of", "1 National Insurance number"),
        ({"kind": "choice", "of": {"07911 123456": 1, "no": 2}}, "of", "1 mobile number"),
        ({"kind": "text", "of": ["Ring 0113 245 1234."]}, "of", "1 landline number"),
        (
            {"kind": "text", "grammar": {"start": ["To {who}"], "who": ["j.smith@gmail.com"]}},
            "grammar",
            "1 e-mail address",
        ),
        ({"kind": "expression", "of": "'to ' + 'j.smith@gmail.com'"}, "of", "1 e-mail address"),
    ],
)
def test_what_is_written_down(content: dict[str, Any], path: str, what: str) -> None:
    ((where, why),) = one(content)
    assert where == f"c.{path}"
    assert why.startswith(f"has {what} that could be somebody's, such as ")


def test_numbers_that_are_written_down_count_under_a_telling_name() -> None:
    content = {"kind": "choice", "of": [4_505_577_104, int(nhs("485777345"))]}
    ((path, why),) = one(content, "nhs_number")
    assert path == "nhs_number.of"
    assert "2 NHS numbers" in why
    assert one(content, "amount") == []


def test_what_a_formula_puts_together() -> None:
    digits = {"kind": "pattern", "pattern": "######"}
    columns = {"digits": digits, "c": {"kind": "expression", "of": "'AB' + digits + 'C'"}}
    ((path, why),) = said(columns)
    assert path == "c"
    assert "256 of 256 rows look like National Insurance numbers" in why


def test_what_a_grammar_puts_together() -> None:
    grammar = {"start": ["{a} {b}"], "a": ["07911", "07812"], "b": ["123456", "234567"]}
    ((path, why),) = one({"kind": "text", "grammar": grammar})
    assert path == "c"
    assert "256 of 256 rows look like mobile numbers" in why


@pytest.mark.parametrize(
    ("content", "name"),
    [
        ({"kind": "pattern", "pattern": "{APP|LIC}-@@-####"}, "reference"),
        ({"kind": "pattern", "pattern": "QQ######A"}, "nino"),
        ({"kind": "pattern", "pattern": "07700 900###"}, "mobile"),
        ({"kind": "pattern", "pattern": r"????\@example.com"}, "email"),
        ({"kind": "pattern", "pattern": "###########"}, "reference"),
        ({"kind": "integer", "between": [1, 9_999_999_999]}, "amount"),
        ({"kind": "decimal", "between": [0, 1_000]}, "phone"),
        ({"kind": "text", "grammar": {"start": ["A {b}"], "b": ["c"]}}, "c"),
        ({"kind": "sequence"}, "id"),
        ({"kind": "choice", "of": ["QQ123456C", "SW1A"]}, "c"),
        ({"kind": "choice", "of": [1, 2.5, 3]}, "phone"),
        ({"kind": "nino"}, "nino"),
        ({"kind": "expression", "of": "1 + 1"}, "c"),
        ({"kind": "expression", "of": "2026 > 1"}, "c"),
        ({"kind": "expression", "of": "'x' if 2 > 1 else none"}, "c"),
    ],
)
def test_what_is_safe_or_says_nothing_passes(content: dict[str, Any], name: str) -> None:
    assert one(content, name) == []


def test_only_what_is_written_out_is_made_to_look_at() -> None:
    digits = {"kind": "pattern", "pattern": "07### ######", "hidden": True}
    assert said({"digits": digits, "c": {"kind": "integer", "between": [1, 9]}}) == []


@pytest.mark.parametrize("rows", [1, 2, 255, 257, 10**8])
def test_every_size_of_table_is_looked_through(rows: int) -> None:
    ((_, why),) = said({"c": {"kind": "pattern", "pattern": "07### ######"}}, rows)
    assert f"{min(rows, 256)} of {min(rows, 256)} rows" in why


def test_a_table_without_rows_makes_nothing() -> None:
    assert said({"c": {"kind": "pattern", "pattern": "07### ######"}}, 0) == []


def test_every_kind_that_is_found_can_be_taken_instead() -> None:
    for kind in {"mobile", "landline", *KINDS}:
        assert one({"kind": kind}, kind) == []


def test_a_blueprint_with_such_values_is_refused_at_its_line(tmp_path: Path) -> None:
    data = """data:
  tables:
    people:
      rows: 10
      columns:
        phone: {kind: pattern, pattern: '07### ######'}
        colour:
          kind: choice
          of: [red, AB123456C]
"""
    with pytest.raises(BlueprintError) as refused:
        load(find(blueprint(tmp_path, PAGE + data)), facts=FACTS)
    first, second = str(refused.value).splitlines()
    assert "data.tables.people.columns.phone: makes values that could be somebody's" in first
    assert "data.tables.people.columns.colour.of: has 1 National Insurance number" in second


def test_what_cannot_be_made_is_said_before(tmp_path: Path) -> None:
    data = """data:
  tables:
    people:
      rows: 10
      columns:
        phone: {kind: pattern, pattern: '07### ######'}
        few: {kind: pattern, pattern: '#', unique: true}
        more: {kind: pattern, pattern: 'a', unique: true}
"""
    with pytest.raises(BlueprintError) as refused:
        load(find(blueprint(tmp_path, PAGE + data)), facts=FACTS)
    assert "10 unique" in str(refused.value)
    assert "somebody" not in str(refused.value)
