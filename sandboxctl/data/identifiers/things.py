"""Numbers of properties, streets and vehicles."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandboxctl.data.identifiers.identifier import Identifier, SafeSet
from sandboxctl.data.identifiers.pools import number, words
from sandboxctl.data.identifiers.tidy import grouped, replaced

if TYPE_CHECKING:
    from sandboxctl.data.identifiers.identifier import Index, Parts

TAG_LETTERS = "ABCDEFGHJKLMNOPRSTUVWXY"
LETTERS = f"{TAG_LETTERS}Z"
"""A vehicle has no I or Q, and no Z among the two letters that say where it is from."""

UPRN_START = 999_900_000_000


def _uprn(ranks: Index) -> Parts:
    return "9999", *number(ranks, 4, 4)


def _usrn(ranks: Index) -> Parts:
    return "999", *number(ranks, 2, 3)


def _vrn(ranks: Index) -> Parts:
    rest, end = divmod(ranks, 24**2)
    tag, middle = divmod(rest, 24)
    ages = tuple(f"01 {letter}" for letter in LETTERS)
    return (words(TAG_LETTERS, 2), tag), (ages, middle), (words(LETTERS, 2), end)


_BLOCKS = "councils allot them from blocks; no block this high is known (an inference)"

UPRN = Identifier(
    "uprn", "UPRN", "UPRNs", r"[1-9][0-9]{0,11}", r"[0-9]{1,12}",
    (
        SafeSet(
            "9999", "999,900,000,000 to 999,999,999,999", 100_000_000, "B",
            f"GeoPlace: {_BLOCKS}", "up to twelve digits: yes; look-up of addresses: no",
            _uprn, "9999[0-9]{8}",
        ),
    ),
    ("uprn",), tidy=replaced("^0+", ""),
)  # fmt: skip
USRN = Identifier(
    "usrn", "USRN", "USRNs", r"[1-9][0-9]{0,7}", r"[0-9]{1,8}",
    (
        SafeSet(
            "999", "99,900,000 to 99,999,999", 100_000, "B",
            f"GeoPlace: {_BLOCKS}", "up to eight digits: yes; look-up of streets: no",
            _usrn, "999[0-9]{5}",
        ),
    ),
    ("usrn", "street_reference"), tidy=replaced("^0+", ""),
)  # fmt: skip
VRN = Identifier(
    "vrn", "vehicle registration number", "vehicle registration numbers",
    r"[A-Z]{2}[0-9]{2} [A-Z]{3}|[A-Z][0-9]{1,3} [A-Z]{3}",
    r"[A-Za-z]{2}[0-9]{2}[ -]?[A-Za-z]{3}|[A-Za-z][0-9]{1,3}[ -]?[A-Za-z]{3}",
    (
        SafeSet(
            "01", "age identifier 01", len(TAG_LETTERS) ** 2 * len(LETTERS) ** 3, "B",
            "DVLA INF104: the scheme began with 51 in September 2001, and 02 came next; that 01 "
            "was never issued is an inference",
            "two letters, two digits, three letters: yes; lists of age identifiers: no", _vrn,
            f"[{TAG_LETTERS}]{{2}}01 [{LETTERS}]{{3}}",
        ),
    ),
    ("vrn", "vrm", "registration", "vehicle", "number_plate"), strong=True, tidy=grouped(" ", -3),
)  # fmt: skip
