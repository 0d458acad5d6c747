"""The list of codes: each is one of a kind, and says what a reader needs."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sandboxctl import codes
from sandboxctl.codes import page
from sandboxctl.codes.code import Code

PAGE = Path(__file__).resolve().parents[1] / "docs" / "codes.md"
EVERY = [code for chapter in codes._CHAPTERS for code in chapter.CODES]


def test_no_code_is_given_twice() -> None:
    assert len({code.code for code in EVERY}) == len(EVERY) == len(codes.ALL)


@pytest.mark.parametrize("code", EVERY, ids=lambda code: code.code)
def test_a_code_says_what_why_and_how(code: Code) -> None:
    assert re.fullmatch(r"DEN[1-9]\d\d", code.code)
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
