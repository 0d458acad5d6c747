"""Nations, regions, districts and wards of the UK, by their real and public GSS codes.

Districts: the 361 local authority districts since April 2023, with the population of mid-2020
in thousands, the area in km² and a point in their middle to a hundredth of a degree. Wards: those
of 20 districts, as of 2014 (Northern Ireland), 2017 (Scotland) and 2012 to 2018 (England, Wales);
some have been redrawn since.

Source  Office for National Statistics, Open Geography portal and mid-2020 population estimates.
Contains public sector information licensed under the Open Government Licence v3.0, and
Ordnance Survey data © Crown copyright and database right.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from pathlib import Path

UK = "United Kingdom"
WARDS = "wards"
"""Stands for the districts whose wards are known."""

NATIONS = {
    "E": ("E92000001", "England"),
    "N": ("N92000002", "Northern Ireland"),
    "S": ("S92000003", "Scotland"),
    "W": ("W92000004", "Wales"),
}
"""First letter of every code there → code and name."""

REGIONS = {
    "NE": ("E12000001", "North East"),
    "NW": ("E12000002", "North West"),
    "YH": ("E12000003", "Yorkshire and The Humber"),
    "EM": ("E12000004", "East Midlands"),
    "WM": ("E12000005", "West Midlands"),
    "EE": ("E12000006", "East of England"),
    "LN": ("E12000007", "London"),
    "SE": ("E12000008", "South East"),
    "SW": ("E12000009", "South West"),
}
"""Of England."""


@dataclass(frozen=True, slots=True)
class District:
    code: str
    name: str
    region: str
    thousands: int
    area: int
    latitude: float
    longitude: float

    @property
    def nation(self) -> tuple[str, str]:
        return NATIONS[self.code[0]]

    @property
    def labels(self) -> tuple[str, ...]:
        """Every name and code that it goes by, and that what it lies in goes by."""
        region = REGIONS.get(self.region, ())
        return (UK, *self.nation, *region, self.code, self.name)


def _rows(file: str) -> list[dict[str, str]]:
    with Path(__file__).with_name(file).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


@lru_cache(maxsize=1)
def districts() -> tuple[District, ...]:
    """All of them, by code."""
    return tuple(
        District(
            row["code"],
            row["name"],
            row["region"],
            int(row["thousands"]),
            int(row["area"]),
            float(row["latitude"]),
            float(row["longitude"]),
        )
        for row in _rows("districts.csv")
    )


@lru_cache(maxsize=1)
def wards() -> dict[str, tuple[tuple[str, str], ...]]:
    """Code of a district → codes and names of its wards."""
    rows = sorted(_rows("wards.csv"), key=lambda row: (row["district"], row["code"]))
    return {
        district: tuple((row["code"], row["name"]) for row in group)
        for district, group in groupby(rows, key=lambda row: row["district"])
    }


@lru_cache(maxsize=1)
def _labelled() -> dict[str, frozenset[str]]:
    """Name or code of any area → codes of the districts in it."""
    found: dict[str, set[str]] = {WARDS: set(wards())}
    for district in districts():
        for label in district.labels:
            found.setdefault(label, set()).add(district.code)
    return {label: frozenset(codes) for label, codes in found.items()}


def unknown(within: tuple[str, ...]) -> list[str]:
    """Those that are the name or code of no area."""
    return [label for label in within if label not in _labelled()]


@lru_cache(maxsize=256)
def select(within: tuple[str, ...]) -> tuple[District, ...]:
    """The districts in any of these areas, by code."""
    codes = frozenset().union(*(_labelled().get(label, frozenset()) for label in within))
    return tuple(district for district in districts() if district.code in codes)
