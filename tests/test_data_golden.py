"""The same blueprint gives the same bytes, however they are made, and on every machine."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from sandboxctl.data.arrow import written
from sandboxctl.data.dataset import batches, row
from sandboxctl.data.mix import MIX_VERSION
from sandboxctl.data.problems import problems
from sandboxctl.data.scope import Dataset
from sandboxctl.data.sinks.files import FORMATS, Format, write
from sandboxctl.data.sinks.text import csv_lines
from tests.everything import REPAIRS, dataset, every_kind

GOLDEN: dict[str, str] = {}

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
    assert not changed, "values of MIX_VERSION {} have changed: {}".format(MIX_VERSION, changed)
    assert found.keys() == GOLDEN.keys()


@pytest.mark.parametrize("form", FORMATS)
def test_bytes_do_not_depend_on_chunks_or_workers(form: Format, tmp_path: Path) -> None:
    made = dataset()
    for table in made.data.tables:
        shas = {
            sha(dataset(), table, form, tmp_path, size=size, workers=workers)
            for size, workers in ((7, 2), (1_000, 1), (65_536, 4), (123_457, 1))
        }
        assert len(shas) == 1


@pytest.mark.slow
@pytest.mark.parametrize("form", FORMATS)
def test_bytes_of_a_long_table_do_not_depend_on_chunks_or_workers(
    form: Format, tmp_path: Path
) -> None:
    """More rows than a group of a Parquet file holds."""
    made = dataset(homes=300_000, repairs=270_000)
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
    others = {"extra": {"kind": "uuid"}, "more": {"kind": "nhs_number", "unique": True}}
    wider = dataset(**others)
    whole = texts(wider, "repairs")
    assert {name: values for name, values in whole.items() if name in REPAIRS} == texts(
        made, "repairs"
    )
    assert texts(wider, "homes") == texts(made, "homes")


def test_rows_do_not_change_when_there_are_more_of_them() -> None:
    plain: dict[str, Any] = {"rows": 100, "columns": {"a": {"kind": "full_name"}}}
    few = Dataset(dataset().data.model_validate({"tables": {"t": plain}}))
    many = Dataset(dataset().data.model_validate({"tables": {"t": plain | {"rows": 5_000}}}))
    assert texts(many, "t")["a"][:100] == texts(few, "t")["a"]


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
