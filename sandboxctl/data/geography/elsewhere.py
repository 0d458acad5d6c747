"""Where people are who have no home in the UK, or none that is known; and what an address may be.

Postcodes: ZZ99 are the pseudo postcodes of the NHS Organisation Data Service, which records of real
people carry too, so they tell of a case and never of a person; ZZ99 6CZ is the example that the
NHS Data Dictionary gives for a country, India. That no forces post office has the number 9999 is
general knowledge, which no list confirms (level D).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from sandboxctl.data.geography.gazetteer import STREET_NAMES, STREET_TYPES, TOWNS


@dataclass(frozen=True, slots=True)
class Stay:
    """What stands in place of a home; what it has not is missing there.

    ``near`` means that district, ward and country are still those of the home.
    """

    address: str
    postcode: str | None = None
    country: str | None = None
    near: bool = False


def _overseas(address: str, country: str, postcode: str | None = None) -> Stay:
    return Stay(f"{address}, {country}", postcode, country)


UNKNOWN = "ZZ99 3WZ"

STAYS: dict[str, tuple[Stay, ...]] = {
    "unknown_address": (Stay("Address unknown", UNKNOWN),),
    "bfpo": tuple(Stay(f"Building {number}, Example Lines, BFPO 9999") for number in range(1, 41)),
    "overseas_address": (
        _overseas("12 rue des Exemples, 00000 Exempleville", "France"),
        _overseas("Beispielweg 7, 00000 Musterhausen", "Germany"),
        _overseas("Calle del Ejemplo 31, 00000 Villaejemplo", "Spain"),
        _overseas("ul. Przykładowa 5, 00-000 Przykładowo", "Poland"),
        _overseas("Via dell'Esempio 18, 00000 Esempiano", "Italy"),
        _overseas("4 Sample Terrace, Ballysampla", "Ireland"),
        _overseas("221 Example Avenue, Sampleton", "United States"),
        _overseas("14 Namuna Marg, Namunapur 000014", "India", "ZZ99 6CZ"),
        _overseas("House 9, Namuna Road, Namunabad 00000", "Pakistan"),
        _overseas("3 Example Close, Sampleville", "Nigeria"),
    ),
    "no_fixed_abode": (Stay("No fixed abode", "ZZ99 3VZ", near=True),),
}
"""Edge case → what may stand there; a later one comes before those above it."""

ALL_STAYS = tuple(stay for stays in STAYS.values() for stay in stays)

CARE_OF = (
    "c/o The Manager, ",
    "c/o Reception, ",
    "c/o The Warden, ",
    "c/o Mrs Example, ",
    "c/o Mr Sample, ",
    "c/o Sample and Daughters Solicitors, ",
)
"""How an address begins that somebody else looks after."""

EDGE_POSTCODES = frozenset(stay.postcode for stay in ALL_STAYS if stay.postcode)
"""All that stand in place of an invented postcode."""


def _one_of(texts: Iterable[str]) -> str:
    return f"(?:{'|'.join(map(re.escape, texts))})"


_HOME = (
    rf"{_one_of(CARE_OF)}?(?:Flat [1-8], )?[1-9][0-9]? "
    rf"{_one_of(STREET_NAMES)} {_one_of(STREET_TYPES)}"
)
_LAST = (
    rf"{_one_of(f'{town}, {area}' for town, area in TOWNS.items())}"
    r"[1-9][0-9] [0-9][ABD-HJLNP-UW-Z]{2}"
)
ADDRESS = rf"{_HOME}(?:, {_LAST})?|{_one_of(dict.fromkeys(stay.address for stay in ALL_STAYS))}"
"""All invented addresses, for Python's `re` and for RE2: number and street, alone or in one line
with town and postcode, or an edge case."""

_ADDRESS = re.compile(ADDRESS)


def is_postcode_edge(text: str) -> bool:
    """Whether it is one of the postcodes that edge cases put in place of an invented one."""
    return text in EDGE_POSTCODES


def is_address(text: str) -> bool:
    """Whether an address is invented."""
    return _ADDRESS.fullmatch(text) is not None
