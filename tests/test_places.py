"""Invented homes: address, town and postcode agree, are nobody's, and repeat only if they must."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from sandboxctl.data.arrow import batch, column
from sandboxctl.data.geography.elsewhere import (
    ADDRESS,
    EDGE_POSTCODES,
    is_address,
    is_postcode_edge,
)
from sandboxctl.data.geography.gazetteer import INWARD, TOWNS, outward
from sandboxctl.data.identifiers import IDENTIFIERS
from sandboxctl.data.model import Data
from sandboxctl.data.problems import places, problems
from sandboxctl.data.scope import Dataset

pytestmark = pytest.mark.slow
"""`make check` leaves them to `make test`."""

HOME: dict[str, Any] = {
    "line": {"kind": "address"},
    "street": {"kind": "address", "form": "street"},
    "town": {"kind": "town"},
    "postcode": {"kind": "postcode"},
}


def data(columns: dict[str, Any], rows: int = 2_000, **table: Any) -> Data:
    return Data.model_validate({"tables": {"homes": {"rows": rows, "columns": columns, **table}}})


def made(wanted: Data, rows: Any = None, seed: int = 1) -> list[dict[str, Any]]:
    dataset = Dataset(wanted.model_copy(update={"seed": seed}))
    numbers = np.arange(dataset.sizes["homes"]) if rows is None else np.array(rows)
    found: list[dict[str, Any]] = batch(
        dataset.scope("homes", numbers.astype(np.uint64))
    ).to_pylist()
    return found


def wrong(columns: dict[str, Any], **table: Any) -> list[str]:
    return [
        f"{'.'.join(map(str, path[2:]))} {why}" for path, why in problems(data(columns, **table))
    ]


def test_one_line_is_made_of_the_other_columns() -> None:
    for row in made(data(HOME)):
        assert row["line"] == f"{row['street']}, {row['town']}, {row['postcode']}"
        assert row["postcode"].startswith(TOWNS[row["town"]])


def test_every_value_is_known_to_be_safe_by_its_text_alone() -> None:
    rows = made(data(HOME))
    assert all(is_address(row["line"]) and is_address(row["street"]) for row in rows)
    assert all(IDENTIFIERS["postcode"].contains(row["postcode"]) for row in rows[:200])


@pytest.mark.parametrize(
    "text",
    [
        "10 Downing Street, London, SW1A 2AA",
        "12 Acacia Road, Abbotsmere, AD12 3AB",
        "12 Acacia Road, Abbotsmere, AM12 3CB",
        "12 Nowhere Road",
        "",
    ],
)
def test_what_was_not_invented_is_no_address_of_ours(text: str) -> None:
    assert not is_address(text)


def test_eight_homes_share_a_postcode_and_differ_in_number() -> None:
    streets: dict[str, list[dict[str, Any]]] = {}
    for row in made(data(HOME, rows=2_048)):
        streets.setdefault(row["postcode"], []).append(row)
    assert {len(homes) for homes in streets.values()} == {8}
    for homes in streets.values():
        assert len({home["street"] for home in homes}) == 8
        assert len({home["street"].split(" ", 1)[1][-12:] for home in homes}) < 8
    flats = sum(homes[0]["street"].startswith("Flat") for homes in streets.values())
    assert 10 < flats < 60  # one street in eight of 256


def test_one_town_gives_every_address_once_and_begins_again() -> None:
    exist = 90 * len(INWARD) * 8
    wanted = data({"line": {"kind": "address", "towns": 1}}, rows=exist + 1_000)
    dataset = Dataset(wanted)
    spread = np.arange(0, exist, 97, dtype=np.uint64)
    some = column(dataset.scope("homes", spread).cells("line")).to_pylist()
    assert len(set(some)) == len(some)
    again = np.array([3, exist + 3], np.uint64)
    first, second = column(dataset.scope("homes", again).cells("line")).to_pylist()
    assert first.split(",")[-1] != ""
    assert is_address(first)
    assert is_address(second)
    assert wrong({"line": {"kind": "address", "towns": 1, "unique": True}}, rows=exist) == []


def test_all_streets_of_a_town_have_different_postcodes() -> None:
    rows = 90 * len(INWARD) * 8
    scope = Dataset(data({"code": {"kind": "postcode", "towns": 1}}, rows=rows)).scope(
        "homes", np.arange(rows, dtype=np.uint64)
    )
    assert len(pc.unique(column(scope.cells("code")))) == 90 * len(INWARD)


def test_unique_addresses_are_all_different() -> None:
    rows = made(data({"line": {"kind": "address", "unique": True, "towns": 2}}, rows=20_000))
    assert len({row["line"] for row in rows}) == 20_000


def test_unique_postcodes_come_from_all_areas_that_are_free() -> None:
    rows = made(data({"code": {"kind": "postcode", "unique": True}}, rows=5_000))
    codes = {row["code"] for row in rows}
    assert len(codes) == 5_000
    assert len({code[:2] for code in codes}) > 300
    assert all(IDENTIFIERS["postcode"].contains(code) for code in sorted(codes)[:100])


def test_a_row_is_the_same_alone_in_any_order_and_beside_other_columns() -> None:
    rows = made(data(HOME))
    chosen = [1999, 0, 700, 255, 256]
    assert made(data(HOME), chosen) == [rows[number] for number in chosen]
    alone = made(data({"town": {"kind": "town"}}))
    assert [row["town"] for row in alone] == [row["town"] for row in rows]


def test_another_seed_and_another_home_are_other_places() -> None:
    columns = {"home": {"kind": "postcode"}, "work": {"kind": "postcode", "home": "work"}}
    first, second = made(data(columns)), made(data(columns), seed=2)
    assert sum(row["home"] == row["work"] for row in first) < 5
    assert sum(a["home"] == b["home"] for a, b in zip(first, second, strict=True)) < 5


def test_only_a_unique_postcode_is_always_there() -> None:
    columns = {"code": {"kind": "postcode", "unique": True}, **HOME}
    columns["postcode"] = {"kind": "postcode", "home": "work"}
    gaps = {one.name: one.column.is_missing for one in places(data(columns))}
    assert gaps == {"code": False, "line": False, "street": False, "town": True, "postcode": True}


def test_towns_limits_the_towns() -> None:
    rows = made(data({name: {**kind, "towns": 3} for name, kind in HOME.items()}))
    assert {row["town"] for row in rows} == {"Abbotsmere", "Aldermarsh", "Ashenwold"}
    assert len(outward(3)) == 270


def test_what_cannot_agree_or_be_unique_is_refused() -> None:
    assert wrong(HOME) == []
    [different] = wrong({"town": {"kind": "town", "towns": 4}, "line": {"kind": "address"}})
    assert "line.towns is 40, while town, of the same home, has 4" in different
    assert (
        wrong({"town": {"kind": "town", "towns": 4}, "line": {"kind": "address", "home": "work"}})
        == []
    )
    [street] = wrong({"line": {"kind": "address", "form": "street", "unique": True}})
    assert "needs `form: line`" in street
    [alone] = wrong({"town": {"kind": "town"}, "code": {"kind": "postcode", "unique": True}})
    assert "cannot agree with town" in alone
    apart = {"kind": "postcode", "unique": True, "home": "other"}
    assert wrong({"town": {"kind": "town"}, "code": apart, "lad": {"kind": "lad"}}) == []
    [case] = wrong(
        {"line": {"kind": "address", "unique": True}}, edge_cases={"no_fixed_abode": 0.1}
    )
    assert "edge case no_fixed_abode gives several rows the same" in case
    [many] = wrong({"line": {"kind": "address", "unique": True, "towns": 1}}, rows=3_000_000)
    assert many.endswith("3,000,000 unique addresses asked for, 2,880,000 exist in these towns")
    [more] = wrong({"code": {"kind": "postcode", "unique": True}}, rows=100_000_000) or [""]
    assert more == ""


@pytest.mark.parametrize(
    ("case", "address", "postcode"),
    [
        ("no_fixed_abode", "No fixed abode", "ZZ99 3VZ"),
        ("unknown_address", "Address unknown", "ZZ99 3WZ"),
        ("bfpo", "BFPO 9999", None),
    ],
)
def test_who_has_no_home_has_what_the_case_says(case: str, address: str, postcode: str) -> None:
    rows = made(data(HOME, rows=400, edge_cases={case: 0.25}))
    away = [row for row in rows if row["town"] is None]
    assert 60 < len(away) < 140
    for row in away:
        assert row["line"] == row["street"]
        assert row["line"].endswith(address)
        assert row["postcode"] == postcode
    assert all(is_address(row["line"]) for row in rows)


def test_abroad_the_postcode_is_that_of_the_country_or_missing() -> None:
    rows = made(data(HOME, rows=400, edge_cases={"overseas_address": 1}))
    assert {row["town"] for row in rows} == {None}
    assert len({row["line"] for row in rows}) == 10
    for row in rows:
        assert row["postcode"] == ("ZZ99 6CZ" if row["line"].endswith("India") else None)
        assert is_address(row["line"])
    assert {"ZZ99 3VZ", "ZZ99 3WZ", "ZZ99 6CZ"} == EDGE_POSTCODES
    assert is_postcode_edge("ZZ99 6CZ")
    assert not is_postcode_edge("SW1A 2AA")
    assert all(IDENTIFIERS["postcode"].contains(code) for code in EDGE_POSTCODES)


def test_care_of_comes_before_the_address_of_a_home_only() -> None:
    plain = made(data(HOME, rows=300))
    rows = made(data(HOME, rows=300, edge_cases={"care_of": 0.5, "no_fixed_abode": 0.2}))
    cared = [row["line"].startswith("c/o ") for row in rows]
    assert 80 < sum(cared) < 160
    for row, before, care in zip(rows, plain, cared, strict=True):
        assert is_address(row["line"])
        assert is_address(row["street"])
        if care:
            assert row["line"].endswith(before["line"])
            assert row["street"].endswith(before["street"])
        else:
            assert row["line"] in {before["line"], "No fixed abode"}


def test_a_near_duplicate_lives_where_the_first_one_lives() -> None:
    cases = {"near_duplicate": 0.3, "no_fixed_abode": 0.3}
    rows = made(data(HOME, rows=500, edge_cases=cases))
    counts: dict[str, int] = {}
    for row in rows:
        counts[row["line"]] = counts.get(row["line"], 0) + 1
    assert max(count for line, count in counts.items() if line != "No fixed abode") > 1
    assert all(IDENTIFIERS["postcode"].contains(row["postcode"]) for row in rows)


def test_the_pattern_says_the_same_in_arrow() -> None:
    lines = [row["line"] for row in made(data(HOME, rows=50, edge_cases={"overseas_address": 0.5}))]
    found = pc.match_substring_regex(pa.array([*lines, "1 High Street"]), f"^(?:{ADDRESS})$")
    assert found.to_pylist() == [True] * 51
    assert (
        pc.match_substring_regex(pa.array(["1 Real Street"]), f"^(?:{ADDRESS})$")[0].as_py()
        is False
    )
