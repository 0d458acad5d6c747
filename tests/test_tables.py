"""Tables as they are written: which there are, how long, and what their columns hold."""

from __future__ import annotations

from typing import Any

import pytest

from sandboxctl.data.dataset import batches, order
from sandboxctl.data.model import Data
from sandboxctl.data.problems import problems
from sandboxctl.data.scope import Dataset
from sandboxctl.data.tables import length, names, rows, types
from tests.everything import dataset

PEOPLE: dict[str, Any] = {
    "rows": 50,
    "columns": {
        "id": {"kind": "sequence"},
        "draft": {"kind": "integer", "between": [1, 9], "hidden": True},
        "double": {"kind": "expression", "of": "draft * 2"},
        "name": {"kind": "full_name"},
    },
    "dirt": {"typos": {"rate": 0.5, "columns": ["name"]}},
}


@pytest.fixture(scope="module")
def dirty() -> Dataset:
    return Dataset(Data.model_validate({"tables": {"people": PEOPLE}}))


def test_a_table_with_mistakes_has_another_one(dirty: Dataset) -> None:
    assert names(dirty) == ["people", "people_truth"]
    assert length(dirty, "people") == length(dirty, "people_truth") == 50
    assert list(types(dirty, "people_truth")) == rows(dirty, "people_truth", 0, 50).schema.names
    assert names(dataset()) == ["repairs", "homes", "visits", "events"]


def test_a_hidden_column_is_used_and_not_written(dirty: Dataset) -> None:
    assert list(types(dirty, "people")) == ["id", "double", "name"]
    [batch] = batches(dirty, "people")
    assert batch.schema.names == ["id", "double", "name"]
    assert {n % 2 for n in batch.column("double").to_pylist()} == {0}


def test_what_is_hidden_and_should_not_be() -> None:
    columns = {"id": {"kind": "sequence", "hidden": True}}
    tables = {"t": {"rows": 5, "columns": columns, "key": ["id"]}}
    found = {why for _, why in problems(Data.model_validate({"tables": tables}))}
    assert "are all hidden, so there is nothing to write" in found
    assert "has id, which is hidden" in found


def test_the_columns_hold_what_their_types_say() -> None:
    made = dataset(homes=100, repairs=100)
    arrow = {
        "whole": "int64", "decimal": "decimal128", "truth": "bool", "day": "date32[day]",
        "moment": "timestamp[s, tz=UTC]", "span": "duration[s]", "uuid": "extension<arrow.uuid>",
    }  # fmt: skip
    for table in made.data.tables:
        found = rows(made, table, 0, 50).schema
        assert found == rows(made, table, 0, 0).schema
        for name, kind in types(made, table).items():
            has = str(found.field(name).type)
            holds = "whole" if kind.name == "decimal" and not kind.places else kind.name
            assert has.startswith(arrow.get(holds, "")), f"{table}.{name}"
            if kind.name == "text":
                assert "string" in has, f"{table}.{name}"


def test_tables_are_filled_after_those_they_refer_to() -> None:
    made = dataset()
    assert order(made.data, ["visits", "repairs"]) == ["repairs", "visits"]
    assert order(made.data, ["visits"]) == ["visits"]
    circle = order(made.data, made.data.tables)
    assert sorted(circle) == sorted(made.data.tables)
    assert circle.index("repairs") < circle.index("visits")
