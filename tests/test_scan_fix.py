"""Safe copies: equal values stay equal, all else stays as it is, and nothing is found in them."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow import parquet

from sandboxctl.data.scan.fix import NotClean, fix
from sandboxctl.data.scan.scan import scan
from sandboxctl.data.scan.surrogates import UsedUp
from sandboxctl.errors import BlueprintError
from tests.planted import REAL
from tests.test_scan_kinds import (
    as_copy,
    as_csv,
    as_inserts,
    as_json,
    as_lines,
    as_parquet,
)

pytestmark = pytest.mark.slow
"""`make check` leaves them to `make test`."""


def fixed(folder: Path, *paths: Path, key: str | None = "k") -> list[Path]:
    return [target for _, target, _ in fix(list(scan(paths)), folder, key)]


@pytest.mark.slow
@pytest.mark.parametrize("make", [as_csv, as_json, as_lines, as_inserts, as_copy, as_parquet])
def test_a_copy_is_clean_and_has_every_value(make, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    path = make(tmp_path)
    before = path.read_bytes()
    ((_, copy, changed),) = fix(list(scan([path])), tmp_path / "safe", None)
    assert changed == 4 * len(REAL)
    assert path.read_bytes() == before
    (one,) = scan([copy])
    assert one.error is None
    assert one.findings == ()
    (source,) = scan([path])
    assert one.values == source.values
    assert sorted(file.name for file in copy.parent.iterdir()) == [copy.name]


def test_equal_values_stay_equal_across_columns_and_files(tmp_path: Path) -> None:
    ninos = ["AB123456C", "CE234567D", "AB123456C", "JK345678A"]
    one, two = tmp_path / "one.csv", tmp_path / "two.jsonl"
    one.write_text("a,b\n" + "".join(f"{n},{n}\n" for n in ninos))
    two.write_text("".join(json.dumps({"nino": n}) + "\n" for n in ninos))
    first, second = fixed(tmp_path / "safe", one, two)
    rows = list(csv.reader(first.read_text().splitlines()))[1:]
    made = [row[0] for row in rows]
    assert made == [row[1] for row in rows]
    assert made == [json.loads(line)["nino"] for line in second.read_text().splitlines()]
    assert made[0] == made[2]
    assert len({*made}) == 3


@pytest.mark.slow
def test_the_same_key_gives_the_same_copy_and_another_one_does_not(tmp_path: Path) -> None:
    path = as_csv(tmp_path)
    copies = [
        fixed(tmp_path / str(n), path, key=key)[0].read_bytes()
        for n, key in enumerate(["one", "one", "two", None, None])
    ]
    assert copies[0] == copies[1]
    assert len({*copies[1:]}) == 4


def test_nothing_else_of_a_table_changes(tmp_path: Path) -> None:
    path = tmp_path / "odd.csv"
    text = (
        '\ufeffid;note;"nino"\r\n'
        '1;"said ""hi""; then\r\n left";AB 12 34 56 C\r\n'
        "2;ragged;ce234567d;more\r\n"
        "\r\n"
        '3;"Zoë";"none"'
    )
    path.write_bytes(text.encode())
    (copy,) = fixed(tmp_path / "safe", path)
    made = copy.read_bytes().decode()
    assert len(made) == len(text)
    changed = [n for n, (a, b) in enumerate(zip(text, made, strict=True)) if a != b]
    start, second = text.index("AB 12"), text.index("ce234")
    assert {*changed} <= {*range(start, start + 13), *range(second, second + 9)}
    assert made[start : start + 2] == "QQ"
    assert made[second : second + 2] == "qq"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig", "latin-1"])
def test_a_copy_has_the_encoding_of_the_file(encoding: str, tmp_path: Path) -> None:
    path = tmp_path / "one.csv"
    path.write_bytes("name,nino\nZoë,AB123456C\nJosé,none\n".encode(encoding))
    (copy,) = fixed(tmp_path / "safe", path)
    made = copy.read_bytes().decode(encoding)
    assert made.startswith("name,nino\nZoë,QQ")
    assert made.endswith("\nJosé,none\n")


WAYS = {
    "07911123456": "07700900",
    "+447911123456": "+447700900",
    "+44 7911 123456": "+44 7700 900",
    "+44 (0)7911 123456": "+44 (0)7700 900",
    "07911 123456": "07700 900",
    "AB123456C": "QQ",
    "Jane@Some-Company.co.uk": "person.",
    "3c:22:fb:12:34:56": "00:00:5e:00:53:",
    "81.2.69.142": "",
    "+44 161 234 5678": "+44 1",
    "0161-234-5678": "0",
}


@pytest.mark.parametrize("written", WAYS)
def test_a_safe_value_is_written_the_way_the_other_one_was(written: str, tmp_path: Path) -> None:
    path = tmp_path / "one.csv"
    path.write_text(f"what\nIt was {written}, I think.\n")
    (copy,) = fixed(tmp_path / "safe", path)
    text = copy.read_text()
    assert text.startswith(f"what\nIt was {WAYS[written]}")
    assert text.endswith(", I think.\n")
    assert written not in text


def test_more_mobile_numbers_than_there_are_safe_ones_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "many.csv"
    path.write_text("mobile\n" + "".join(f"07911 {n:06}\n" for n in range(123_000, 123_997)))
    (copy,) = fixed(tmp_path / "fits", path)
    assert len({*copy.read_text().split("\n")[1:-1]}) == 997
    with path.open("a") as file:
        file.write("07911 999999\n")
    with pytest.raises(UsedUp, match="more than 997 different mobile numbers"):
        fixed(tmp_path / "does-not", path)
    assert list((tmp_path / "does-not").iterdir()) == []


def test_nothing_is_written_over(tmp_path: Path) -> None:
    path = as_csv(tmp_path)
    with pytest.raises(BlueprintError, match="there already"):
        fixed(tmp_path, path)
    other = tmp_path / "other"
    other.mkdir()
    twin = as_csv(other)
    with pytest.raises(BlueprintError, match=r"several of the files are called all\.csv"):
        fixed(tmp_path / "safe", path, twin)
    with pytest.raises(BlueprintError, match="cannot be made"):
        fixed(path / "below-a-file", path)


def test_parquet_keeps_types_and_gaps(tmp_path: Path) -> None:
    path = tmp_path / "one.parquet"
    table = pa.table(
        {
            "nhs": pa.array([int(REAL["nhs_number"][0]), None], pa.int64()),
            "what": pa.array(["AB123456C", "none"]).dictionary_encode(),
            "deep": pa.array([{"a": ["AB123456C", None], "n": 1.5}, None]),
            "when": pa.array([1, 2], pa.date32()),
        },
        metadata={"made": "by hand"},
    )
    parquet.write_table(table, path)
    (copy,) = fixed(tmp_path / "safe", path)
    made = parquet.read_table(copy)
    assert made.schema.equals(parquet.read_table(path).schema, check_metadata=True)
    assert made["when"] == table["when"]
    first, second = made.to_pylist()
    assert first["what"].startswith("QQ")
    assert first["deep"] == {"a": [first["what"], None], "n": 1.5}
    assert str(first["nhs"]).startswith("999")
    assert (second["nhs"], second["what"], second["deep"]) == (None, "none", None)


def test_quotes_and_escapes_of_dumps_and_documents_stay_right(tmp_path: Path) -> None:
    sql = tmp_path / "one.sql"
    sql.write_text(
        "INSERT INTO t (a, b) VALUES ('O''Neill, AB123456C', E'a\\'b AB123456C');\n"
        f"INSERT INTO t (a, nhs) VALUES ('x', {REAL['nhs_number'][0]});\n"
        "COPY t (a) FROM stdin;\nAB123456C\\tcalled\n\\.\n"
    )
    mysql = tmp_path / "two.sql"
    mysql.write_text("INSERT INTO `t` (`a`) VALUES ('it\\'s C:\\\\x AB123456C');\n")
    document = tmp_path / "one.json"
    document.write_text('{"a": "say \\"AB123456C\\"\\u00e9", "AB123456C": [1, 2]}')
    first, second, third = fixed(tmp_path / "safe", sql, mysql, document)
    lines = first.read_text().splitlines()
    made = lines[-2].removesuffix("\\tcalled")
    assert made.startswith("QQ")
    assert lines[0] == f"INSERT INTO t (a, b) VALUES ('O''Neill, {made}', E'a''b {made}');"
    assert lines[1].startswith("INSERT INTO t (a, nhs) VALUES ('x', 999")
    assert second.read_text() == f"INSERT INTO `t` (`a`) VALUES ('it''s C:\\\\x {made}');\n"
    assert json.loads(third.read_text()) == {"a": f'say "{made}"é', made: [1, 2]}


def test_numbers_of_documents_stay_numbers_where_they_can(tmp_path: Path) -> None:
    path = tmp_path / "one.json"
    path.write_text(f'{{"nhs": {REAL["nhs_number"][0]}, "passport": 123456789}}')
    (copy,) = fixed(tmp_path / "safe", path)
    made = json.loads(copy.read_text())
    assert made["nhs"] // 10_000_000 == 999
    assert made["passport"].startswith("000")


def test_where_two_kinds_overlap_the_longer_one_is_taken(tmp_path: Path) -> None:
    path = tmp_path / "one.csv"
    card = REAL["card"][0]
    path.write_text(f'note\n"account {card[:8]} {card[8:]}"\n"x"\n')
    (found,) = next(scan([path])).findings
    assert found.kind == "card"
    (copy,) = fixed(tmp_path / "safe", path)
    assert card[:8] not in copy.read_text()


def test_a_file_that_changes_in_between_leaves_no_unsafe_copy(tmp_path: Path) -> None:
    path = tmp_path / "one.csv"
    path.write_text("ref\nnone\n")
    scanned = list(scan([path]))
    path.write_text("ref\n" + "\n".join(REAL["utr"]))
    with pytest.raises(NotClean, match="ref: 4 unique taxpayer references"):
        list(fix(scanned, tmp_path / "safe", "k"))
    assert list((tmp_path / "safe").iterdir()) == []


def test_quotes_stay_around_what_had_them(tmp_path: Path) -> None:
    path = tmp_path / "one.csv"
    path.write_text('a,b\n"AB123456C","say ""CE234567D"""\n')
    (copy,) = fixed(tmp_path / "safe", path)
    first, second = next(csv.reader(copy.read_text().splitlines()[1:]))
    assert first.startswith("QQ")
    assert second.startswith('say "QQ')
    assert copy.read_text().splitlines()[1] == f'"{first}","say ""{second[5:-1]}"""'


def test_numbers_from_a_spreadsheet_stay_as_they_were_written(tmp_path: Path) -> None:
    path = tmp_path / "one.csv"
    path.write_text("ref\n" + "".join(f" {number}.0\n" for number in REAL["nhs_number"]))
    (copy,) = fixed(tmp_path / "safe", path)
    for line in copy.read_text().splitlines()[1:]:
        assert line.startswith(" 999")
        assert line.endswith(".0")
