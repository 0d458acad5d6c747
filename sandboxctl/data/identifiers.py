"""Identifiers that nobody can be given: one definition for making, checking and explaining them.

A safe set has a size; `unrank` numbers its members from 0, and `contains` decides by the written
form alone, without looking at how values are made. Levels: A officially reserved or documented as
never issued; B cannot be issued under the published rules. Sources: ``docs/data.md``.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from sandboxctl.data.mix import U64, Index, draws, stream
from sandboxctl.data.places import FREE_AREAS, TOWNS, UNITS
from sandboxctl.data.values import Codes, Joined, Numbers, Values


@dataclass(frozen=True)
class Identifier:
    """One kind of identifier and the set its values come from."""

    size: int
    level: Literal["A", "B"]
    source: str
    unrank: Callable[[U64], Values]
    contains: Callable[[str], bool]


MOBILE = "07700 900"
LANDLINES = (
    "0113 496 0", "0114 496 0", "0115 496 0", "0116 496 0", "0117 496 0", "0118 496 0",
    "0121 496 0", "0131 496 0", "0141 496 0", "0151 496 0", "0161 496 0", "020 7946 0",
    "0191 498 0", "028 9649 6", "029 2018 0", "01632 960",
)  # fmt: skip
"""Ofcom's drama numbers without their last three digits."""

EMAIL_DOMAINS = ("example.com", "example.org", "example.net")


def split(ranks: U64, *sizes: int) -> list[Index]:
    """Ranks as digits in these bases, the last one changing fastest; the first is unbounded."""
    digits: list[Index] = []
    rest = ranks.astype(np.int64)
    for size in reversed(sizes):
        rest, digit = np.divmod(rest, size)
        digits.append(digit)
    return [rest, *reversed(digits)]


def _uprn(ranks: U64) -> Values:
    return Numbers(ranks.astype(np.int64) + 999_900_000_000)


def postcode(areas: tuple[str, ...], ranks: U64) -> Values:
    """Postcodes of these areas: districts 1 to 99, ten sectors, 400 units each."""
    area, district, sector, unit = split(ranks, 99, 10, len(UNITS))
    parts = (Codes(areas, area), Numbers(district + 1), " ", Numbers(sector), Codes(UNITS, unit))
    return Joined(parts)


def _mobile(ranks: U64) -> Values:
    # 000, 111 and 222 make GOV.UK Notify pretend that it has sent something
    last = ranks.astype(np.int64) + 1
    last += last >= 111
    last += last >= 222
    return Joined((MOBILE, Numbers(last, width=3)))


def _landline(ranks: U64) -> Values:
    exchange, last = split(ranks, 1000)
    return Joined((Codes(LANDLINES, exchange), Numbers(last, width=3)))


def _nino(ranks: U64) -> Values:
    # the number alone identifies a person, the suffix does not: it follows from the number
    suffix = (draws(stream(0, "nino suffix"), ranks) >> np.uint64(62)).astype(np.int64)
    return Joined(("QQ", Numbers(ranks.astype(np.int64), width=6), Codes(tuple("ABCD"), suffix)))


def _nhs_number(ranks: U64) -> Values:
    """Of the ten choices for the ninth digit at most one has no check digit; it is left out."""
    middle, choice = split(ranks, 9)
    weighted = 9 * (10 + 9 + 8) + sum(
        weight * (middle // 10**place % 10) for place, weight in enumerate((3, 4, 5, 6, 7))
    )
    # 2 · digit ≡ 1 − weighted (mod 11) would ask for a check digit of 10; 6 is the inverse of 2
    ninth = choice + (choice >= (1 - weighted) * 6 % 11)
    check = -(weighted + 2 * ninth) % 11
    return Numbers(9_990_000_000 + middle * 100 + ninth * 10 + check, width=10)


_POSTCODE = re.compile(r"([A-Z]{2})([1-9][0-9]?) ([0-9])([ABD-HJLNP-UW-Z]{2})")
_ADDRESS = re.compile(r"(?:Flat [1-8], )?[1-9][0-9]{0,2} [A-Z][\w' ]+, ([A-Z][\w ]+), (\w+ \w+)")
_FREE = frozenset(FREE_AREAS)
_DOMAINS = "|".join(map(re.escape, EMAIL_DOMAINS))


def _is_postcode(text: str) -> bool:
    found = _POSTCODE.fullmatch(text)
    return found is not None and found[1] in _FREE


def _is_address(text: str) -> bool:
    found = _ADDRESS.fullmatch(text)
    return found is not None and _is_postcode(found[2]) and TOWNS.get(found[1]) == found[2][:2]


def _is_nhs_number(text: str) -> bool:
    if not re.fullmatch(r"999[0-9]{7}", text):
        return False
    total = sum(int(digit) * (10 - place) for place, digit in enumerate(text[:9]))
    return (11 - total % 11) % 11 == int(text[9])


def _is_landline(text: str) -> bool:
    return text[:-3] in LANDLINES and re.fullmatch("[0-9]{3}", text[-3:]) is not None


def _matches(pattern: str) -> Callable[[str], bool]:
    compiled = re.compile(pattern)
    return lambda text: compiled.fullmatch(text) is not None


IDENTIFIERS = {
    "uprn": Identifier(
        100_000_000,
        "B",
        "GeoPlace allots UPRNs to councils in blocks; no block this high is known",
        _uprn,
        _matches("9999[0-9]{8}"),
    ),
    "postcode": Identifier(
        len(FREE_AREAS) * 396_000,
        "B",
        "Royal Mail has 124 areas; these are none of them",
        lambda ranks: postcode(FREE_AREAS, ranks),
        _is_postcode,
    ),
    "mobile": Identifier(
        997,
        "A",
        "Ofcom, numbers for drama use",
        _mobile,
        _matches("07700 900(?!000|111|222)[0-9]{3}"),
    ),
    "landline": Identifier(
        len(LANDLINES) * 1000, "A", "Ofcom, numbers for drama use", _landline, _is_landline
    ),
    "nino": Identifier(
        1_000_000,
        "A",
        "HMRC manual NIM39110: Q is not used, QQ is its example",
        _nino,
        _matches("QQ[0-9]{6}[A-D]"),
    ),
    "nhs_number": Identifier(
        900_000,
        "A",
        "NHS: the range 999 is valid and never issued",
        _nhs_number,
        _is_nhs_number,
    ),
}


CONTAINS: dict[str, Callable[[str], bool]] = {
    **{name: identifier.contains for name, identifier in IDENTIFIERS.items()},
    "address": _is_address,
    "email": _matches(rf"[a-z.-]+\.[0-9]+@({_DOMAINS})"),
}
"""Whether a value is safe, by its text alone."""
