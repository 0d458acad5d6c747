"""Postcodes, and the areas that Royal Mail has not assigned."""

from __future__ import annotations

from functools import lru_cache
from itertools import groupby, product
from typing import TYPE_CHECKING

from sandboxctl.data.identifiers.identifier import Identifier, SafeSet
from sandboxctl.data.identifiers.pools import words
from sandboxctl.data.identifiers.tidy import grouped

if TYPE_CHECKING:
    from sandboxctl.data.identifiers.identifier import Index, Parts

_LIVE = (
    "AB AL B BA BB BD BH BL BN BR BS BT CA CB CF CH CM CO CR CT CV CW DA DD DE DG DH DL DN DT "
    "DY E EC EH EN EX FK FY G GL GU GY HA HD HG HP HR HS HU HX IG IM IP IV JE KA KT KW KY L "
    "LA LD LE LL LN LS LU M ME MK ML N NE NG NN NP NR NW OL OX PA PE PH PL PO PR RG RH RM S "
    "SA SE SG SK SL SM SN SO SP SR SS ST SW SY TA TD TF TN TQ TR TS TW UB W WA WC WD WF WN WR "
    "WS WV YO ZE"
)
LIVE_AREAS = frozenset(_LIVE.split())
"""The 124 areas that people live in."""

SPECIAL_AREAS = frozenset({"BF", "BX", "GX"})
"""Forces, banks and Gibraltar: no towns, yet in use."""

FREE_AREAS = tuple(
    area
    for area in map("".join, product("ABCDEFGHIJKLMNOPRSTUWYZ", "ABCDEFGHKLMNOPQRSTUVWXY"))
    if area not in LIVE_AREAS | SPECIAL_AREAS
)
"""Pairs of letters that the usual pattern of a postcode accepts and that lead nowhere."""

INWARD_LETTERS = "ABDEFGHJLNPQRSTUWXYZ"
"""An inward code never has C, I, K, M, O or V."""

PSEUDO = ("ZZ99 3VZ", "ZZ99 3WZ", "ZZ99 3CZ", "ZZ99 3GZ", "ZZ99 1WZ", "ZZ99 2WZ")
"""No fixed abode, not known; England, Wales, Scotland, Northern Ireland, and no more than that."""

_INWARD = f"[0-9][{INWARD_LETTERS}]{{2}}"


@lru_cache
def _inward() -> tuple[str, ...]:
    units = words(INWARD_LETTERS, 2)
    return tuple(f"{sector}{unit}" for sector in range(10) for unit in units)


@lru_cache
def _districts() -> tuple[str, ...]:
    return tuple(f"{district} " for district in range(1, 100))


def _free(ranks: Index) -> Parts:
    """Districts 1 to 99, ten sectors, 400 units each."""
    rest, end = divmod(ranks, 4_000)
    area, district = divmod(rest, 99)
    return (FREE_AREAS, area), (_districts(), district), (_inward(), end)


def _either(areas: tuple[str, ...]) -> str:
    """A pattern for pairs of letters, those with the same first letter together."""
    groups = groupby(areas, key=lambda area: area[0])
    return "|".join(f"{first}[{''.join(area[1] for area in group)}]" for first, group in groups)


POSTCODE = Identifier(
    "postcode", "postcode", "postcodes",
    rf"[A-Z]{{1,2}}[0-9][A-Z0-9]? {_INWARD}|ZZ99 [0-9][A-Z]Z",
    r"[A-Za-z]{1,2}[0-9][A-Za-z0-9]? ?[0-9][A-Za-z]{2}",
    (
        SafeSet(
            "unassigned", f"{len(FREE_AREAS)} pairs of letters that are no postcode area, "
            "districts 1 to 99", len(FREE_AREAS) * 99 * 4_000, "B",
            "Royal Mail has 124 areas; these are none of them, nor BF, BX or GX",
            "usual pattern: yes; look-up of addresses: no", _free,
            rf"(?:{_either(FREE_AREAS)})[1-9][0-9]? {_INWARD}",
        ),
        SafeSet(
            "ZZ99", "pseudo postcodes: ZZ99 3VZ is no fixed abode, ZZ99 3WZ is not known",
            len(PSEUDO), "A", "NHS Data Dictionary; records of real people have them, and they "
            "say nothing of where those are", "usual pattern: no, Z cannot be second",
            lambda ranks: ((PSEUDO, ranks),), "ZZ99 [0-9][A-Z]Z",
        ),
    ),
    ("postcode", "post_code", "postal_code", "zip"), strong=True, tidy=grouped(" ", -3),
)  # fmt: skip
