"""The same blueprint gives the same bytes, however they are made, and formats read them back."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

import pytest

from sandboxctl.blueprint.columns import problems
from sandboxctl.blueprint.model import Data
from sandboxctl.data.dataset import chunks, order, row
from sandboxctl.data.emit import csv_file
from sandboxctl.data.postgres import postgres_script, sql_type
from sandboxctl.data.render import COPY, CSV, lines

REPORTS = {
    "plumber": ["The tap drips.", 'He said "it is\twet".', "Two\nlines, one \\N backslash"],
    "electrician": "No light",
}
HOMES: dict[str, Any] = {
    "uprn": {"kind": "uprn", "unique": True},
    "address": {"kind": "address"},
    "bedrooms": {"kind": "choice", "of": {1: 0.22, 2: 0.38, 3: 0.32, 4: 0.08}},
}
REPAIRS: dict[str, Any] = {
    "id": {"kind": "sequence"},
    "home": {"kind": "reference", "to": "homes.uprn", "distribution": "zipf"},
    "first": {"kind": "reference", "to": "homes.uprn", "unique": True},
    "landlord": {"kind": "reference", "to": "homes.uprn", "missing": 0.5},
    "trade": {"kind": "choice", "of": ["electrician", "plumber"]},
    "report": {"kind": "text", "of": REPORTS, "by": "trade"},
    "note": {"kind": "text", "of": ["", "a, b"], "missing": 0.3},
    "tenant": {"kind": "person_name"},
    "mail": {"kind": "email", "of": "tenant", "missing": 0.2},
    "mobile": {"kind": "phone", "unique": True},
    "landline": {"kind": "phone", "type": "landline", "missing": 0.5},
    "nino": {"kind": "nino", "unique": True, "missing": 0.1},
    "nhs": {"kind": "nhs_number"},
    "postcode": {"kind": "postcode"},
    "visits": {"kind": "integer", "between": [-3, 1200]},
    "big": {"kind": "integer", "between": [-(2**62), 2**62], "unique": True},
    "cost": {"kind": "decimal", "between": [-5, 99.5]},
    "rating": {"kind": "decimal", "between": [1, 5], "places": 0},
    "urgent": {"kind": "boolean", "chance": 0.1},
    "wanted": {"kind": "date", "between": ["1899-12-25", "2024-03-01"]},
    "reported": {"kind": "timestamp", "between": ["1969-12-31", "2026-06-30"]},
    "token": {"kind": "uuid"},
}


def dataset(homes: int = 300, repairs: int = 500, **more: dict[str, Any]) -> Data:
    tables = {
        "repairs": {"rows": repairs, "columns": more | REPAIRS},
        "homes": {"rows": homes, "columns": HOMES},
    }
    return Data.model_validate({"seed": 2026, "tables": tables})


@pytest.fixture(scope="module")
def data() -> Data:
    return dataset(homes=600)


def table_rows(data: Data, table: str) -> list[dict[str, str]]:
    text = b"".join(csv_file(data, table)).decode()
    return list(csv.DictReader(io.StringIO(text, newline=""), strict=True))


def body(data: Data, table: str, size: int, start: int = 0) -> bytes:
    parts = chunks(data, table, start=start, size=size)
    return b"".join(lines(chunk.values(), n, COPY, "\t", "\n") for n, chunk in parts)


def test_the_dataset_of_these_tests_is_sound(data: Data) -> None:
    assert list(problems(data)) == []


def test_golden_bytes(data: Data) -> None:
    """If this fails, every value has changed: raise MIX_VERSION, and say so in the changelog."""
    assert {
        (name, form.__name__): sha256(b"".join(form(data, name))).hexdigest()[:16]
        for name in data.tables
        for form in (csv_file, postgres_script)
    } == {
        ("homes", "csv_file"): "90166afe836c68ae",
        ("homes", "postgres_script"): "9b723069c5ea6f7d",
        ("repairs", "csv_file"): "5afc3e71a66e5b35",
        ("repairs", "postgres_script"): "d9aeeb4580310526",
    }


@pytest.mark.parametrize("table", ["homes", "repairs"])
@pytest.mark.parametrize("size", [7, 256, 123_457])
def test_bytes_do_not_depend_on_the_size_of_chunks(data: Data, table: str, size: int) -> None:
    assert body(data, table, size) == body(data, table, 100)


def test_any_row_can_be_made_alone(data: Data) -> None:
    whole = table_rows(data, "repairs")
    for number in (0, 1, 255, 499):
        alone = row(data, "repairs", number)
        assert {name: value or "" for name, value in alone.items()} == whole[number]
    assert body(data, "repairs", 100).endswith(body(data, "repairs", 100, start=311))


def test_columns_do_not_change_when_others_come_or_go(data: Data) -> None:
    wider = dataset(homes=600, extra={"kind": "uuid"}, other={"kind": "date", "between": YEAR})
    kept = [{k: v for k, v in r.items() if k in REPAIRS} for r in table_rows(wider, "repairs")]
    assert kept == table_rows(data, "repairs")


def test_rows_do_not_change_when_there_are_more_of_them(data: Data) -> None:
    assert table_rows(dataset(homes=900), "homes")[:600] == table_rows(data, "homes")


def test_another_seed_gives_other_values(data: Data) -> None:
    other = data.model_copy(update={"seed": 2027})
    assert body(other, "homes", 100) != body(data, "homes", 100)


YEAR = ["2026-01-01", "2026-12-31"]


def test_references_point_at_rows_that_are_there(data: Data) -> None:
    keys = {home["uprn"] for home in table_rows(data, "homes")}
    repairs = table_rows(data, "repairs")
    assert {repair["home"] for repair in repairs} <= keys
    assert {repair["landlord"] for repair in repairs if repair["landlord"]} <= keys
    assert len({repair["first"] for repair in repairs}) == len(repairs)
    assert len({repair["home"] for repair in repairs}) < 300  # Zipf: some homes have many


def test_a_report_agrees_with_its_trade(data: Data) -> None:
    for repair in table_rows(data, "repairs"):
        assert repair["report"] in REPORTS[repair["trade"]]


def test_values_stay_inside_their_bounds(data: Data) -> None:
    repairs = table_rows(data, "repairs")
    for number, repair in enumerate(repairs, start=1):
        assert repair["id"] == str(number)
        assert -3 <= int(repair["visits"]) <= 1200
        assert abs(int(repair["big"])) <= 2**62
        assert -5 <= float(repair["cost"]) <= 99.5
        assert len(repair["cost"].partition(".")[2]) == 2
        assert repair["rating"] in {"1", "2", "3", "4", "5"}
        assert repair["urgent"] in {"true", "false"}
        assert date(1899, 12, 25) <= date.fromisoformat(repair["wanted"]) <= date(2024, 3, 1)
        moment = datetime.fromisoformat(repair["reported"]).timestamp()
        assert -86_400 <= moment < datetime.fromisoformat("2026-07-01T00:00:00Z").timestamp()
        assert UUID(repair["token"]).version == 4
    assert len({repair["token"] for repair in repairs}) == len(repairs)
    assert any(float(repair["cost"]) < 0 for repair in repairs)


def test_what_is_missing_differs_from_an_empty_text(data: Data) -> None:
    notes = [row(data, "repairs", number)["note"] for number in range(200)]
    assert set(notes) == {None, "", "a, b"}
    columns = {"note": REPAIRS["note"]}
    tables = {"notes": {"rows": 50, "columns": columns}}
    [(count, chunk)] = chunks(Data.model_validate({"seed": 1, "tables": tables}), "notes")
    in_csv = lines(chunk.values(), count, CSV, ",", "\n").decode().split("\n")[:-1]
    in_copy = lines(chunk.values(), count, COPY, "\t", "\n").decode().split("\n")[:-1]
    assert set(zip(in_csv, in_copy, strict=True)) == {("", r"\N"), ('""', ""), ('"a, b"', "a, b")}


def test_copy_escapes_what_would_end_a_cell(data: Data) -> None:
    text = body(data, "repairs", 100).decode()
    assert r'He said "it is\twet".' in text
    assert r"Two\nlines, one \\N backslash" in text
    assert {line.count("\t") for line in text.splitlines()} == {len(REPAIRS) - 1}


def test_tables_are_filled_after_those_they_refer_to(data: Data) -> None:
    assert order(data, ["repairs", "homes"]) == ["homes", "repairs"]
    assert order(data, ["repairs"]) == ["repairs"]


def test_the_script_makes_loads_and_advances() -> None:
    script = b"".join(postgres_script(dataset(homes=2, repairs=0), "homes")).decode()
    before, rows = script.split("FROM STDIN;\n")
    rows, after = rows.split("\\.\n")
    assert '"uprn" bigint NOT NULL,\n  "address" text NOT NULL' in before
    assert len(rows.splitlines()) == 2
    assert 'ALTER TABLE "homes" ADD PRIMARY KEY ("uprn");' in after
    assert after.endswith('COMMIT;\nANALYZE "homes";\n')


def test_keys_of_a_table_that_the_script_makes(data: Data) -> None:
    script = b"".join(postgres_script(data, "repairs")).decode()
    assert '"id" bigint NOT NULL GENERATED BY DEFAULT AS IDENTITY' in script
    assert '"mail" text,' in script
    for key in ('PRIMARY KEY ("id")', 'UNIQUE ("nino")', 'UNIQUE ("first")'):
        assert f'ALTER TABLE "repairs" ADD {key};' in script
    assert script.count("CREATE INDEX") == 2
    assert 'FOREIGN KEY ("home") REFERENCES "homes" ("uprn");' in script
    assert "pg_get_serial_sequence('\"repairs\"', 'id')" in script


def test_an_optional_key_is_not_the_primary_one() -> None:
    columns = {"nino": REPAIRS["nino"], "id": {"kind": "sequence"}}
    data = Data.model_validate({"tables": {"people": {"rows": 0, "columns": columns}}})
    script = b"".join(postgres_script(data, "people")).decode()
    assert 'ADD UNIQUE ("nino")' in script
    assert 'ADD PRIMARY KEY ("id")' in script


@pytest.mark.parametrize(
    ("of", "expected"),
    [
        ([True, False], "boolean"),
        ([1, "a"], "text"),
        ([True, 2], "text"),
        ([1, 2.5], "numeric"),
        ([1, 2], "integer"),
        ([1, 2**40], "bigint"),
    ],
)
def test_a_choice_has_the_narrowest_type(of: list[object], expected: str) -> None:
    columns = {"it": {"kind": "choice", "of": of}}
    data = Data.model_validate({"tables": {"t": {"rows": 1, "columns": columns}}})
    assert sql_type(data, data.tables["t"].columns["it"]) == expected


def test_types_of_columns(data: Data) -> None:
    columns = data.tables["repairs"].columns
    found = {name: sql_type(data, columns[name]) for name in ("visits", "big", "home", "wanted")}
    assert found == {"visits": "integer", "big": "bigint", "home": "bigint", "wanted": "date"}
    assert sql_type(data, columns["reported"]) == "timestamp with time zone"
    assert sql_type(data, columns["cost"]) == "numeric(13, 2)"


def test_booleans_are_written_as_both_formats_read_them() -> None:
    columns = {"it": {"kind": "choice", "of": [True, False]}}
    data = Data.model_validate({"tables": {"t": {"rows": 20, "columns": columns}}})
    assert {r["it"] for r in table_rows(data, "t")} == {"true", "false"}


def test_long_texts_are_made_in_smaller_chunks() -> None:
    long = {"kind": "text", "of": ["é" * 2_000]}
    columns = {f"c{number}": long for number in range(20)}
    data = Data.model_validate({"tables": {"t": {"rows": 1_000, "columns": columns}}})
    counts = [count for count, _ in chunks(data, "t")]
    assert sum(counts) == 1_000
    assert max(counts) < 250


def test_rows_past_the_end_do_not_exist(data: Data) -> None:
    assert sum(count for count, _ in chunks(data, "homes", start=590, stop=10_000)) == 10
