"""Real districts: public codes, by population, and nation, ward and point agree with them."""

from __future__ import annotations

import re
from collections import Counter
from math import radians
from typing import Any

import pytest

from sandboxctl.data import geography
from sandboxctl.data.expectations import Shares
from sandboxctl.data.geography.grid import grid, projected
from sandboxctl.data.problems import places
from tests.test_places import data, made, wrong

pytestmark = pytest.mark.slow
"""`make check` leaves them to `make test`."""

EVERYWHERE: dict[str, Any] = {
    "postcode": {"kind": "postcode"},
    "country": {"kind": "country"},
    "nation": {"kind": "country", "of": "code"},
    "lad": {"kind": "lad"},
    "district": {"kind": "lad", "of": "name"},
    "latitude": {"kind": "location", "of": "latitude"},
    "longitude": {"kind": "location", "of": "longitude"},
    "easting": {"kind": "location", "of": "easting"},
    "northing": {"kind": "location", "of": "northing"},
}
WARDED: dict[str, Any] = {
    "lad": {"kind": "lad", "within": "wards"},
    "ward": {"kind": "ward"},
    "name": {"kind": "ward", "of": "name"},
}
BY_CODE = {one.code: one for one in geography.districts()}


def expected(columns: dict[str, Any], name: str) -> dict[str, float]:
    [place] = [one for one in places(data(columns, rows=40_000)) if one.name == name]
    shares = place.column.expected(place)
    assert isinstance(shares, Shares)
    return dict(shares.shares)


def near(counts: Counter[str], shares: dict[str, float]) -> bool:
    """Whether no count is further off than luck would have it, one by one."""
    rows = counts.total()
    return set(counts) <= set(shares) and all(
        abs(counts[word] - rows * share) < 5 * (rows * share) ** 0.5 + 8
        for word, share in shares.items()
    )


def test_there_are_all_districts_of_the_uk() -> None:
    assert Counter(one.code[:3] for one in geography.districts()) == {
        "E06": 63, "E07": 164, "E08": 36, "E09": 33, "N09": 11, "S12": 32, "W06": 22,
    }  # fmt: skip
    assert all(re.fullmatch("[ENSW][0-9]{8}", one.code) for one in geography.districts())
    assert len({one.name for one in geography.districts()}) == 361
    # ONS, mid-2020: 67.1 million people in the UK, 56.6 of them in England
    assert sum(one.thousands for one in geography.districts()) == 67_075
    assert sum(one.thousands for one in geography.select(("England",))) == 56_545


def test_every_ward_belongs_to_a_district_and_has_its_own_code() -> None:
    codes = [code for wards in geography.wards().values() for code, _ in wards]
    assert len(codes) == len(set(codes)) == 370
    assert all(
        code[0] == district[0] and district in BY_CODE
        for district, wards in geography.wards().items()
        for code, _ in wards
    )


def test_the_columns_of_a_row_agree() -> None:
    for row in made(data(EVERYWHERE)):
        district = BY_CODE[row["lad"]]
        assert row["district"] == district.name
        assert (row["nation"], row["country"]) == district.nation


def test_homes_with_one_postcode_are_in_one_district() -> None:
    found: dict[str, set[tuple[Any, ...]]] = {}
    for row in made(data(EVERYWHERE)):
        found.setdefault(row["postcode"], set()).add((row["lad"], row["latitude"]))
    assert {len(places) for places in found.values()} == {1}


def test_a_ward_is_one_of_the_district() -> None:
    for row in made(data(WARDED)):
        assert (row["ward"], row["name"]) in geography.wards()[row["lad"]]


@pytest.mark.parametrize("name", ["lad", "district", "country", "nation"])
def test_districts_are_drawn_by_population(name: str) -> None:
    rows = made(data(EVERYWHERE, rows=40_000))
    shares = expected(EVERYWHERE, name)
    assert sum(shares.values()) == pytest.approx(1)
    assert near(Counter(row[name] for row in rows), shares)


@pytest.mark.parametrize("name", ["ward", "name"])
def test_wards_are_equally_likely_in_their_district(name: str) -> None:
    rows = made(data(WARDED, rows=40_000))
    shares = expected(WARDED, name)
    assert sum(shares.values()) == pytest.approx(1)
    assert near(Counter(row[name] for row in rows), shares)


def test_points_lie_around_the_middle_of_the_district_and_agree_with_each_other() -> None:
    for row in made(data(EVERYWHERE, rows=500)):
        district = BY_CODE[row["lad"]]
        reach = 0.36 * district.area**0.5 / 111
        assert abs(float(row["latitude"]) - district.latitude) < reach
        assert abs(float(row["longitude"]) - district.longitude) < reach * 2.2
        easting, northing = grid(float(row["latitude"]), float(row["longitude"]))
        # to one part in a hundred of the way from the middle, as the grid is no plane
        assert abs(easting - row["easting"]) < 200 + 0.02 * 111_000 * reach
        assert abs(northing - row["northing"]) < 200 + 0.02 * 111_000 * reach


def test_the_projection_is_that_of_the_ordnance_survey() -> None:
    # the worked example of its guide, annex C
    north = radians(52 + 39 / 60 + 27.2531 / 3600)
    east = radians(1 + 43 / 60 + 4.5177 / 3600)
    assert projected(north, east) == pytest.approx((651_409.903, 313_177.270), abs=0.002)
    assert grid(52.48854726877568, -1.874802373006662) == (408_598, 287_855)


def test_within_keeps_to_some_areas() -> None:
    within = ["Wales", "E12000007", "Leeds"]
    rows = made(data({"lad": {"kind": "lad", "within": within}}))
    assert {code[:3] for code in (row["lad"] for row in rows)} == {"W06", "E09", "E08"}
    assert {row["lad"] for row in rows if row["lad"][:3] == "E08"} == {"E08000035"}
    only = made(data({"lad": {"kind": "lad", "of": "name", "within": "Isles of Scilly"}}, rows=9))
    assert {row["lad"] for row in only} == {"Isles of Scilly"}


def test_areas_that_do_not_exist_or_agree_are_refused() -> None:
    assert wrong(EVERYWHERE) == wrong(WARDED) == []
    [typing] = wrong({"lad": {"kind": "lad", "within": ["Wales", "Narnia"]}})
    assert (
        typing
        == "columns.lad.within names Narnia, which is no nation, region or district of the UK"
    )
    [apart] = wrong({"lad": {"kind": "lad"}, "ward": {"kind": "ward"}})
    assert "within is wards, while lad, of the same home, has United Kingdom" in apart
    [unknown] = wrong({"ward": {"kind": "ward", "within": ["Bristol, City of", "Leeds"]}})
    assert "has 1 districts whose wards are not known, Leeds for one" in unknown
    # nonsense next to it is not its business, and does no harm
    nowhere = {"kind": "ward", "within": "Narnia"}
    assert len(wrong({"ward": nowhere})) == 1
    assert [one.column.expected(one) for one in places(data({"ward": nowhere}))] == [None]
    everywhere = {"kind": "ward", "within": "United Kingdom"}
    assert len(expected({"ward": everywhere}, "ward")) == 370


def test_few_rows_say_nothing_of_many_districts() -> None:
    columns = {"lad": {"kind": "lad"}, "country": {"kind": "country"}}
    lad, country = places(data(columns, rows=1_000))
    assert lad.column.expected(lad) is None
    assert country.column.expected(country) is not None


def test_abroad_there_is_no_district_but_a_country() -> None:
    columns = EVERYWHERE | {"line": {"kind": "address"}}
    for row in made(data(columns, rows=200, edge_cases={"overseas_address": 1})):
        assert row["line"].endswith(f", {row['country']}")
        assert [row[name] for name in ("nation", "lad", "district", "easting")] == [None] * 4


def test_who_has_no_fixed_abode_has_a_district_and_no_point() -> None:
    usual = made(data(EVERYWHERE, rows=200))
    rows = made(data(EVERYWHERE, rows=200, edge_cases={"no_fixed_abode": 1}))
    for row, before in zip(rows, usual, strict=True):
        assert (row["lad"], row["country"]) == (before["lad"], before["country"])
        assert row["latitude"] is None


def test_nothing_is_known_of_an_unknown_address() -> None:
    rows = made(data(EVERYWHERE | WARDED, rows=100, edge_cases={"unknown_address": 1}))
    assert {row[name] for row in rows for name in ("country", "nation", "lad", "ward")} == {None}


def test_numbers_have_the_types_that_are_promised() -> None:
    types = {one.name: str(one.type) for one in places(data(EVERYWHERE))}
    assert types["latitude"] == "a decimal number"
    assert types["easting"] == "a whole number"
    assert types["lad"] == "text"
    assert all(one.column.is_missing for one in places(data(EVERYWHERE)))
