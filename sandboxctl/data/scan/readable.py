"""Characters that hide a value from a pattern: odd spaces and hyphens, and what has no width.

Also what a web address writes instead of them (``%40`` is ``@``), and two telephone numbers with
nothing but a slash between.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

_SPACE = "[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]|%20|%C2%A0"
_HYPHEN = "[\u2010-\u2015\u2212]"
_NOTHING = "[\u00ad\u200b-\u200f\u2060\ufeff]"
_AT = "%40"
_BETWEEN = r"(?<=\d{9})[/,;|&](?=0[0-9]{9})"

_FORMS = ((_SPACE, " "), (_HYPHEN, "-"), (_NOTHING, ""), (_AT, "@"))
_ANY = re.compile("|".join(f"({form})" for form, _ in (*_FORMS, (_BETWEEN, " "))), re.IGNORECASE)
_BECOMES = ("", *(plain for _, plain in _FORMS), " ")
_STARTS = np.zeros(256, np.bool_)
_STARTS[[0xC2, 0xE1, 0xE2, 0xE3, 0xEF]] = True
_FIRST = 0xC2
"""The first bytes of all these in UTF-8: in most columns there are none."""


@dataclass(frozen=True, slots=True)
class Readable:
    """``text`` without such characters; ``places`` says where each of its own stood before."""

    text: str
    places: tuple[int, ...] | None = None

    def before(self, start: int, end: int) -> tuple[int, int]:
        """Between which places of the text as it was these stood."""
        if self.places is None:
            return start, end
        # the last sign of a value is a letter or digit, which stands for itself
        return self.places[start], self.places[end - 1] + 1


def readable(text: str) -> Readable:
    """A text as patterns can read it."""
    if not _ANY.search(text):
        return Readable(text)
    made: list[str] = []
    places: list[int] = []
    place = 0
    for found in _ANY.finditer(text):
        made.append(text[place : found.start()])
        places += range(place, found.start())
        if plain := _BECOMES[found.lastindex or 0]:
            made.append(plain)
            places.append(found.start())
        place = found.end()
    return Readable("".join([*made, text[place:]]), (*places, *range(place, len(text))))


def all_readable(texts: pa.Array) -> pa.Array:
    """Many of them at once; those of most columns are as they were."""
    buffer = texts.buffers()[2]
    data = np.frombuffer(buffer, np.uint8) if buffer else np.zeros(0, np.uint8)
    odd = data.max(initial=0) >= _FIRST and _STARTS[data].any()
    if not odd and not (data == ord("%")).any():
        return texts
    made: Any = texts
    for form, plain in _FORMS:
        made = pc.replace_substring_regex(made, f"(?i:{form})", plain)
    return made
