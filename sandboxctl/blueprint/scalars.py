"""Text of a YAML scalar → value, by YAML 1.2's core schema; and which characters may be in it.

Not PyYAML's YAML 1.1, where ``22:22`` is 1342, ``no`` is false and a date is not text.
Source  https://yaml.org/spec/1.2.2/#103-core-schema
"""

from __future__ import annotations

import math
import re

from sandboxctl.blueprint.tree import Plain

_WORDS: dict[str, bool | None] = {
    **dict.fromkeys(["", "~", "null", "Null", "NULL"], None),
    **dict.fromkeys(["true", "True", "TRUE"], True),
    **dict.fromkeys(["false", "False", "FALSE"], False),
}
_INTEGER = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_NOT_FINITE = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
_LONGEST_NUMBER = 66

_HIDDEN = re.compile(
    "\r(?!\n)|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff"
    "\u061c\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]"
)


def value(text: str) -> Plain:
    """What a plain, unquoted scalar means; ValueError if it is a number that nothing can hold."""
    if text in _WORDS:
        return _WORDS[text]
    if _NOT_FINITE.fullmatch(text):
        raise ValueError(f"{text} is not a number to work with; give a finite one")
    if _INTEGER.fullmatch(text):
        return _integer(text)
    if _FLOAT.fullmatch(text):
        number = float(text)
        if not math.isfinite(number):
            raise ValueError("is too large a number; if it is text, put it in quotes")
        return number
    return text


def _integer(text: str) -> int:
    if len(text) <= _LONGEST_NUMBER:
        number = int(text, 0) if text[:2] in ("0o", "0x") else int(text)
        if -(2**63) <= number < 2**63:
            return number
    raise ValueError("is too large a number; if it is text, put it in quotes")


def hidden(text: str) -> re.Match[str] | None:
    """The first character that controls a terminal, turns text around or cannot be seen."""
    return _HIDDEN.search(text)


def hidden_words(found: re.Match[str]) -> str:
    """Names the character instead of printing it."""
    return f"has the invisible character U+{ord(found[0]):04X}; take it out"
