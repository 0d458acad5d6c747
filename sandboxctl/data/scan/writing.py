"""How values are written so that they can be nothing else: what is looked for inside any text.

The registry says what a whole value of a kind may look like. Here are the writings that are sure
enough to be reported one by one, wherever they stand: grouped as people group them, or behind the
words that announce them. A coarse pattern for all of them goes over whole columns (RE2, without
look-around); what it lets through is read again with the boundaries that tell a phone number from
a timestamp.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from sandboxctl.data.identifiers.postcodes import LIVE_AREAS, SPECIAL_AREAS
from sandboxctl.data.identifiers.texts import matches

_UK = r"(?:(?:\+|\b00)44[ -]?(?:\(0\)[ -]?)?\(?|\(?\b0)"
_AREAS = "|".join(sorted(LIVE_AREAS | SPECIAL_AREAS))
_BEFORE = r"(?<![\w@#&=])(?<!\d[.,:/-])(?<![0-9a-f]{4}-)"
_AFTER = r"(?![\w@])(?![.,:/-]\d)(?!-[0-9a-f]{4})"

_IN_NAMES = (r"(?<![^\W_])(?<![@])(?<![0-9a-f]{4}-)", r"(?![^\W_])(?!@)(?![.,:/-]\d)")
"""Beside letters and digits that are nothing else anywhere: also in `id_AB123456C_x`."""

_IN_QUERIES = (_BEFORE.replace("&=", ""), _AFTER)
"""Also behind `?phone=` in a web address."""


@dataclass(frozen=True, slots=True)
class Sure:
    """``pattern`` finds a value in a text; ``value`` is the group of it that matters, 0 for all.

    A find that is the whole text and fits ``bare`` is not sure: digits alone may be anything.
    """

    kind: str
    pattern: str
    bare: str = r"[^\s\S]"
    group: int = 0
    exact: bool = True
    sides: tuple[str, str] = (_BEFORE, _AFTER)

    @property
    def bounded(self) -> str:
        """The pattern with what may not stand beside it."""
        before, after = self.sides
        return f"{before}(?:{self.pattern}){after}" if self.exact else self.pattern


def _said(kind: str, words: str, form: str) -> Sure:
    """A value behind the words that announce it: ``NHS number: 485 777 3456``."""
    between = r"[^0-9A-Za-z]{0,3}(?:(?:no|number|num|ref|reference|is)\b[^0-9A-Za-z]{0,3}){0,3}"
    return Sure(kind, rf"\b(?:{words})\b{between}({form})\b", group=1, exact=False)


SURE = (
    Sure("nino", r"[A-Z]{2}[ -]?[0-9]{2}[ -]?[0-9]{2}[ -]?[0-9]{2}[ -]?[A-D]", sides=_IN_NAMES),
    Sure("nhs_number", r"[0-9]{3}[ -][0-9]{3}[ -][0-9]{4}"),
    Sure("vat_number", r"GB ?[0-9]{3} ?[0-9]{4} ?[0-9]{2}(?: ?[0-9]{3})?"),
    Sure("postcode", rf"(?:{_AREAS})[0-9][A-Z0-9]? [0-9][ABD-HJLNP-UW-Z]{{2}}", sides=_IN_QUERIES),
    Sure(
        "phone",
        rf"{_UK}7[0-9]{{2,4}}\)?[ -]?[0-9]{{2,4}}[ -]?[0-9]{{2,6}}(?:[ -][0-9]{{3,4}})?",
        sides=_IN_QUERIES,
    ),
    Sure(
        "phone",
        rf"{_UK}[12][0-9]{{1,4}}\)?[ -]?[0-9]{{3,4}}[ -]?[0-9]{{3,6}}",
        bare="[0-9]+",
        sides=_IN_QUERIES,
    ),
    Sure(
        "email",
        r"[A-Z0-9._%+'-]*[A-Z0-9_+-]@[A-Z0-9](?:[A-Z0-9.-]*[A-Z0-9])?\.[A-Z]{2,24}",
        sides=_IN_QUERIES,
    ),
    Sure("ip", r"(?:[0-9]{1,3}\.){3}[0-9]{1,3}|[23][0-9A-F]{3}:[0-9A-F:]{2,33}[0-9A-F]"),
    Sure("mac", r"[0-9A-F]{2}(?:[:-][0-9A-F]{2}){5}"),
    Sure("vrn", r"(?-i:[A-HJ-PR-Y]{2}[0-9]{2} [A-HJ-PR-Z]{3})"),
    Sure("driving_licence", r"[A-Z9]{5}[0-9][0156][0-9][0-3][0-9]{2}[A-Z9]{2}[A-Z0-9]{3}"),
    Sure(
        "card",
        r"[0-9]{4}[ -]?[0-9]{4}[ -]?[0-9]{4}[ -]?[0-9]{4}|3[47][0-9]{2}[ -]?[0-9]{6}[ -]?[0-9]{5}",
        bare="[0-9]+",
    ),
    _said("nhs_number", "nhs", "[0-9]{10}"),
    _said("chi_number", "chi", "[0-9]{10}"),
    _said("utr", "utr|taxpayer", "[0-9]{5} ?[0-9]{5}"),
    _said("uprn", "uprn", "[0-9]{8,12}"),
    _said("passport", "passport", "[0-9]{9}"),
    _said("company_number", "company", "[0-9]{8}|[A-Z]{2}[0-9]{6}"),
    _said("account_number", "account|a/c", "[0-9]{8}"),
    _said("sort_code", "sort code|sort-code|sortcode", "[0-9]{2}-[0-9]{2}-[0-9]{2}"),
)

_COARSE = (
    r"(?:\b|_)[A-Z]{2}[ -]?\d\d[ -]?\d\d[ -]?\d\d[ -]?[A-D](?:\b|_)",
    r"\b\d{3}[ -]\d{3}[ -]\d{4}\b",
    r"\bGB ?\d{3} ?\d{4} ?\d\d",
    rf"\b(?:{_AREAS})\d[A-Z0-9]? \d[ABD-HJLNP-UW-Z]{{2}}\b",
    r"(?:\+44|\b0044|\b0)[ ()0-]{0,5}[127](?:[ )-]{0,2}\d){8}",
    r"[A-Z0-9_+-]@[A-Z0-9]",
    r"\b\d{1,3}\.\d{1,3}\.\d{1,3}\.\d",
    r"\b[23][0-9A-F]{3}:[0-9A-F:]",
    r"\b[0-9A-F]{2}[:-][0-9A-F]{2}[:-][0-9A-F]{2}[:-]",
    r"(?-i:\b[A-Z]{2}\d\d [A-Z]{3}\b)",
    r"\b[A-Z9]{5}\d{6}[A-Z9]{2}",
    r"\b\d{4}[ -]?\d{4}[ -]?\d{4}[ -]?\d{4}\b|\b3[47]\d\d[ -]?\d{6}[ -]?\d{5}\b",
    r"\b(?:nhs|chi|utr|taxpayer|uprn|passport|company|account|a/c|sort.?code)\b[^0-9]{1,24}\d",
)
ANY = f"(?i:{'|'.join(_COARSE)})"
"""For RE2: a text without this has none of the above. It is coarse on purpose: with every counter
of the patterns above the automaton outgrows its memory and is thirty times slower."""

EXACT = tuple((sure, re.compile(f"(?i:{sure.bounded})"), re.compile(sure.bare)) for sure in SURE)


def surely(kind: str, values: pa.Array) -> NDArray[np.bool_]:
    """Which whole values of a kind are written so that they are nothing else."""
    found = np.zeros(len(values), np.bool_)
    for sure in SURE:
        if sure.kind == kind and sure.exact:
            found |= matches(values, f"(?i:{sure.pattern})") & ~matches(values, sure.bare)
    return found
