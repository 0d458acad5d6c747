"""Several tables: keys, references, and how many rows there are for each of another table."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import yaml

from sandboxctl.data.infer.links import fitting
from sandboxctl.data.scan.cells import Unreadable
from tests.inferred import columns, inferred, table


def tables(text: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(text)["data"]["tables"]
    return found


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "extract"
    made.mkdir()
    table(made / "people.csv", {"id": range(1, 101), "score": [n * 3 for n in range(100)]})
    claims = [n for n in range(1, 81) for _ in range(1 + (n > 40))]
    table(made / "claims.csv", {"id": range(500, 620), "person_id": claims})
    (made / "README.txt").write_text("no table")
    return made


def test_references_and_children_are_found_in_a_folder(folder: Path) -> None:
    found = tables(inferred(folder))
    assert found["people"]["key"] == ["id"]
    assert found["claims"]["columns"]["person_id"] == {"kind": "reference", "to": "people.id"}
    assert found["claims"]["rows"] == {"per": "people", "count": {0: 0.2, 1: 0.4, 2: 0.4}}
    assert found["people"]["rows"] == 100


def test_some_without_a_reference_leave_the_rows_alone(folder: Path) -> None:
    owners = [*range(1, 51), *[None] * 50]
    table(folder / "claims.csv", {"id": range(100), "person_id": owners})
    found = tables(inferred(folder))
    assert found["claims"]["rows"] == 100
    assert found["claims"]["columns"]["person_id"]["missing"] == 0.5


def test_numbers_of_children_that_few_share_are_not_told(folder: Path) -> None:
    owners = [n for n in range(1, 21) for _ in range(n)]
    table(folder / "claims.csv", {"id": range(210), "person_id": owners})
    assert tables(inferred(folder))["claims"]["rows"] == 210


def test_values_elsewhere_and_other_names_are_no_reference(folder: Path) -> None:
    table(folder / "claims.csv", {"id": range(100), "person_id": range(50, 150)})
    assert tables(inferred(folder))["claims"]["columns"]["person_id"]["kind"] == "sequence"
    table(folder / "claims.csv", {"visits": [1, 2] * 50, "person_id": [None] * 100})
    assert tables(inferred(folder))["claims"]["columns"]["visits"]["kind"] == "choice"


def test_a_table_may_refer_to_itself(tmp_path: Path) -> None:
    path = table(
        tmp_path / "staff.csv", {"id": range(100), "manager_id": [None] * 20 + [*range(80)]}
    )
    made = columns(inferred(path))["manager_id"]
    assert made == {"kind": "reference", "to": "staff.id", "earlier": True, "roots": 0.2}


def test_shared_keys_lead_one_way_only(tmp_path: Path) -> None:
    for name in ("a", "b", "c"):
        table(tmp_path / f"{name}.csv", {"case_id": range(100), f"of_{name}": ["x", "y"] * 50})
    kinds = [one["columns"]["case_id"]["kind"] for one in tables(inferred(tmp_path)).values()]
    assert kinds.count("reference") == 2


def test_what_others_refer_to_is_unique(tmp_path: Path) -> None:
    keys = {
        "nino": [f"AB{n:06}C" for n in range(100)],
        "email": [f"u{n}@zig.org" for n in range(100)],
        "case_ref": [f"A-{n:04}" for n in range(100)],
        "area_key": [f"zig {'x' * (n % 7)} {n}" for n in range(100)],
        "postcode": [f"LS{n % 9 + 1} {n // 9 % 10}A{'ABDEFGHJLN'[n // 10]}" for n in range(100)],
    }
    table(tmp_path / "people.csv", keys)
    for name, values in keys.items():
        table(tmp_path / f"of_{name}.csv", {name: values[:50] * 4})
    found = tables(inferred(tmp_path))
    assert {name: one["kind"] for name, one in found["people"]["columns"].items()} == {
        "nino": "nino",
        "email": "email",
        "case_ref": "pattern",
        "area_key": "sequence",
        "postcode": "sequence",
    }
    assert found["of_nino"]["columns"]["nino"]["to"] == "people.nino"


def test_tables_of_one_name_stay_apart(tmp_path: Path) -> None:
    table(tmp_path / "a.csv", {"n": [1, 2] * 20})
    table(tmp_path / "a.tsv", {"n": [1, 2] * 20})
    assert list(tables(inferred(tmp_path))) == ["a", "a_2"]


@pytest.mark.parametrize(
    ("name", "of", "key", "fits"),
    [
        ("person_id", "people", "id", True),
        ("owner_person", "people", "id", True),
        ("company_no", "companies", "no", True),
        ("child_id", "children", "id", True),
        ("class", "classes", "code", True),
        ("case_ref", "visits", "case_ref", True),
        ("id", "people", "id", False),
        ("visits", "people", "id", False),
    ],
)
def test_names_of_references(name: str, of: str, key: str, fits: bool) -> None:
    assert fitting(name, of, key, itself=False) is fits


def database(path: Path, script: str) -> Path:
    with closing(sqlite3.connect(path)) as db:
        db.executescript(script)
    return path


SCRIPT = """
CREATE TABLE people (id INTEGER PRIMARY KEY, "Full Name" TEXT, photo BLOB, born TEXT);
CREATE TABLE cases (a INT, b INT, who REFERENCES people, x INT, y INT, note TEXT,
  PRIMARY KEY (a, b), FOREIGN KEY (x, y) REFERENCES cases (a, b));
CREATE VIRTUAL TABLE search USING fts5(words);
CREATE TABLE photos (photo BLOB PRIMARY KEY, n INT);
WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t WHERE n < 100)
INSERT INTO people SELECT n, 'Ada Zig' || n, x'00ff', date(2440000 + n * 9) FROM t;
INSERT INTO cases SELECT id, 1, id, id, 1, 'zigzag ' || id FROM people;
INSERT INTO photos SELECT CAST(id AS BLOB), id % 2 FROM people;
"""


@pytest.mark.parametrize("prefix", ["", "sqlite:///"])
def test_a_sqlite_file_is_read_and_stays_as_it_is(prefix: str, tmp_path: Path) -> None:
    path = database(tmp_path / "cases.db", SCRIPT)
    before = path.read_bytes()
    text = inferred(f"{prefix}{path}")
    found = tables(text)
    assert found["people"]["key"] == ["id"]
    who = {"kind": "reference", "to": "people.id", "unique": True}
    assert found["cases"]["columns"]["who"] == who
    assert found["cases"]["rows"] == {"per": "people", "count": {1: 1.0}}
    assert "# photo: left out, it holds binary" in text
    assert "key" not in found["photos"]
    assert "Zig" not in text
    assert "zigzag" not in text
    assert path.read_bytes() == before
    assert sorted(one.name for one in tmp_path.iterdir()) == ["cases.db"]


def test_what_is_no_sqlite_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.db").write_bytes(b"no database at all, but long enough" * 40)
    with pytest.raises(Unreadable, match="cannot be read as SQLite") as told:
        inferred(tmp_path / "a.db")
    assert told.value.hint
    with pytest.raises(Unreadable, match="is not there"):
        inferred("sqlite:///none.db")
    with pytest.raises(Unreadable, match="has no table"):
        inferred(database(tmp_path / "b.db", "PRAGMA user_version = 1"))


def test_tables_that_refer_to_each_other_do_not_count_each_other(tmp_path: Path) -> None:
    table(tmp_path / "homes.csv", {"id": range(100), "person_id": range(200, 300)})
    table(tmp_path / "people.csv", {"id": range(200, 300), "home_id": range(100)})
    found = tables(inferred(tmp_path))
    assert found["homes"]["rows"] == {"per": "people", "count": {1: 1.0}}
    assert found["people"]["rows"] == 100


def test_more_keys_than_there_are_safe_values_become_numbers(tmp_path: Path) -> None:
    numbers = [f"07{n + 500_000_000:09}" for n in range(1_200)]
    table(tmp_path / "people.csv", {"mobile": numbers})
    table(tmp_path / "calls.csv", {"mobile": numbers[:100] * 2})
    found = tables(inferred(tmp_path))
    assert found["people"]["columns"]["mobile"] == {"kind": "sequence"}
    assert found["calls"]["columns"]["mobile"]["to"] == "people.mobile"


def test_more_values_than_keys_are_no_reference(tmp_path: Path) -> None:
    table(tmp_path / "people.csv", {"id": range(100)})
    table(tmp_path / "calls.csv", {"person_id": [*range(300)] * 2})
    assert tables(inferred(tmp_path))["calls"]["columns"]["person_id"]["kind"] == "integer"
