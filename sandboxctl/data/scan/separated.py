"""CSV and its relatives: whole pieces through Arrow, and what Arrow refuses field by field."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
from pyarrow import csv

from sandboxctl.data.scan.cells import Cells, Rows, Unreadable, Work, counted
from sandboxctl.data.scan.spots import Names, Spot, grouped
from sandboxctl.data.scan.text import Piece, at_line_end, occurrences, pieces

DELIMITERS = ",\t;|"
WIDEST = 2_000
"""Columns of a table; PostgreSQL has 1,600 at most."""
FEW = 0.05
"""Columns with fewer different values in a hundred are kept as a dictionary."""

_DATA = re.compile(r"[0-9]{4}|@|^[0-9]")


@dataclass(slots=True)
class Layout:
    """What the first lines say of all others; ``few`` are the columns whose values repeat."""

    delimiter: str
    names: tuple[str, ...]
    header: bool
    few: frozenset[str] = field(default=frozenset())


@dataclass(frozen=True, slots=True)
class Field:
    """One field as it stands in the text, with its quotes."""

    number: int
    line: int
    start: int
    end: int
    text: str


def read(path: Path) -> Iterator[Work]:
    """A part for each few megabytes."""
    layout: Layout | None = None
    for piece in pieces(path, between_records):
        if layout is None:
            layout = layout_of(piece.data.decode())
        yield partial(_columns, piece, layout)


def between_records(data: bytes) -> int:
    """After the last line that ends outside of quotes; after the last one if there is none."""
    last = end = at_line_end(data)
    quotes = occurrences(data, b'"', end)
    while quotes % 2 and end:
        before = data.rfind(b"\n", 0, end - 1) + 1
        quotes -= data.count(b'"', before, end)
        end = before
    return end or last


def layout_of(text: str) -> Layout:
    """Delimiter and names: a first line with numbers or addresses in it is data already."""
    head = text[:65_536]
    delimiter = max(DELIMITERS, key=partial(_fit, head))
    first = _records(head, delimiter)[0]
    if len(first) > WIDEST:
        raise Unreadable(
            f"has more than {WIDEST:,} columns",
            hint="Is the first line one record, or all of them?",
        )
    data = any(_DATA.search(name) for name in first)
    names: dict[str, None] = {}
    for number, name in enumerate(first, start=1):
        shown = "" if data else " ".join(name.split())[:60]
        shown = shown or f"column {number}"
        names[shown if shown not in names else f"{shown} ({number})"] = None
    return Layout(delimiter, tuple(names), not data)


def _records(head: str, delimiter: str) -> list[list[str]]:
    found: list[list[str]] = []
    for one in islice(fields(head, delimiter), 2 * WIDEST):
        if one.number == 0:
            found.append([])
        found[-1].append(one.text)
    return found


def _fit(head: str, delimiter: str) -> tuple[float, int]:
    """How well a delimiter explains the first lines: the share of lines as wide as the first."""
    widths = [len(record) for record in _records(head, delimiter)][:50]
    same = sum(width == widths[0] for width in widths) / len(widths)
    return (same if widths[0] > 1 else 0.0, widths[0])


def fields(text: str, delimiter: str) -> Iterator[Field]:
    """Each field of a text; a quote that nobody closes is a character like any other."""
    mark = re.escape(delimiter)
    pattern = re.compile(
        rf'("[^"]*(?:""[^"]*)*"(?=[{mark}\r\n]|\Z)|[^{mark}\r\n]*)(\r\n|[{mark}\r\n]|\Z)'
    )
    number, line, place = 0, 0, 0
    while place < len(text):
        found = pattern.match(text, place)
        assert found, "a field may be empty, so that there always is one"
        raw = found[1]
        quoted = raw[:1] == '"' and raw[-1:] == '"' and len(raw) > 1
        inner = raw[1:-1].replace('""', '"') if quoted else raw
        yield Field(number, line, place, found.end(1), inner)
        line += raw.count("\n")
        if found[2] == delimiter:
            number += 1
            if found.end() == len(text):
                yield Field(number, line, len(text), len(text), "")
        else:
            number = 0
            line += 1
        place = found.end()


def name_of(layout: Layout, number: int) -> str:
    """Fields beyond the header have a number for a name."""
    return layout.names[number] if number < len(layout.names) else f"column {number + 1}"


def _columns(piece: Piece, layout: Layout) -> list[Cells]:
    table = _arrow(piece, layout)
    if table is None:
        return _slowly(piece, layout)
    if piece.line == 1:
        layout.few = frozenset(name for name in table.column_names if _repeats(table[name]))
    skip = int(layout.header and piece.line == 1)
    if table.num_rows + skip != occurrences(piece.data, b"\n") + (not piece.data.endswith(b"\n")):
        rows = _rows_of(piece, layout)
    else:
        rows = counted(piece.line + skip)
    return [
        Cells(name, chunk.chunk(0) if chunk.num_chunks else pa.array([], pa.string()), rows)
        for name, chunk in zip(table.column_names, table.columns, strict=True)
    ]


def _repeats(column: pa.ChunkedArray) -> bool:
    sample = column.slice(0, 4_096)
    return len(sample) >= 1_000 and len(sample.unique()) < FEW * len(sample)


def _arrow(piece: Piece, layout: Layout) -> Any:
    """The piece as a table; None if a row has another width, or quotes are out of order."""
    few = pa.dictionary(pa.int32(), pa.string())
    ragged: list[int] = []

    def other_width(_: object) -> str:
        ragged.append(1)
        return "skip"

    try:
        table = csv.read_csv(
            pa.BufferReader(piece.data),
            csv.ReadOptions(
                use_threads=False,
                block_size=len(piece.data) + 1,
                column_names=layout.names,
                skip_rows_after_names=int(layout.header and piece.line == 1),
            ),
            csv.ParseOptions(
                delimiter=layout.delimiter,
                newlines_in_values=True,
                ignore_empty_lines=False,
                invalid_row_handler=other_width,
            ),
            csv.ConvertOptions(
                column_types={n: few if n in layout.few else pa.string() for n in layout.names},
                check_utf8=False,
            ),
        )
    except pa.ArrowInvalid:
        return None
    return None if ragged else table


def _rows_of(piece: Piece, layout: Layout) -> Rows:
    """Lines of records where some go over several lines: counted when asked for."""

    def rows(places: Any) -> list[int]:
        text = piece.data.decode()
        starts = [one.line for one in fields(text, layout.delimiter) if one.number == 0]
        skip = int(layout.header and piece.line == 1)
        return [piece.line + starts[min(place + skip, len(starts) - 1)] for place in places]

    return rows


def _slowly(piece: Piece, layout: Layout) -> list[Cells]:
    return grouped(Separated(layout).spots(piece.data.decode(), piece.line), Names())


class Separated:
    """The fields of a file one by one: for what Arrow refuses, and to write over some of them."""

    def __init__(self, layout: Layout | None = None) -> None:
        self._layout = layout

    def spots(self, text: str, line: int) -> Iterator[Spot]:
        layout = self._layout = self._layout or layout_of(text)
        header = layout.header and line == 1
        for one in fields(text, layout.delimiter):
            header = header and not (one.number == 0 and one.start)
            if not header:
                name = name_of(layout, one.number)
                quote = _always if text[one.start : one.start + 1] == '"' else _if_needed
                yield Spot(name, line + one.line, one.start, one.end, one.text, quote)

    def end(self) -> None:
        """Tables may end anywhere."""


def _always(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def _if_needed(text: str) -> str:
    return _always(text) if re.search(r'[",;|\t\r\n]', text) else text
