"""Invented towns and streets, and the postcodes that belong to them.

A real town with an invented street would still point at a real place, so the towns are invented
too, each with a postcode area of its own that Royal Mail has not assigned: town and postcode
always agree.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import product


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


TOWNS = {
    "Abbotsmere": "AM",
    "Aldermarsh": "AD",
    "Ashenwold": "AW",
    "Barrowmoor": "BW",
    "Bellthorpe": "BE",
    "Brackenhythe": "BK",
    "Calderstowe": "CD",
    "Chillmarsh": "CL",
    "Cranwick Regis": "CN",
    "Dunmarrow": "DM",
    "Eastmarrow": "EA",
    "Elderwick": "EL",
    "Fennimoor": "FE",
    "Fordwold": "FW",
    "Garroway Cross": "GC",
    "Glenharrow": "GH",
    "Hallowmere": "HM",
    "Harthwaite": "HT",
    "Inverlarrick": "IL",
    "Kelderby": "KE",
    "Kingsmarrow": "KM",
    "Langmarrow": "LG",
    "Llanfarrow": "LF",
    "Lower Withen": "LW",
    "Marlhampton": "MH",
    "Millthwaite": "MT",
    "Netherwick": "NT",
    "Nethershaw": "NS",
    "Oakenmarrow": "OA",
    "Penmarrick": "PC",
    "Pexbridge": "PX",
    "Quarrendale Moor": "KQ",
    "Ravensholm": "RV",
    "Rushwold": "RW",
    "Saltmarrow": "SX",
    "Stanmarrow": "SD",
    "Thornmarrow": "TH",
    "Upper Sorrel": "UP",
    "Wexmarrow": "WX",
    "Yarrowdale": "YD",
}
"""Town and its area; the order is part of what a seed means."""

STREET_NAMES = _words(
    "Acacia Alder Beech Birch Bluebell Bridge Broad Canal Castle Cedar Chapel Cherry Church "
    "Clover Coronation Cross Elm Ferry Garden Granary Green Hawthorn Heather High Hill Holly "
    "Jubilee Juniper King's Lark Laurel Lavender Lime Linden Long Maple Market Meadow Mill "
    "Nightingale North Orchard Park Poplar Primrose Priory Queen's Quarry Rectory Rose Rowan "
    "School Silver South Spring Station Swan Sycamore Tanner's Tower Union Victoria Vicarage "
    "Water Weaver's West Willow Windmill Yew"
)

STREET_TYPES = _words(
    "Street Road Lane Avenue Close Drive Way Court Gardens Terrace Crescent Place Row Walk"
)

STREETS = tuple(map(" ".join, product(STREET_NAMES, STREET_TYPES)))

DISTRICTS = range(10, 100)
"""In the area of each town; all of two digits, as texts of one length are put together faster."""

INWARD = tuple(
    f"{sector}{first}{second}"
    for sector in range(10)
    for first, second in product("ABDEFGHJLNPQRSTUWXYZ", repeat=2)
)
"""A sector and a unit; an inward code never has C, I, K, M, O or V."""


@lru_cache(maxsize=64)
def names(towns: int) -> tuple[str, ...]:
    """The first so many towns."""
    return tuple(TOWNS)[:towns]


@lru_cache(maxsize=64)
def outward(towns: int) -> tuple[str, ...]:
    """The districts of the first so many towns, town by town, each with the space behind it."""
    areas = tuple(TOWNS.values())[:towns]
    return tuple(f"{area}{district} " for area in areas for district in DISTRICTS)


@lru_cache(maxsize=64)
def last_lines(towns: int) -> tuple[str, ...]:
    """The same with the town: "Abbotsmere, AM12 "."""
    areas = [name for name in names(towns) for _ in DISTRICTS]
    return tuple(f"{name}, {code}" for name, code in zip(areas, outward(towns), strict=True))
