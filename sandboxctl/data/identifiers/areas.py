"""Invented towns and streets, and the postcode areas that Royal Mail has not assigned.

A real town with an invented street would still point at a real place, so the towns are invented
too, each with a postcode area of its own: town and postcode always agree.
"""

from __future__ import annotations

from itertools import product


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


LIVE_AREAS = frozenset(
    _words(
        "AB AL B BA BB BD BH BL BN BR BS BT CA CB CF CH CM CO CR CT CV CW DA DD DE DG DH DL DN DT "
        "DY E EC EH EN EX FK FY G GL GU GY HA HD HG HP HR HS HU HX IG IM IP IV JE KA KT KW KY L "
        "LA LD LE LL LN LS LU M ME MK ML N NE NG NN NP NR NW OL OX PA PE PH PL PO PR RG RH RM S "
        "SA SE SG SK SL SM SN SO SP SR SS ST SW SY TA TD TF TN TQ TR TS TW UB W WA WC WD WF WN WR "
        "WS WV YO ZE"
    )
)
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

UNITS = tuple(map("".join, product(INWARD_LETTERS, repeat=2)))

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
