"""Forenames and surnames in use in the UK, by community, birth cohort and sex.

Compiled for this package from general knowledge; the shares of the communities are our own rough
estimate, meant to resemble the ethnic groups by age of the censuses of 2021. A made-up pair may be
somebody's name. That does no harm, because nothing that stands beside it (address, telephone,
numbers) can belong to anybody. Apostrophes, hyphens, accents, surnames of one letter and very long
ones are there on purpose.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from sandboxctl.data.people.african import CARIBBEAN, EAST_AFRICAN, WEST_AFRICAN
from sandboxctl.data.people.asian import (
    EAST_ASIAN,
    INDIAN,
    MIDDLE_EASTERN,
    PAKISTANI_BANGLADESHI,
    SIKH,
)
from sandboxctl.data.people.british import ENGLISH
from sandboxctl.data.people.community import Community
from sandboxctl.data.people.european import EASTERN_EUROPEAN, POLISH, WESTERN_EUROPEAN
from sandboxctl.data.people.isles import IRISH, SCOTTISH, WELSH
from sandboxctl.data.people.long import LONG_FORENAMES

COMMUNITIES = (
    ENGLISH,
    SCOTTISH,
    WELSH,
    IRISH,
    PAKISTANI_BANGLADESHI,
    INDIAN,
    SIKH,
    WEST_AFRICAN,
    EAST_AFRICAN,
    CARIBBEAN,
    POLISH,
    EASTERN_EUROPEAN,
    WESTERN_EUROPEAN,
    EAST_ASIAN,
    MIDDLE_EASTERN,
)
SEXES = (0, 1)

_WITHOUT_MARK = str.maketrans(
    {"ł": "l", "Ł": "L", "ø": "o", "Ø": "O", "ı": "i", "đ": "d", "æ": "ae", "ß": "ss"}
)


def doubled(community: Community) -> list[str]:
    """Double-barrelled surnames made of a community's own."""
    plain = [name for name in community.surnames if name.isalpha() and len(name) > 1]
    count = len(plain)
    pairs = ((plain[7 * n % count], plain[(13 * n + 5) % count]) for n in range(community.doubled))
    return [f"{first}-{second}" for first, second in pairs if first != second]


def _forenames() -> Iterator[str]:
    for community in COMMUNITIES:
        for names in community.female + community.male:
            yield from names
    yield from (name for names in LONG_FORENAMES for name in names)
    yield ""


def _surnames() -> Iterator[str]:
    for community in COMMUNITIES:
        yield from (*community.female_surnames, *community.male_surnames, *community.surnames)
        yield from (*community.rare_surnames, *doubled(community))


FORENAMES = tuple(dict.fromkeys(_forenames()))
"""Each once; the last is the empty one of those who have a single name."""

SURNAMES = tuple(dict.fromkeys(_surnames()))


def plain(name: str) -> str:
    """The name without accents."""
    apart = unicodedata.normalize("NFKD", name.translate(_WITHOUT_MARK))
    return "".join(letter for letter in apart if letter.isascii())


def slug(name: str) -> str:
    """The name as it stands in an e-mail address: a to z and hyphen."""
    spaced = plain(name.lower()).replace(" ", "-")
    return "".join(letter for letter in spaced if letter.isalpha() or letter == "-")
