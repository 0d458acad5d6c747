"""Files as they come: odd, broken and hostile ones are told of or read; none is a crash."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow import parquet

from sandboxctl.data.scan import documents, separated, statements, text
from sandboxctl.data.scan.mask import masked
from sandboxctl.data.scan.scan import Scanned, scan
from sandboxctl.data.scan.spots import Spotter
from tests.planted import REAL


def one(path: Path, content: bytes | str, *, as_text: bool = False) -> Scanned:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    (scanned,) = scan([path], as_text=as_text)
    return scanned


def places(scanned: Scanned) -> list[tuple[str, str, tuple[int, ...]]]:
    assert scanned.error is None
    return [(found.column, found.kind, found.rows) for found in scanned.findings]


HOSTILE: dict[str, tuple[str, bytes, str]] = {
    "empty": ("a.csv", b"", "is empty"),
    "only a mark": ("a.csv", b"\xef\xbb\xbf", "is empty"),
    "NULs": ("a.csv", b"a,b\n1,\0\n", "NUL bytes"),
    "binary": ("a.csv", bytes(range(1, 32)) * 40, "is no text"),
    "office": ("a.csv", b"PK\x03\x04 and so on", "a ZIP archive"),
    "gzip": ("a.csv", gzip.compress(b"a,b\n1,2\n"), "compressed with gzip"),
    "half a UTF-16": ("a.csv", "a,b\n".encode("utf-16") + b"\x00", "starts like UTF-16"),
    "no JSON": ("a.json", b'{"a": 1}\n{b: <x>}', "line 2 is no JSON"),
    "open text": ("a.json", b'{"a": "never closed', "line 1 is no JSON"),
    "open object": ("a.json", b'{"a": [1, 2', "ends in the middle"),
    "closed twice": ("a.json", b'{"a": 1}}', "closes what is not open"),
    "wrong bracket": ("a.json", b'{"a": [1}', "closes what is not open"),
    "bad escape": ("a.json", b'["\\x41"]', "an escape that is none"),
    "deep": ("a.json", b"[" * 100_000, "nested more than 500 levels"),
    "no Parquet": ("a.parquet", b"PAR1 or is it", "cannot be read as Parquet"),
    "no Parquet at all": ("a.parquet", b"", "cannot be read as Parquet"),
    "unknown": ("a.xlsx", b"x", "not looked through (.xlsx)"),
    "no ending": ("a", b"x", "no ending"),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_what_cannot_be_read_is_told_of_and_the_others_are_read(case: str, tmp_path: Path) -> None:
    name, content, why = HOSTILE[case]
    (tmp_path / name).write_bytes(content)
    good = tmp_path / "good.csv"
    good.write_text("nino\nAB123456C\n")
    bad, fine = scan([tmp_path / name, good])
    assert bad.error
    assert why in str(bad.error)
    assert bad.error.hint
    assert bad.findings == ()
    assert [found.kind for found in fine.findings] == ["nino"]


def test_a_folder_and_what_is_not_there_are_told_of(tmp_path: Path) -> None:
    folder, missing = scan([tmp_path, tmp_path / "none.csv"])
    assert "is a folder" in str(folder.error)
    assert "No such file" in str(missing.error)


def test_a_line_without_end_is_refused_in_little_memory(tmp_path: Path) -> None:
    path = tmp_path / "long.csv"
    with path.open("wb") as file:
        file.truncate(0)
        for _ in range(40):
            file.write(b"x" * 1024 * 1024)
    (scanned,) = scan([path])
    assert "line 1 is longer than 32 MB" in str(scanned.error)


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "latin-1"]
)
def test_encodings(encoding: str, tmp_path: Path) -> None:
    mark = "\ufeff" if encoding in ("utf-16-le", "utf-16-be") else ""
    content = f"{mark}Straße,NINO\nÜber,AB123456C\n".encode(encoding)
    assert places(one(tmp_path / "a.csv", content)) == [("NINO", "nino", (2,))]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiters(delimiter: str, tmp_path: Path) -> None:
    rows = ["id,name,nino", '1,"a, b; c",AB123456C', "2,x,none"]
    content = "\r\n".join(row.replace(",", delimiter, 2) for row in rows[:1]) + "\r\n"
    content += f'1{delimiter}"a, b; c"{delimiter}AB123456C\r\n2{delimiter}x{delimiter}none\r\n'
    assert places(one(tmp_path / "a.csv", content)) == [("nino", "nino", (2,))]


def test_lines_are_counted_through_quotes_and_ragged_rows(tmp_path: Path) -> None:
    even = 'a,b\n"two\nlines",x\ny,AB123456C\n"",\n'
    assert places(one(tmp_path / "a.csv", even)) == [("b", "nino", (4,))]
    ragged = 'a,b\n1\n\n2,x,AB123456C,4\n"two\nlines",CE234567D\n'
    assert places(one(tmp_path / "a.csv", ragged)) == [
        ("b", "nino", (6,)),
        ("column 3", "nino", (4,)),
    ]


def test_a_header_over_two_lines_is_no_value(tmp_path: Path) -> None:
    for rows in ("1,AB123456C\n", "1,AB123456C,too many\n"):
        scanned = one(tmp_path / "a.csv", f'"the\nfirst","b",b,\n{rows}')
        assert [found.rows for found in scanned.findings] == [(3,)]
        assert [*scanned.columns][:2] == ["the first", "b"]


def test_a_header_alone_is_a_table(tmp_path: Path) -> None:
    for content in ("a,b", "a,b\n", "\n\n"):
        assert places(one(tmp_path / "a.csv", content)) == []


def test_a_table_without_header_loses_no_row(tmp_path: Path) -> None:
    assert places(one(tmp_path / "a.csv", "1,AB123456C\n2,CE234567D\n")) == [
        ("column 2", "nino", (1, 2))
    ]


@pytest.mark.parametrize(
    "content",
    [
        'a,b\n"never closed,AB123456C\n2,3\n',
        'a\n"never closed AB123456C\n2\n',
        'a,b\n1,5" pipe AB123456C\n',
        'a,b\n"x"y,AB123456C\n',
    ],
)
def test_quotes_out_of_order_hide_nothing(content: str, tmp_path: Path) -> None:
    (found,) = one(tmp_path / "a.csv", content).findings
    assert (found.kind, found.rows) == ("nino", (2,))


def test_many_pieces_are_one_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text.pieces, "__defaults__", (text.at_line_end, 64))
    lines = [f'{n},"line\nbreak"' for n in range(200)]
    lines[150] = '150,"a\nAB123456C"'
    scanned = one(tmp_path / "a.csv", "id,note\n" + "\n".join(lines))
    assert places(scanned) == [("note", "nino", (302,))]
    rows = ",".join(json.dumps({"n": n, "t": 'a"}, "b'}) for n in range(200))
    scanned = one(tmp_path / "a.json", f'[{rows}, "AB123456C"]')
    assert places(scanned) == [("value", "nino", (1,))]
    inserts = "INSERT INTO t (a) VALUES\n" + ",\n".join(f"('x{n}')" for n in range(50))
    scanned = one(tmp_path / "a.sql", f"{inserts},\n('AB123456C');\n")
    assert places(scanned) == [("t.a", "nino", (52,))]


def test_paths_of_documents(tmp_path: Path) -> None:
    content = json.dumps({"a": {"b": [{"nino": "AB123456C"}, ["CE234567D"]]}, "c": [True, None]})
    assert [found.column for found in one(tmp_path / "a.json", content).findings] == [
        "a.b[].nino",
        "a.b[][]",
    ]
    keyed = '{\n"AB123456C": {"x": 1},\n"by": {"jane@some-company.co.uk": 1}}'
    assert places(one(tmp_path / "a.json", keyed)) == [
        ("document (names)", "nino", (2,)),
        ("by (names)", "email", (3,)),
    ]


def test_remarks_and_commas_too_many_are_no_mistake(tmp_path: Path) -> None:
    content = '// made by hand\n{"nino": "AB123456C", /* more\n */ "n": -1.5e3,},\n"last"'
    assert places(one(tmp_path / "a.json", content)) == [("nino", "nino", (2,))]


def test_what_is_no_json_can_be_read_as_text(tmp_path: Path) -> None:
    scanned = one(tmp_path / "a.json", "{nino: 'x'}\nAB123456C <\n", as_text=True)
    assert places(scanned) == [("text", "nino", (2,))]


def test_statements_name_their_columns(tmp_path: Path) -> None:
    content = """\
-- by jane@some-company.co.uk /* or not */
CREATE TABLE IF NOT EXISTS "public"."people" (
  id int PRIMARY KEY, "ni number" char(9) CHECK (length('x') > 0), note numeric(10, 2)
) INHERITS (other);
INSERT INTO people VALUES (1, 'AB123456C', f(2, 'x')), (2, N'CE234567D', '');
REPLACE INTO people (note, id) VALUES ('JK345678A', 3, 'LM456789B');
UPDATE people SET nino = 'AB123456C' WHERE id = 07911123456;
COPY other (a, b) FROM stdin WITH (FORMAT text);
1\tAB123456C
\\N\tit's\\tCE234567D
\\.
COPY people FROM stdin;
1\tJK345678A\tx\ty
\\.
SELECT E'it\\'s LM456789B', $$ 'AB123456C' $$
"""
    assert places(one(tmp_path / "a.sql", content)) == [
        ("remarks", "email", (1,)),
        ("people.ni number", "nino", (5, 5, 13)),
        ("people.note", "nino", (6,)),
        ("people.column 3", "nino", (6,)),
        ("nino", "nino", (7,)),
        ("id", "mobile", (7,)),
        ("other.b", "nino", (9, 10)),
        ("SELECT", "nino", (15, 15)),
    ]


def test_parquet_of_every_shape(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    ninos = ["AB123456C", None, "CE234567D"]
    parquet.write_table(
        pa.table(
            {
                "s": pa.array([{"l": [n]} for n in ninos]),
                "large": pa.array(ninos, pa.large_string()),
                "coded": pa.array(ninos).dictionary_encode(),
                "numbers": [int(n) for n in REAL["nhs_number"][:3]],
                "coded dates": pa.array([1, 2, 3], pa.date32()).dictionary_encode(),
                "truth": [True, None, False],
                "empty": pa.array([None, None, None], pa.string()),
            }
        ),
        path,
    )
    (scanned,) = scan([path])
    assert places(scanned) == [
        ("s.l[]", "nino", (1, 3)),
        ("large", "nino", (1, 3)),
        ("coded", "nino", (1, 3)),
        ("numbers", "nhs_number", (1, 2, 3)),
    ]


def test_progress_is_told_while_a_long_file_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(text.pieces, "__defaults__", (text.at_line_end, 64))
    path = tmp_path / "a.csv"
    path.write_text("a,b\n" + "1,2\n" * 500)
    heard: list[int] = []
    (scanned,) = scan([path], lambda _, values: heard.append(values))
    assert heard
    assert heard == sorted(heard)
    assert heard[-1] < scanned.values == 1_000


def test_masked_values_cannot_be_read() -> None:
    assert masked("AB 12 34 56 C") == "A* ** ** ** C"
    assert masked("M1 1AE") == "M* ***"
    assert masked("") == ""


SPOTTERS: dict[str, type[Spotter]] = {
    "csv": separated.Separated,
    "sql": statements.Statements,
    "json": documents.Documents,
}


@settings(max_examples=60, deadline=None)
@given(st.text(st.sampled_from("ab1'\"\\,;()\n\t{}[]: -/*$E`"), min_size=1))
def test_any_text_is_read_to_its_end(content: str) -> None:
    """Spots follow each other and lie within the text, whatever it is."""
    for name in ("csv", "sql"):
        place = 0
        for spot in SPOTTERS[name]().spots(content, 1):
            assert place <= spot.start <= spot.end <= len(content)
            place = spot.end
            assert 1 <= spot.line <= content.count("\n") + 2


MANY = 1_990
PLANTED = {**{f"c{n}": "a" for n in range(MANY)}, "nino": REAL["nino"][0], "last": REAL["email"][0]}


def _tables(folder: Path) -> list[Path]:
    """The same record with a column for each value, in every form that has names."""
    names, values = list(PLANTED), list(PLANTED.values())
    csv = folder / "a.csv"
    csv.write_text(",".join(names) + "\n" + ",".join(values) + "\n")
    sql = folder / "a.sql"
    told = ", ".join(f"'{value}'" for value in values)
    sql.write_text(f"INSERT INTO t ({', '.join(names)}) VALUES ({told});\n")
    (folder / "a.json").write_text(json.dumps(PLANTED))
    parquet.write_table(pa.Table.from_pylist([PLANTED]), folder / "a.parquet")
    return [csv, sql, folder / "a.json", folder / "a.parquet"]


def test_more_columns_than_any_table_has_are_looked_through_together(tmp_path: Path) -> None:
    """What the name of a column tells is still heeded, and what is sure of itself found."""
    for scanned in scan(_tables(tmp_path)):
        assert len(scanned.columns) < 300
        assert {kind for _, kind, _ in places(scanned)} == {"nino", "email"}


def test_a_name_for_every_value_is_one_column_after_some(tmp_path: Path) -> None:
    text = "INSERT INTO t VALUES (" + "'a'," * 50_000 + f"'{REAL['email'][0]}');\n"
    scanned = one(tmp_path / "a.sql", text)
    assert len(scanned.columns) < 300
    assert [kind for _, kind, _ in places(scanned)] == ["email"]


def test_a_table_with_more_columns_still_is_refused(tmp_path: Path) -> None:
    wide = one(tmp_path / "a.csv", ",".join(f"c{n}" for n in range(3_000)) + "\n")
    assert "more than 2,000 columns" in str(wide.error)


def test_records_without_end_in_a_few_bytes_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "a.parquet"
    parquet.write_table(pa.table({"a": pa.nulls(20_000_000, pa.string())}), file)
    (scanned,) = scan([file])
    assert "20,000,000 records of 1 columns" in str(scanned.error)


def test_deep_names_do_not_make_every_value_long(tmp_path: Path) -> None:
    deep = "".join(f'{{"{"k" * 50}{n}": ' for n in range(400))
    scanned = one(tmp_path / "a.json", f"{deep}[{'1, ' * 20_000}1]{'}' * 400}")
    assert all(len(name) < 300 for name in scanned.columns)
