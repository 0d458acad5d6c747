"""Texts that a spreadsheet would work out as a formula, kept from being one.

Source: OWASP, "CSV Injection": a cell that begins with one of = + - @, a tab or the end of a line,
or with a full-width likeness of one. An apostrophe before it makes it a text.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sandboxctl.data.arrow import NOTHING

Array: TypeAlias = pa.Array

SAID = (
    "In CSV files a text that a spreadsheet could take for a formula (it begins with = @ or a tab, "
    "or with + or - and is neither a number nor a telephone number) stands behind an apostrophe; "
    "numbers, and the other formats, are as they were made."
)
_BEGINS = "=@＝＠＋－\t\r\n"
_FORMULA = rf"^(?:[{_BEGINS}]|[+-][0-9 ().-]*[^0-9 ().-])"
_FIRST = np.zeros(256, dtype=bool)
_FIRST[[ord(sign) for sign in "=@+-\t\r\n"] + ["＝".encode()[0]]] = True
_APOSTROPHE = pa.scalar("'")


def guarded(texts: Array) -> Array:
    """``texts`` (strings) with an apostrophe before each that could be a formula; each by itself,
    so that chunks leave no trace."""
    if not _may_be(texts):
        return texts
    found = pc.match_substring_regex(texts, _FORMULA)
    if not pc.any(found).as_py():
        return texts
    behind = pc.binary_join_element_wise(_APOSTROPHE, texts, NOTHING)
    return pc.if_else(found, behind, texts)


def _may_be(texts: Array) -> bool:
    """Whether any begins with such a byte: nearly none does, and this costs next to nothing."""
    _, offsets, data = texts.buffers()
    if not data:
        return False
    ends = np.frombuffer(offsets, np.int32)[texts.offset : texts.offset + len(texts) + 1]
    begins = ends[:-1][ends[1:] > ends[:-1]]
    return bool(_FIRST[np.frombuffer(data, np.uint8)[begins]].any())
