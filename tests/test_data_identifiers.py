"""No value can be anybody's: each kind is checked by its written form, over 120,000 rows."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest

from sandboxctl.blueprint.columns import capacity
from sandboxctl.blueprint.model import Data
from sandboxctl.data.dataset import chunks
from sandboxctl.data.identifiers import CONTAINS, IDENTIFIERS
from sandboxctl.data.mix import U64
from sandboxctl.data.names import COMMUNITIES, GIVEN, SURNAMES, slug
from sandboxctl.data.places import FREE_AREAS, LIVE_AREAS, TOWNS
from sandboxctl.data.render import PLAIN, lines
from sandboxctl.data.values import Cells, Values

ROWS = 120_000


def texts(values: Values, count: int) -> list[str]:
    return lines([Cells(values)], count, PLAIN, "", "\n").decode().split("\n")[:-1]


def made(rows: int = ROWS, **column: object) -> list[str]:
    """All values of a table with one column."""
    tables = {"people": {"rows": rows, "columns": {"it": column}}}
    data = Data.model_validate({"seed": 3, "tables": tables})
    found: list[str] = []
    for count, chunk in chunks(data, "people"):
        found += texts(chunk["it"].values, count)
    return found


KINDS = [
    ("uprn", {"kind": "uprn"}),
    ("uprn", {"kind": "uprn", "unique": True}),
    ("address", {"kind": "address"}),
    ("address", {"kind": "address", "unique": True, "towns": 3}),
    ("postcode", {"kind": "postcode"}),
    ("postcode", {"kind": "postcode", "unique": True}),
    ("email", {"kind": "email"}),
    ("mobile", {"kind": "phone"}),
    ("landline", {"kind": "phone", "type": "landline"}),
    ("nino", {"kind": "nino"}),
    ("nino", {"kind": "nino", "unique": True}),
    ("nhs_number", {"kind": "nhs_number"}),
    ("nhs_number", {"kind": "nhs_number", "unique": True}),
]


@pytest.mark.parametrize(("name", "column"), KINDS)
def test_every_value_is_in_its_safe_set(name: str, column: dict[str, Any]) -> None:
    found = made(**column)
    assert len(found) == ROWS
    assert [value for value in found if not CONTAINS[name](value)] == []
    if column.get("unique") or name == "email":
        assert len(set(found)) == ROWS


@pytest.mark.parametrize(("kind", "name"), [("mobile", "mobile"), ("landline", "landline")])
def test_every_reserved_telephone_number_can_be_given_once(kind: str, name: str) -> None:
    size = IDENTIFIERS[name].size
    found = made(rows=size, kind="phone", type=kind, unique=True)
    assert len(set(found)) == size
    assert all(map(CONTAINS[name], found))


@pytest.mark.slow
def test_every_nhs_number_of_the_set_is_different() -> None:
    every: U64 = np.arange(900_000, dtype=np.uint64)
    found = texts(IDENTIFIERS["nhs_number"].unrank(every), len(every))
    assert len(set(found)) == 900_000
    assert all(map(CONTAINS["nhs_number"], found[::7]))


def test_the_number_of_a_nino_is_unique_without_its_suffix() -> None:
    found = made(kind="nino", unique=True)
    assert len({value[:-1] for value in found}) == ROWS
    assert {value[-1] for value in found} == set("ABCD")


@pytest.mark.parametrize("name", list(IDENTIFIERS))
def test_first_and_last_of_each_set_are_in_it(name: str) -> None:
    identifier = IDENTIFIERS[name]
    ends = texts(identifier.unrank(np.array([0, identifier.size - 1], np.uint64)), 2)
    assert all(map(identifier.contains, ends))
    assert ends[0] != ends[1]


def test_the_blueprint_knows_the_size_of_each_set() -> None:
    columns = {
        "uprn": {"kind": "uprn"},
        "postcode": {"kind": "postcode"},
        "mobile": {"kind": "phone"},
        "landline": {"kind": "phone", "type": "landline"},
        "nino": {"kind": "nino"},
        "nhs_number": {"kind": "nhs_number"},
    }
    data = Data.model_validate({"tables": {"t": {"rows": 1, "columns": columns}}})
    parsed = data.tables["t"].columns
    assert {name: capacity(column) for name, column in parsed.items()} == {
        name: identifier.size for name, identifier in IDENTIFIERS.items()
    }


@pytest.mark.parametrize(
    ("name", "somebodys"),
    [
        ("uprn", "100023336956"),
        ("postcode", "SW1A 1AA"),
        ("postcode", "AA1 1CA"),
        ("postcode", "nonsense"),
        ("address", "10 Downing Street, London, SW1A 2AA"),
        ("address", "10 High Street, Calderstowe, SW1A 2AA"),
        ("address", "10 High Street, Calderstowe, AM1 1AA"),
        ("address", "10 High Street"),
        ("email", "somebody@gmail.com"),
        ("mobile", "07700 900000"),
        ("mobile", "07700 900111"),
        ("mobile", "07700 901000"),
        ("landline", "0161 496 1000"),
        ("landline", "0113 496 0ABC"),
        ("landline", "020 7219 3000"),
        ("nino", "AB123456C"),
        ("nino", "QQ123456E"),
        ("nhs_number", "9434765919"),
        ("nhs_number", "9990000011"),
    ],
)
def test_what_could_be_somebodys_is_not_in_the_set(name: str, somebodys: str) -> None:
    assert not CONTAINS[name](somebodys)


def test_towns_have_areas_of_their_own_that_are_free() -> None:
    assert len(set(TOWNS.values())) == len(TOWNS) == 40
    assert set(TOWNS.values()) <= set(FREE_AREAS)
    assert not set(FREE_AREAS) & LIVE_AREAS
    assert len(LIVE_AREAS) == 124


def test_all_addresses_of_a_town_are_different_and_share_streets() -> None:
    found = made(kind="address", towns=1)
    assert len(set(found)) == ROWS
    streets: dict[str, list[str]] = {}
    for address in found:
        street, _, postcode = re.sub("^Flat [0-9], ", "", address).split(", ")
        streets.setdefault(postcode, []).append(re.sub("^[0-9]+ ", "", street))
    assert all(len(set(names)) == 1 for names in streets.values())
    assert len(streets) <= ROWS / 8 + 32
    assert any(address.startswith("Flat ") for address in found)


def test_names_have_the_forms_that_break_software() -> None:
    found = made(kind="person_name")
    assert any("'" in name for name in found)
    assert any("-" in name for name in found)
    assert any(not name.isascii() for name in found)
    assert any(name.endswith(" O") for name in found)
    assert max(map(len, found)) >= 35
    assert len(set(found)) > 20_000


def test_names_are_clean() -> None:
    assert sum(community.share for community in COMMUNITIES) == pytest.approx(1)
    for name in GIVEN + SURNAMES:
        assert re.fullmatch("[a-z-]+", slug(name)), name
    for community in COMMUNITIES:
        assert len(set(community.given)) == len(community.given)
        assert len(set(community.surnames)) == len(community.surnames)


def test_an_email_address_agrees_with_the_name() -> None:
    columns = {"name": {"kind": "person_name"}, "mail": {"kind": "email", "of": "name"}}
    tables = {"people": {"rows": 5_000, "columns": columns}}
    data = Data.model_validate({"tables": tables})
    [(count, chunk)] = chunks(data, "people")
    names, mails = texts(chunk["name"].values, count), texts(chunk["mail"].values, count)
    for number, (name, mail) in enumerate(zip(names, mails, strict=True), start=1):
        given, _, surname = name.partition(" ")
        assert mail.startswith(f"{slug(given)}.")
        assert slug(surname).startswith(mail.split("@")[0].split(".")[1])
        assert f".{number}@" in mail
