"""Invented towns and streets.

A real town with an invented street would still point at a real place, so the towns are invented
too, each with a postcode area of its own: town and postcode always agree.
"""

from __future__ import annotations

from sandboxctl.data.identifiers.postcodes import FREE_AREAS, LIVE_AREAS, SPECIAL_AREAS

__all__ = ["FREE_AREAS", "LIVE_AREAS", "SPECIAL_AREAS", "STREET_NAMES", "STREET_TYPES", "TOWNS"]


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
    "Eastholme": "EA",
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
    "Langmere": "LG",
    "Llanfarrow": "LF",
    "Lower Withen": "LW",
    "Marlhampton": "MH",
    "Millthwaite": "MT",
    "Netherwick": "NT",
    "Nethershaw": "NS",
    "Oakenshawe": "OA",
    "Pencarrick": "PC",
    "Pexbridge": "PX",
    "Quarrington": "KQ",
    "Ravensholm": "RV",
    "Rushwold": "RW",
    "Saltmarrow": "SX",
    "Stanmere": "SD",
    "Thornwick": "TH",
    "Upper Sorrel": "UP",
    "Wexcombe": "WX",
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
