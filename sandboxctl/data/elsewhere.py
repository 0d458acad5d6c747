"""Where people are who have no home in the UK, or none that is known; and what an address may be.

Postcodes: ZZ99 are the pseudo postcodes of the NHS Organisation Data Service, which records of real
people carry too, so they tell of a case and never of a person; ZZ99 6CZ is the example that the
NHS Data Dictionary gives for a country, India. Royal Mail gave BF1 to the forces; BF9 is not in use
(level D, as no list says so), nor has any forces post office a number of four digits like 9999.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from sandboxctl.data.gazetteer import STREETS, belongs


@dataclass(frozen=True, slots=True)
class Stay:
    """What stands in place of a home. No country means that it is still the one of the home."""

    address: str
    postcode: str
    country: str | None = ""


def _overseas(address: str, country: str, postcode: str = "") -> Stay:
    return Stay(f"{address}, {country}", postcode, country)


STAYS: dict[str, tuple[Stay, ...]] = {
    "unknown_address": (Stay("Address unknown", "ZZ99 3WZ"),),
    "bfpo": tuple(
        Stay(f"Building {number}, Example Lines, BFPO 9999", "BF9 9ZZ") for number in range(1, 41)
    ),
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
    "no_fixed_abode": (Stay("No fixed abode", "ZZ99 3VZ", None),),
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

EDGE_POSTCODES = frozenset(stay.postcode for stay in ALL_STAYS) - {""}

_ADDRESSES = frozenset(stay.address for stay in ALL_STAYS)
_HOME = re.compile(
    rf"(?:{'|'.join(CARE_OF)})?(?:Flat [1-8], )?[1-9][0-9]? ([A-Z][\w']+ [A-Z]\w+)"
    r"(?:, ([A-Z][\w ]+), ([A-Z0-9 ]+))?"
)
_STREETS = frozenset(STREETS)


def is_postcode_edge(text: str) -> bool:
    """Whether it is one of the postcodes that edge cases put in place of an invented one."""
    return text in EDGE_POSTCODES


def is_address(text: str) -> bool:
    """Whether an address is invented: one line with its postcode, or number and street alone."""
    if text in _ADDRESSES:
        return True
    found = _HOME.fullmatch(text)
    if found is None or found[1] not in _STREETS:
        return False
    return found[2] is None or belongs(found[2], found[3])
