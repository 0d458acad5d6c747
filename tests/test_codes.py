"""The list of codes: each is one of a kind, and says what a reader needs."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandboxctl import codes
from sandboxctl.blueprint import compose_codes, compose_keys
from sandboxctl.codes import page
from sandboxctl.codes.code import Code

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "codes.md"
CODE = re.compile(r"DEN[1-9]\d\d")

EVERY = [code for chapter in codes._CHAPTERS for code in chapter.CODES]


def test_no_code_is_given_twice() -> None:
    assert len({code.code for code in EVERY}) == len(EVERY) == len(codes.ALL)


@pytest.mark.parametrize("code", EVERY, ids=lambda code: code.code)
def test_a_code_says_what_why_and_how(code: Code) -> None:
    assert CODE.fullmatch(code.code)
    assert not code.title.endswith(".")
    for sentence in (code.risk, code.mend):
        assert re.fullmatch(r"[A-Z`].*\.", sentence)


def test_every_code_has_a_chapter_and_stands_in_it() -> None:
    numbers = [int(code.code[3:]) for code in EVERY]
    assert {code.code[:4] for code in EVERY} == codes.CHAPTERS.keys()
    assert [number // 100 for number in numbers] == sorted(number // 100 for number in numbers)
    assert codes.chapter("DEN301") == "Rights on the host"


def test_a_code_that_nobody_knows_is_told_of_as_any_wrong_value() -> None:
    assert codes.of("DEN301").code == "DEN301"
    assert codes.of("").code == codes.of("DEN199").code == "DEN200"


def test_the_page_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == page.page(), f"run: {page.__doc__}"


def refusals(module: Path) -> Iterator[ast.Call]:
    """Every place where a module makes a problem, or an error of a value."""
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ("Problem", "PolicyError"):
            yield node


def test_whatever_is_refused_names_its_code() -> None:
    without = {
        module.name
        for module in (ROOT / "sandboxctl").rglob("*.py")
        for call in refusals(module)
        if not {"code"} & {word.arg for word in call.keywords}
    }
    assert without == set()


def test_every_code_that_the_source_names_is_known() -> None:
    named = {
        code
        for module in (ROOT / "sandboxctl").rglob("*.py")
        for code in CODE.findall(module.read_text(encoding="utf-8"))
    }
    assert named - codes.ALL.keys() == set()


@pytest.mark.parametrize("name", sorted(compose_keys.SERVICE))
def test_every_key_of_a_service_of_compose_has_a_code(name: str) -> None:
    for value in (None, True, "x", ["x"], {"x": 1}):
        assert compose_codes.code(("services", "web", name), value) in codes.ALL


@pytest.mark.parametrize("name", sorted(compose_keys.TOP))
def test_every_key_of_a_compose_file_has_a_code(name: str) -> None:
    assert compose_codes.code((name,), {}) in codes.ALL
