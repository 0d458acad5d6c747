"""`sandboxctl data infer`: YAML, JSON and files; what it writes is taken by `validate`."""

from __future__ import annotations

import json
import shlex
import sys
from pathlib import Path

import pytest
import yaml

from tests.cli import PAGE, blueprint, sandboxctl
from tests.inferred import table, works


@pytest.fixture
def people(tmp_path: Path) -> str:
    return table(
        tmp_path / "people.csv",
        {
            "id": range(1, 301),
            "forename": ["Zqa", "Zqb", "Zqc"] * 100,
            "seen_on": [f"2024-0{1 + n % 9}-05" for n in range(300)],
            "status": ["open", "shut", "on: hold"] * 100,
            "visits": [n * 3 for n in range(300)],
        },
    )


def test_what_is_written_is_taken_by_validate(people: str, tmp_path: Path) -> None:
    result = sandboxctl("data", "infer", people)
    assert result.exit_code == 0
    assert "Zq" not in result.output
    folder = blueprint(tmp_path / "page", PAGE + result.stdout)
    checked = sandboxctl("validate", folder)
    assert checked.exit_code == 0, checked.output


def test_json_says_the_same_with_its_notes(people: str) -> None:
    result = sandboxctl("data", "infer", people, "--json")
    said = json.loads(result.stdout)
    works(said["data"])
    written = yaml.safe_load(sandboxctl("data", "infer", people).stdout)["data"]
    assert list(said["data"]["tables"]["people"]["columns"]) == list(
        written["tables"]["people"]["columns"]
    )
    assert said["notes"] == []
    few = table(Path(people).with_name("My Few.csv"), {"A b": [1], "x": ["zig zag"]})
    notes = json.loads(sandboxctl("data", "infer", few, "--json").stdout)["notes"]
    assert {"table": "table_1", "column": "a_b", "note": "was: A b"} in notes
    assert notes[0]["note"] == "fewer than ten rows: structure only"


def test_a_file_is_replaced_only_when_asked(people: str, tmp_path: Path) -> None:
    target = tmp_path / "data.yaml"
    first = sandboxctl("data", "infer", people, "--to", str(target))
    assert (first.exit_code, first.stdout) == (0, "")
    assert "1 table, 5 columns" in first.stderr
    works(yaml.safe_load(target.read_text())["data"])
    again = sandboxctl("data", "infer", people, "--to", str(target), "--rows-as-is")
    assert again.exit_code == 1
    assert "--force replaces it" in again.stderr
    assert sandboxctl("data", "infer", people, "--to", str(target), "--force").exit_code == 0
    wrong = sandboxctl("data", "infer", people, "--to", str(tmp_path / "none" / "a.yaml"))
    assert wrong.exit_code == 1
    assert "cannot be written" in wrong.stderr


def test_what_cannot_be_read_has_a_hint(tmp_path: Path) -> None:
    result = sandboxctl("data", "infer", str(tmp_path / "none.csv"))
    assert result.exit_code == 2
    assert "→" in result.stderr


def test_postgres_without_its_driver_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    result = sandboxctl("data", "infer", "postgresql://me:secret@localhost/x")
    assert result.exit_code == 2
    assert f'{shlex.quote(sys.executable)} -m pip install "psycopg[binary]"' in result.stderr
    assert "secret" not in result.output
