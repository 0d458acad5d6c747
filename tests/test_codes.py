"""The list of codes: each is one of a kind, and says what a reader needs."""

from __future__ import annotations

import re

import pytest

from sandboxctl import codes
from sandboxctl.codes.code import Code

EVERY = [code for chapter in codes._CHAPTERS for code in chapter.CODES]


def test_no_code_is_given_twice() -> None:
    assert len({code.code for code in EVERY}) == len(EVERY) == len(codes.ALL)


@pytest.mark.parametrize("code", EVERY, ids=lambda code: code.code)
def test_a_code_says_what_why_and_how(code: Code) -> None:
    assert re.fullmatch(r"DEN[1-9]\d\d", code.code)
    assert not code.title.endswith(".")
    for sentence in (code.risk, code.mend):
        assert re.fullmatch(r"[A-Z`].*\.", sentence)
