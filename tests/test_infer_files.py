"""Files as they come: every reader, headers and their absence, and what is refused with a hint."""

from __future__ import annotations

import gzip
import json
from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow import parquet

from sandboxctl.data.infer import files
from sandboxctl.data.scan.cells import Unreadable
from tests.inferred import columns, inferred, table

HOSTILE: dict[str, tuple[str, bytes, str]] = {
    "empty": ("a.csv", b"", "is empty"),
    "NULs": ("a.csv", b"a,b\n1,\0\n", "NUL bytes"),
    "gzip": ("a.csv", gzip.compress(b"a,b\n1,2\n"), "compressed with gzip"),
    "half a UTF-16": ("a.csv", "a,b\n".encode("utf-16") + b"\x00", "starts like UTF-16"),
    "no Parquet": ("a.parquet", b"PAR1 or is it", "cannot be read as Parquet"),
    "empty lines": ("a.jsonl", b"\n\n", "is empty"),
    "nothing": ("a.jsonl", b"", "is empty"),
    "no JSON": ("a.jsonl", b'{"a": 1}\n{b}', "line 2 is no JSON object"),
    "a list": ("a.jsonl", b"[1]", "line 1 is no JSON object"),
    "deep": ("a.jsonl", b"[" * 100_000, "line 1 is no JSON object"),
    "a workbook": ("a.xlsx", b"x", "nothing is inferred from (xlsx)"),
    "no ending": ("a", b"x", "(no ending)"),
    "wide": ("a.csv", b",".join(b"c%d" % n for n in range(9)) + b",c" * 300 + b"\n", "columns"),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_what_cannot_be_read_is_told_of(case: str, tmp_path: Path) -> None:
    name, content, why = HOSTILE[case]
    (tmp_path / name).write_bytes(content)
    with pytest.raises(Unreadable) as told:
        inferred(tmp_path / name)
    assert why in str(told.value)
    assert told.value.hint
    assert told.value.exit_code == 2


def test_what_is_not_there_or_holds_nothing_is_told_of(tmp_path: Path) -> None:
    for source, why in (
        (tmp_path / "none.csv", "No such file"),
        (tmp_path, "has no table"),
        ("mysql://host/x", "mysql:// is no database"),
    ):
        with pytest.raises(Unreadable, match=why):
            inferred(source)
    (tmp_path / "a.jsonl").write_text('{"a": [1]}')
    with pytest.raises(Unreadable, match="has no table"):
        inferred(tmp_path / "a.jsonl")
    for number in range(101):
        (tmp_path / f"t{number}.csv").write_text("a\n")
    (tmp_path / "a.jsonl").unlink()
    with pytest.raises(Unreadable, match="has 101 tables"):
        inferred(tmp_path)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "latin-1"])
def test_encodings_and_delimiters(encoding: str, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("état;größe\n" + "zurück;1\nzück;2\n" * 20, encoding=encoding)
    made = columns(inferred(path))
    assert made == {
        "etat": {"kind": "choice", "of": {"zurück": 0.5, "zück": 0.5}},
        "groe": {"kind": "choice", "of": {1: 0.5, 2: 0.5}},
    }


def test_names_that_come_twice_and_rows_that_are_too_long(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("n,n,\n" + "1,2,3,4\n" * 6 + "1,2\n" * 6)
    assert list(columns(inferred(path))) == ["n", "n_2", "column_3", "column_4"]


def test_only_a_header(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("first,second\n")
    text = inferred(path)
    assert "fewer than ten rows: structure only" in text
    assert list(columns(text)) == ["first", "second"]


def test_a_first_line_that_is_a_person_names_no_column(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    for first in ("Emma,Patel,Zigton", "Emma Patel,x,y", "a,QQ 12 34 56 C,zig@zag.org", "x,y,z"):
        path.write_text(f"{first}\n" + "x,1,z\n" * 20)
        text = inferred(path)
        assert list(columns(text)) == ["column_1", "column_2", "column_3"]
        assert "Patel" not in text
        assert "Zigton" not in text
    assert "the first line looks like data" in text


def test_whether_there_is_a_header_can_be_said(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("x,y\n" + "x,2\n" * 20)
    assert list(columns(inferred(path))) == ["column_1", "column_2"]
    assert list(columns(inferred(path, header=True))) == ["x", "y"]
    path.write_text("one,\n" + "x,2\n" * 20)
    assert list(columns(inferred(path, header=False))) == ["column_1", "column_2"]
    path.write_text("2024,2025\n" + "1,2\n" * 20)
    assert list(columns(inferred(path))) == ["column_1", "column_2"]


def test_parquet_with_all_its_types(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    rows = 100
    made = pa.table(
        {
            "n": pa.array([n * 7 for n in range(rows)]),
            "day": pa.array([date(2020, 1, 1 + n % 28) for n in range(rows)]),
            "ok": pa.array([n % 2 == 0 for n in range(rows)]),
            "f": pa.array([n * 0.25 for n in range(rows)]),
            "state": pa.array(["open", "shut"] * 50).dictionary_encode(),
            "at": pa.array([n * 10**9 for n in range(rows)], pa.timestamp("us")),
            "list": pa.array([[1]] * rows),
            "raw": pa.array([b"\xff"] * rows),
        }
    )
    parquet.write_table(made.append_column("n", made["f"]), path)
    text = inferred(path)
    assert {name: one["kind"] for name, one in columns(text).items()} == {
        "n": "integer",
        "day": "date",
        "ok": "boolean",
        "f": "decimal",
        "state": "choice",
        "at": "timestamp",
        "n_9": "decimal",
    }
    assert "# list: left out, it holds list" in text
    assert "# raw: left out, it holds binary" in text


def test_json_lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.jsonl"
    lines = [
        {
            "n": n,
            "who": {"town": {"zip": {"a": {"b": 1}}}},
            "ok": n % 2 == 0,
            "s": "\ud800",
            "x": None,
        }
        for n in range(0, 300, 7)
    ]
    path.write_text("\n".join(json.dumps(one) for one in lines) + '\n{"late": 1.5, "n": NaN}\n\n')
    monkeypatch.setattr(files, "BATCH", 10)
    text = inferred(path)
    assert list(columns(text)) == ["n", "ok", "s", "x", "late"]
    assert columns(text)["n"]["kind"] == "integer"
    assert columns(text)["ok"]["kind"] == "boolean"
    assert "who.town.zip.a: left out, it holds lists" in text


def test_more_columns_than_a_table_takes(tmp_path: Path) -> None:
    path = table(tmp_path / "a.csv", {f"c{'x' * n}": [n] for n in range(201)})
    with pytest.raises(Unreadable, match="has 201 columns, 200 are possible"):
        inferred(path)


def test_space_around_values_does_not_count(tmp_path: Path) -> None:
    path = table(tmp_path / "a.csv", {"state": ["open", " open", "shut ", " "] * 25})
    made = columns(inferred(path))["state"]
    assert made == {"kind": "choice", "of": {"open": 0.67, "shut": 0.33}, "missing": 0.25}


def test_what_is_no_text_is_left_out() -> None:
    assert files.texts(pa.array([None], pa.month_day_nano_interval())) is None
