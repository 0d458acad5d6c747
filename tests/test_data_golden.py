"""The same blueprint gives the same bytes, however they are made, and on every machine."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from sandboxctl.data.arrow import written
from sandboxctl.data.chance.version import MIX_VERSION
from sandboxctl.data.dataset import batches, row
from sandboxctl.data.model import Data
from sandboxctl.data.problems import problems
from sandboxctl.data.scope import Dataset
from sandboxctl.data.sinks.files import FORMATS, Format, write
from sandboxctl.data.sinks.text import csv_lines
from tests.everything import REPAIRS, dataset, every_kind

GOLDEN = {
    "repairs.id": "ba78b7d2c94b",
    "repairs.home": "e40c8398319f",
    "repairs.first": "9a85f256f045",
    "repairs.landlord": "234bf6430a25",
    "repairs.key": "345736f63c2d",
    "repairs.token": "791611c6ec3b",
    "repairs.trade": "d57c3e520983",
    "repairs.rough": "92aca7ee439d",
    "repairs.unsure": "568928b7dc53",
    "repairs.report": "19b94de863db",
    "repairs.note": "422966e5063f",
    "repairs.said": "e880bb64e853",
    "repairs.code": "ebf9f5b39b99",
    "repairs.forename": "3594fc1ec551",
    "repairs.surname": "3cdec96b1321",
    "repairs.full_name": "663e56f388cb",
    "repairs.title": "c276a32d4b33",
    "repairs.sex": "eef8edd00a4e",
    "repairs.born": "3799589dc5d8",
    "repairs.age": "536f4b33ca40",
    "repairs.mail": "2aab0421b468",
    "repairs.mobile": "4881a56fe941",
    "repairs.landline": "a0642a951a30",
    "repairs.phone": "529b09b6051e",
    "repairs.url": "2f8931ef3c40",
    "repairs.ip": "29ebeb3abae5",
    "repairs.ip6": "5b6826974faa",
    "repairs.mac": "433432e1d145",
    "repairs.asn": "043748f8d80a",
    "repairs.nino": "e3856627bcf5",
    "repairs.nhs": "772915caa4c5",
    "repairs.chi": "ecd3ac3bd124",
    "repairs.upn": "fd36780481f1",
    "repairs.licence": "354b9126d43f",
    "repairs.passport": "ab443f2824c9",
    "repairs.utr": "9d349e23fbf9",
    "repairs.vat": "10d41f06bdb4",
    "repairs.company": "e48ba049c204",
    "repairs.card": "97d0cbf97dc8",
    "repairs.sort_code": "7a61fdc5aa38",
    "repairs.account": "3cfe40898547",
    "repairs.usrn": "daf82cce355b",
    "repairs.vrn": "77905e1e666d",
    "repairs.visits": "795c3397804d",
    "repairs.big": "dcc6faa39381",
    "repairs.cost": "5be9052bf1dd",
    "repairs.exact": "307981b72adb",
    "repairs.rating": "f2c1458fa3f0",
    "repairs.took": "02a749674872",
    "repairs.urgent": "1d8915d28815",
    "repairs.wanted": "bf9798327f2d",
    "repairs.reported": "30c5e234372f",
    "repairs.tax": "5e22ce93708d",
    "repairs.many": "63bd0035874f",
    "repairs.loud": "570da517c707",
    "repairs.heard": "d13e7f98d391",
    "repairs.outcome": "715d01de0ed3",
    "repairs.ended": "c69bd542b1a2",
    "homes.uprn": "fe2397e4f7c9",
    "homes.address": "54264bd5e7c2",
    "homes.town": "323d0b94235d",
    "homes.postcode": "03bbbc5b4294",
    "homes.country": "b279cb3c7570",
    "homes.lad": "2ec130de4cda",
    "homes.ward": "2677981fd327",
    "homes.latitude": "23bc0e9480fb",
    "homes.easting": "9befce62be9c",
    "homes.bedrooms": "7baf45c836fa",
    "homes.first_repair": "9e0412789f07",
    "homes.next_door": "4670dc90838e",
    "visits.repair": "d861c3a31646",
    "visits.number": "beb150bd1f2a",
    "visits.began": "f59febf1901e",
    "events.repair": "c859827ab38c",
    "events.state": "37105028fe84",
    "events.entered": "571db22f86dd",
    "events.left": "c666d9b22bab",
}

TOLD = {"synthetic": "true"}


@pytest.fixture(scope="module")
def made() -> Dataset:
    return dataset()


def texts(made: Dataset, table: str, size: int = 16_384) -> dict[str, list[str | None]]:
    """Column → its values as they stand in a CSV file."""
    found: dict[str, list[str | None]] = {}
    for batch in batches(made, table, size=size):
        for name, column in zip(batch.schema.names, batch, strict=True):
            found.setdefault(name, []).extend(written(column).to_pylist())
    return found


def digest(values: list[str | None]) -> str:
    return sha256(repr(values).encode()).hexdigest()[:12]


def sha(made: Dataset, table: str, form: Format, folder: Path, **how: Any) -> str:
    return write(made, table, folder / "it", form, told=TOLD, **how).sha256


def test_the_dataset_of_these_tests_is_sound(made: Dataset) -> None:
    assert list(problems(made.data)) == []


def test_every_kind_of_column_is_in_it(made: Dataset) -> None:
    """A new kind needs a column in `everything`, and with that golden values below."""
    every = {one.kind for table in made.data.tables.values() for one in table.columns.values()}
    assert every == every_kind()


def test_golden_values(made: Dataset) -> None:
    """Values have changed. By mistake: find it. On purpose: raise MIX_VERSION, write what stands
    in the message here, and say so in the changelog."""
    found = {
        f"{table}.{name}": digest(values)
        for table in made.data.tables
        for name, values in texts(made, table).items()
    }
    changed = {name: value for name, value in found.items() if GOLDEN.get(name) != value}
    assert not changed, f"values of MIX_VERSION {MIX_VERSION} have changed: {changed}"
    assert found.keys() == GOLDEN.keys()


@pytest.mark.parametrize("form", FORMATS)
def test_bytes_do_not_depend_on_chunks_or_workers(form: Format, tmp_path: Path) -> None:
    for table in dataset().data.tables:
        shas = {
            sha(dataset(200, 150), table, form, tmp_path, size=size, workers=workers)
            for size, workers in ((7, 2), (100, 1), (123_457, 4))
        }
        assert len(shas) == 1


@pytest.mark.slow
@pytest.mark.parametrize("form", FORMATS)
def test_bytes_of_a_long_table_do_not_depend_on_chunks_or_workers(
    form: Format, tmp_path: Path
) -> None:
    """More rows than a group of a Parquet file holds."""
    made = dataset(homes=150_000, repairs=140_000)
    for table in ("repairs", "events"):
        shas = {
            sha(made, table, form, tmp_path, size=size, workers=workers)
            for size, workers in ((1_000, 2), (65_536, 1), (123_457, 4))
        }
        assert len(shas) == 1


@pytest.mark.parametrize("table", ["repairs", "homes", "visits", "events"])
def test_any_row_can_be_made_alone(made: Dataset, table: str) -> None:
    whole = texts(made, table)
    for number in (0, 1, 255, 499):
        alone = row(dataset(), table, number)
        assert alone == {name: values[number] for name, values in whole.items()}


def test_rows_can_be_made_from_anywhere(made: Dataset) -> None:
    every = b"".join(map(csv_lines, batches(made, "repairs")))
    assert every.endswith(b"".join(map(csv_lines, batches(made, "repairs", start=311, size=50))))
    few = sum(batch.num_rows for batch in batches(made, "homes", start=590, stop=10_000))
    assert few == 10


def test_columns_do_not_change_when_others_come_or_go(made: Dataset) -> None:
    others: dict[str, Any] = {
        "extra": {"kind": "uuid"},
        "more": {"kind": "nhs_number", "unique": True},
    }
    wider = dataset(**others)
    whole = texts(wider, "repairs")
    assert {name: values for name, values in whole.items() if name in REPAIRS} == texts(
        made, "repairs"
    )
    assert texts(wider, "homes") == texts(made, "homes")


def test_rows_do_not_change_when_there_are_more_of_them() -> None:
    plain: dict[str, Any] = {"rows": 100, "columns": {"a": {"kind": "full_name"}}}
    few = Dataset(Data.model_validate({"tables": {"t": plain}}))
    many = Dataset(Data.model_validate({"tables": {"t": plain | {"rows": 5_000}}}))
    assert texts(many, "t")["a"][:100] == texts(few, "t")["a"]


@pytest.mark.slow
def test_another_seed_gives_other_values(made: Dataset) -> None:
    other = Dataset(made.data.model_copy(update={"seed": 2027}))
    same = {
        name
        for name, values in texts(other, "repairs").items()
        if values == texts(made, "repairs")[name]
    }
    assert same <= {"id", "many"}


def test_references_point_at_rows_that_are_there(made: Dataset) -> None:
    keys = set(texts(made, "homes")["uprn"])
    repairs = texts(made, "repairs")
    assert set(repairs["home"]) <= keys
    assert set(repairs["landlord"]) - {None} <= keys
    assert len(set(repairs["first"])) == len(repairs["first"])
    assert len(set(repairs["home"])) < 300  # Zipf: some homes have many
    assert set(texts(made, "homes")["first_repair"]) - {None} <= set(repairs["id"])
    visits = texts(made, "visits")
    assert len(set(zip(visits["repair"], visits["number"], strict=True))) == len(visits["repair"])


def test_what_is_missing_differs_from_an_empty_text(made: Dataset) -> None:
    assert {None, ""} < set(texts(made, "repairs")["note"])
