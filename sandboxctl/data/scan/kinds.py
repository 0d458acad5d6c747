"""The kinds of the registry that are looked for, and what a column says of each."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from sandboxctl.data.identifiers import IDENTIFIERS, Identifier
from sandboxctl.data.identifiers.postcodes import LIVE_AREAS, SPECIAL_AREAS
from sandboxctl.data.identifiers.texts import matches

Mask = NDArray[np.bool_]

_UNTOLD = frozenset(["mobile", "landline", "url", "asn"])
"""Telephone numbers are looked for as one kind; the others lead to no person."""

KINDS: dict[str, Identifier] = {
    name: one for name, one in IDENTIFIERS.items() if name not in _UNTOLD
}
TELLING = frozenset(name for name, one in KINDS.items() if one.strong)
"""Where most of a column fits, that is what the column holds. Of the other kinds any digits fit."""

_VAGUE = frozenset(["account", "sort", "company", "vehicle", "mail", "pan"])
"""Words that name many things beside identifiers: they count with another word beside them only."""

_NOBODYS: dict[str, str] = {
    "phone": r"07700 900[0-9]{3}|0[389].*",
    "email": r"(?:git|no-?reply)@.*|https?://.*",
    "postcode": rf"(?!(?:{'|'.join(sorted(LIVE_AREAS | SPECIAL_AREAS))})[0-9]).*",
    "card": r"(?!(?:3[47]|4|5[1-5]|2[2-7]|6(?:011|5|759)|35)[0-9]+).*",
    "account_number": r"0+",
}
"""Canonical values that are in no safe set and are nobody's either: service numbers, letters that
are no postcode area, numbers that no card begins with, web addresses (looked into as texts)."""


def real(kind: str, canonical: pa.Array) -> tuple[Mask, Mask]:
    """Which values are right for the kind, and which of those may be somebody's."""
    one = KINDS[kind]
    right = one.valid_all(canonical)
    if not right.any():
        return right, right
    somebodys = right & ~one.contains_all(canonical)
    if somebodys.any() and kind in ("ip", *_NOBODYS):
        places = np.flatnonzero(somebodys)
        free = _free(kind)
        nobodys = [free(text) for text in canonical.take(pa.array(places)).to_pylist()]
        somebodys[places] = ~np.array(nobodys)
    return right, somebodys


@cache
def _free(kind: str) -> Callable[[str], bool]:
    if kind == "ip":
        return _is_local
    pattern = re.compile(_NOBODYS[kind])
    return lambda text: bool(pattern.fullmatch(text))


def _is_local(text: str) -> bool:
    from ipaddress import ip_address

    try:
        return not ip_address(text).is_global
    except ValueError:
        return True


def told(kind: str, canonical: str) -> str:
    """The kind as the registry has it: mobile and landline apart."""
    return kind if kind != "phone" else "mobile" if canonical.startswith("07") else "landline"


@cache
def safe_pattern(kind: str) -> str:
    """What values of the safe sets look like; nothing where only a check digit tells them."""
    sets = [one for one in KINDS[kind].sets if one.check != "wrong"]
    return "|".join(f"(?:{one.pattern})" for one in sets)


@cache
def hinted(column: str) -> frozenset[str]:
    """The kinds that a column's name speaks of."""
    name = _words(column)
    return frozenset(
        kind
        for kind, one in KINDS.items()
        if any(f"_{hint}_" in name for hint in _hints(one) if hint not in _VAGUE)
        if one.strong or not name.endswith("_id_")
    )


def _words(column: str) -> str:
    """The words of a name, each between two underscores."""
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", column.rpartition(".")[2])
    return f"_{'_'.join(re.findall(r'[a-z0-9]+', words.lower()))}_"


def _hints(one: Identifier) -> tuple[str, ...]:
    if one.kind == "phone":
        return (*one.hints, *IDENTIFIERS["mobile"].hints, *IDENTIFIERS["landline"].hints)
    return one.hints


_AS_KEYED: dict[str, tuple[str, str]] = {
    "nino": (r"^([A-Z]{2}[0-9]{6})$", r"\1A"),
    "nhs_number": (r"^NHS(?:NO|NUMBER)?([0-9]{10})$", r"\1"),
    "chi_number": (r"^CHI(?:NO|NUMBER)?([0-9]{10})$", r"\1"),
    "phone": (r"^(?:(?:\+|00)?440?)?([127][0-9]{8,9})$", r"0\1"),
    "mac": (r"^(..)(..)(..)(..)(..)(..)$", r"\1-\2-\3-\4-\5-\6"),
}
"""What people leave out or put before it where the column says what it is; a National Insurance
number is the same with each of its last letters."""

_BY_SIGNS = TELLING - {"email", "ip", "postcode"}
"""Kinds that are told by their letters and digits, whatever stands between."""


def as_keyed(kind: str, values: pa.Array) -> pa.Array:
    """Values as they stand under a telling name, in a writing that the registry knows."""
    if kind == "postcode":
        return pc.replace_substring_regex(values, "[ .-]+", " ")
    if kind not in _BY_SIGNS:
        return pc.replace_substring_regex(values, "^'", "")
    signs: Any = pc.ascii_upper(pc.replace_substring_regex(values, "[^0-9A-Za-z+]+", ""))
    form, made = _AS_KEYED.get(kind, ("$^", ""))
    return pc.replace_substring_regex(signs, form, made)


_VERSION = re.compile(r"_(?:version|release|build|firmware|revision)_")


@cache
def is_version(column: str, kind: str) -> bool:
    """Whether four numbers with dots between are no address here."""
    return kind == "ip" and bool(_VERSION.search(_words(column))) and kind not in hinted(column)


@cache
def _written() -> str:
    return "|".join(f"(?:{one.written})" for name, one in KINDS.items() if name in TELLING)


def candidates(sample: pa.Array, hints: frozenset[str]) -> list[str]:
    """The kinds that many of some values have the form of, the likeliest first; hinted ones too."""
    likely: dict[str, float] = dict.fromkeys(hints, 0.0)
    if len(sample) and matches(sample, _written()).mean() >= 0.25:
        for kind in TELLING:
            share = _share(kind, sample)
            if share >= 0.25:
                likely[kind] = share
    return sorted(likely, key=lambda kind: (-likely[kind], kind))


def _share(kind: str, sample: pa.Array) -> float:
    written = matches(sample, KINDS[kind].written)
    if written.mean() < 0.25:
        return 0.0
    canonical = KINDS[kind].normal(sample.filter(pa.array(written)))
    return float(KINDS[kind].valid_all(canonical).sum()) / len(sample)


def as_mask(flags: Any) -> Mask:
    """An Arrow array of truth without gaps, for numpy."""
    made: Mask = flags.to_numpy(zero_copy_only=False)
    return made


def plain(values: pa.Array) -> pa.Array:
    """Without space around; for numbers that went through a spreadsheet, without ``.0``."""
    trimmed: Any = pc.ascii_trim_whitespace(values)
    return pc.replace_substring_regex(trimmed, r"^([0-9]{6,16})\.0+$", r"\1")
