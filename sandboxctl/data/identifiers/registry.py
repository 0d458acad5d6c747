"""Every identifier, by kind."""

from __future__ import annotations

import re
from collections.abc import Callable

from sandboxctl.data.identifiers.areas import FREE_AREAS, TOWNS, UNITS
from sandboxctl.data.identifiers.identifier import Identifier, Index, Parts

THREE = tuple(f"{n:03}" for n in range(1000))
FOUR = tuple(f"{n:04}" for n in range(10_000))
DISTRICTS = tuple(f"{n} " for n in range(1, 100))
SECTOR_UNITS = tuple(f"{sector}{unit}" for sector in range(10) for unit in UNITS)
EMAIL_DOMAINS = ("example.com", "example.org", "example.net")
LANDLINES = (
    "0113 496 0", "0114 496 0", "0115 496 0", "0116 496 0", "0117 496 0", "0118 496 0",
    "0121 496 0", "0131 496 0", "0141 496 0", "0151 496 0", "0161 496 0", "020 7946 0",
    "0191 498 0", "028 9649 6", "029 2018 0", "01632 960",
)  # fmt: skip
"""Ofcom's drama numbers without their last three digits."""


def postcode(areas: tuple[str, ...], ranks: Index) -> Parts:
    """Postcodes of these areas: districts 1 to 99, ten sectors, 400 units each."""
    rest, end = divmod(ranks, len(SECTOR_UNITS))
    area, district = divmod(rest, 99)
    return (areas, area), (DISTRICTS, district), (SECTOR_UNITS, end)


def _uprn(ranks: Index) -> Parts:
    high, low = divmod(ranks, 10_000)
    return "9999", (FOUR, high), (FOUR, low)


def _mobile(ranks: Index) -> Parts:
    # 000, 111 and 222 make GOV.UK Notify pretend that it has sent something
    last = ranks + 1
    last = last + (last >= 111)
    last = last + (last >= 222)
    return "07700 900", (THREE, last)


def _landline(ranks: Index) -> Parts:
    exchange, last = divmod(ranks, 1000)
    return (LANDLINES, exchange), (THREE, last)


def _nino(ranks: Index) -> Parts:
    # the number alone identifies a person, the suffix does not: it follows from the number
    high, low = divmod(ranks, 1000)
    return "QQ", (THREE, high), (THREE, low), (tuple("ABCD"), (ranks * 40_503 >> 7) & 3)


def _nhs_number(ranks: Index) -> Parts:
    """Of the ten choices for the ninth digit at most one has no check digit; it is left out."""
    middle, choice = divmod(ranks, 9)
    weighted = 9 * (10 + 9 + 8) + sum(
        weight * (middle // 10**place % 10) for place, weight in enumerate((3, 4, 5, 6, 7))
    )
    # 2 · digit ≡ 1 − weighted (mod 11) would ask for a check digit of 10; 6 is the inverse of 2
    ninth = choice + (choice >= (1 - weighted) * 6 % 11)
    check = -(weighted + 2 * ninth) % 11
    high, low = divmod(middle * 100 + ninth * 10 + check, 10_000)
    return "999", (THREE, high), (FOUR, low)


def _nhs_check(text: str) -> bool:
    total = sum(int(digit) * (10 - place) for place, digit in enumerate(text[:9]))
    return (11 - total % 11) % 11 == int(text[9])


_UPRN = Identifier(
    "uprn", "UPRN", 100_000_000, "B",
    "GeoPlace allots UPRNs to councils in blocks; no block this high is known",
    _uprn, "[0-9]{1,12}", "9999[0-9]{8}",
)  # fmt: skip
_POSTCODE = Identifier(
    "postcode", "postcode", len(FREE_AREAS) * 396_000, "B",
    "Royal Mail has 124 areas; these are none of them",
    lambda ranks: postcode(FREE_AREAS, ranks),
    "[A-Z]{1,2}[0-9][A-Z0-9]? [0-9][ABD-HJLNP-UW-Z]{2}",
    f"({'|'.join(FREE_AREAS)})[1-9][0-9]? [0-9][ABD-HJLNP-UW-Z]{{2}}",
)  # fmt: skip
_MOBILE = Identifier(
    "mobile", "mobile number", 997, "A", "Ofcom, numbers for drama use",
    _mobile, "07[0-9]{3} [0-9]{6}", "07700 900[0-9]{3}",
    ("07700 900000", "07700 900111", "07700 900222"),
)  # fmt: skip
_LANDLINE = Identifier(
    "landline", "landline number", len(LANDLINES) * 1000, "A", "Ofcom, numbers for drama use",
    _landline, "0[123][0-9 ]{8,11}", f"({'|'.join(LANDLINES)})[0-9]{{3}}",
)  # fmt: skip
_NINO = Identifier(
    "nino", "National Insurance number", 1_000_000, "A",
    "HMRC manual NIM39110: Q is not used, QQ is its example",
    _nino, "[A-Z]{2}[0-9]{6}[A-D]", "QQ[0-9]{6}[A-D]",
)  # fmt: skip
_NHS = Identifier(
    "nhs_number", "NHS number", 900_000, "A", "NHS: the range 999 is valid and never issued",
    _nhs_number, "[0-9]{10}", "999[0-9]{7}", (), _nhs_check,
)  # fmt: skip

IDENTIFIERS = {one.kind: one for one in (_UPRN, _POSTCODE, _MOBILE, _LANDLINE, _NINO, _NHS)}

_ADDRESS = re.compile(r"(?:Flat [1-8], )?[1-9][0-9]{0,2} [A-Z][\w' ]+, ([A-Z][\w ]+), (\w+ \w+)")


def _is_address(text: str) -> bool:
    found = _ADDRESS.fullmatch(text)
    return (
        found is not None and _POSTCODE.contains(found[2]) and TOWNS.get(found[1]) == found[2][:2]
    )


def _matches(pattern: str) -> Callable[[str], bool]:
    compiled = re.compile(pattern)
    return lambda text: compiled.fullmatch(text) is not None


CONTAINS: dict[str, Callable[[str], bool]] = {
    **{name: identifier.contains for name, identifier in IDENTIFIERS.items()},
    "address": _is_address,
    "email": _matches(rf"[a-z.-]+\.[0-9]+@({'|'.join(map(re.escape, EMAIL_DOMAINS))})"),
}
"""Whether a value is safe, by its text alone."""
