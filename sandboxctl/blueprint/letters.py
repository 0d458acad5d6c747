"""Names that look like other names: letters of two alphabets in one word."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_WORD = re.compile(r"[^\W\d_]+")
_ALIKE = frozenset(["LATIN", "CYRILLIC", "GREEK", "COPTIC", "ARMENIAN", "CHEROKEE", "LISU"])
"""Alphabets that have letters in common to the eye."""

_STYLED = frozenset(["FULLWIDTH", "MATHEMATICAL", "SCRIPT", "DOUBLE-STRUCK", "BLACK-LETTER"])
"""Latin letters once more, in another dress."""


def mixed(text: str) -> str:
    """The first word of ``text`` that could be taken for another one; "" if there is none."""
    if text.isascii():
        return ""
    return next((word for word in _WORD.findall(text) if _is_mixed(word)), "")


def _is_mixed(word: str) -> bool:
    alphabets = {_alphabet(letter) for letter in frozenset(word)}
    return len(alphabets & _ALIKE) > 1 or bool(alphabets & _STYLED)


@lru_cache(maxsize=4096)
def _alphabet(letter: str) -> str:
    return unicodedata.name(letter, "").partition(" ")[0]
