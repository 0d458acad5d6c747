"""What a dataset as a whole may not do: cases that change nothing, too much room, hidden keys."""

from __future__ import annotations

import json
from typing import Any

import pytest

from sandboxctl.data import tables
from sandboxctl.data.model import Data
from sandboxctl.data.problems import problems
from sandboxctl.data.proof.certificate import BRIEFEST, brief
from sandboxctl.data.proof.examine import examine
from sandboxctl.data.scope import Dataset
from sandboxctl.data.volume import MOST

ID = {"kind": "sequence"}
NAME = {"kind": "full_name"}


def data(rows: int = 100, **content: Any) -> Data:
    columns = content.pop("columns", {"id": ID, "name": NAME})
    table = {"rows": rows, "columns": columns, **content}
    return Data.model_validate({"tables": {"people": table}})


def why(asked: Data) -> list[tuple[str, str]]:
    return [(".".join(map(str, path)), what) for path, what in problems(asked)]


@pytest.mark.parametrize(
    ("case", "what"),
    [
        ("deceased", "changes nothing here: no column heeds it, and no formula asks for edge.dece"),
        (
            "desceased",
            "is not an edge case that is known; did you mean `deceased`? Your own needs",
        ),
        ("zzzzzz", "is not an edge case that is known. Your own needs a formula with edge.zzzzzz"),
    ],
)
def test_an_edge_case_that_changes_nothing_is_refused(case: str, what: str) -> None:
    ((path, said),) = why(data(edge_cases={case: 0.1}))
    assert path == f"tables.people.edge_cases.{case}"
    assert said.startswith(what)


@pytest.mark.parametrize("case", ["deceased", "zzzzzz"])
def test_a_formula_takes_up_any_edge_case(case: str) -> None:
    note = {"kind": "expression", "of": f"'yes' if edge.{case} else 'no'"}
    asked = data(edge_cases={case: 0.5}, columns={"id": ID, "note": note})
    assert why(asked) == []
    dataset = Dataset(asked)
    said = tables.rows(dataset, "people", 0, 100).column("note").to_pylist()
    assert 20 < said.count("yes") < 80


def test_more_than_a_sandbox_holds_is_refused_with_both_numbers() -> None:
    wide = {"id": ID} | {f"text{n}": NAME for n in range(40)}
    ((path, said),) = why(data(rows=50_000_000, columns=wide))
    assert path == "tables.people.rows"
    assert said == "come to about 46 GiB with all other tables; a sandbox holds 16 GiB"
    assert MOST == 16 * 1024**3
    assert why(data(rows=10_000_000, columns=wide)) == []


def test_a_hidden_column_is_made_from_and_written_nowhere() -> None:
    columns = {
        "id": ID,
        "factor": {"kind": "integer", "between": [2, 5], "hidden": True},
        "amount": {"kind": "expression", "of": "factor * 10"},
    }
    dataset = Dataset(data(columns=columns))
    batch = tables.rows(dataset, "people", 0, 100)
    assert batch.schema.names == ["id", "amount"]
    assert set(batch.column("amount").to_pylist()) == {20, 30, 40, 50}
    assert "factor" not in tables.types(dataset, "people")
    report = examine(dataset)
    assert not report.failed
    assert any("people.factor" in one.where for one in report.results)


def test_what_is_hidden_is_no_key_and_not_everything() -> None:
    hidden = {"id": {**ID, "hidden": True}}
    assert why(data(columns=hidden)) == [
        ("tables.people.columns", "are all hidden, so there is nothing to write")
    ]
    assert ("tables.people.key", "has id, which is hidden") in why(
        data(columns={**hidden, "name": NAME}, key=["id"])
    )


def test_a_brief_certificate_fits_a_label_whatever_the_tables_are_called() -> None:
    names = [f"a_table_with_a_rather_long_name_{number}" for number in range(60)]
    many = Data.model_validate(
        {"tables": {name: {"rows": 1, "columns": {"id": ID}} for name in names}}
    )
    long, short = brief(Dataset(many), verified=10), brief(Dataset(data()), verified=10)
    assert len(long) <= BRIEFEST
    assert json.loads(long)["rows"] == {"tables": 60, "in all": 60}
    assert json.loads(short)["verified"] == {"people": 10}
    assert json.loads(short)["rows"] == {"people": 100}
