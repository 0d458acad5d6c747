"""CSV, Parquet and JSON lines as columns of texts; nothing but tables is taken."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
from pyarrow import parquet

from sandboxctl.data.infer import header, holders, names
from sandboxctl.data.infer.links import Held
from sandboxctl.data.infer.look import Column, look
from sandboxctl.data.scan import separated, text
from sandboxctl.data.scan.cells import Nothing, Unreadable

ENDINGS = ("csv", "tsv", "tab", "parquet", "jsonl", "ndjson")
WIDEST = 200
"""Columns of a table."""

BATCH = 65_536

Cells = dict[str, list[pa.Array]]


def table(path: Path, *, has_header: bool | None = None) -> Held:
    """One file as a table. Raises Unreadable, with the file's name."""
    try:
        columns, notes = _columns(path, has_header)
    except Unreadable as error:
        raise Unreadable(f"{path} {error}", hint=error.hint.replace("scan", "look at")) from None
    except OSError as error:
        raise Unreadable(
            f"{path} cannot be read: {error.strerror or error}",
            hint="Look at its name, and whether you may read it.",
        ) from None
    title = path.stem if names.is_plain(path.stem) else ""
    return replace(held(path.stem, columns, notes), title=title)


def held(name: str, columns: dict[str, pa.ChunkedArray], notes: list[str]) -> Held:
    """Columns with what there is to know of them."""
    if len(columns) > WIDEST:
        raise Unreadable(
            f"{name} has {len(columns)} columns, {WIDEST} are possible",
            hint="Make a copy with the columns that the prototype needs.",
        )
    rows = max((len(cells) for cells in columns.values()), default=0)
    # each is given up once it has been looked at: different values, and what counts persons, stay
    looked: dict[str, Column] = {}
    kept: dict[str, holders.Codes] = {}
    for column in list(columns):
        cells = columns.pop(column)
        looked[column] = look(column, cells, rows)
        if holders.matters(looked[column]):
            kept[column] = holders.coded(cells)
    return Held(name, rows, holders.counted(looked, kept), notes=tuple(notes))


def _columns(path: Path, has_header: bool | None) -> tuple[dict[str, pa.ChunkedArray], list[str]]:
    match path.suffix[1:].lower():
        case "csv" | "tsv" | "tab":
            columns = _separated(path)
            made = header.settled(
                {name: _chunked(parts) for name, parts in columns.items()}, has_header
            )
            notes = [] if made.keys() == columns.keys() else [header.NOTE]
            return made, notes
        case "parquet":
            return _records(path)
        case "jsonl" | "ndjson":
            return _documents(path)
        case ending:
            raise Unreadable(
                f"is of a kind that nothing is inferred from ({ending or 'no ending'})",
                hint=f"These are: {', '.join(ENDINGS)}, db, sqlite; or a folder, or a database.",
            )


def _chunked(parts: list[pa.Array]) -> pa.ChunkedArray:
    return pa.chunked_array([part.cast(pa.string()) for part in parts], pa.string())


def _separated(path: Path) -> Cells:
    columns: Cells = {}
    for work in separated.read(path):
        for cells in work():
            columns.setdefault(cells.column, []).append(cells.values)
    return columns


def _records(path: Path) -> tuple[dict[str, pa.ChunkedArray], list[str]]:
    columns: Cells = {}
    left: dict[str, str] = {}
    try:
        with parquet.ParquetFile(path) as file:
            names = _apart(file.schema_arrow.names)
            columns = {name: [] for name in names}
            for batch in file.iter_batches(BATCH):
                for name, values in zip(names, batch.columns, strict=True):
                    if (found := texts(values)) is None:
                        left[name] = str(values.type).split("<")[0]
                    else:
                        columns[name].append(found)
    except (pa.ArrowException, UnicodeDecodeError) as error:
        why = type(error).__name__
        raise Unreadable(
            f"cannot be read as Parquet ({why})", hint="Was it copied whole?"
        ) from None
    return _without(columns, left)


def _apart(names: list[str]) -> list[str]:
    """Each once."""
    found: list[str] = []
    for number, name in enumerate(names, start=1):
        found.append(name if name not in found else f"{name} ({number})")
    return found


def texts(values: Any) -> pa.Array | None:
    """As StringArray; None for what is nested, or no text."""
    kind = values.type
    inner = kind.value_type if pa.types.is_dictionary(kind) else kind
    if pa.types.is_nested(inner) or pa.types.is_binary(inner) or pa.types.is_large_binary(inner):
        return None
    try:
        return values.cast(inner).cast(pa.string())
    except pa.ArrowException:
        return None


def _without(
    columns: Cells, left: Mapping[str, str]
) -> tuple[dict[str, pa.ChunkedArray], list[str]]:
    made = {name: _chunked(parts) for name, parts in columns.items() if name not in left}
    return made, [f"{header.shown(name)}: left out, it holds {what}" for name, what in left.items()]


def _documents(path: Path) -> tuple[dict[str, pa.ChunkedArray], list[str]]:
    columns: Cells = {}
    left: dict[str, str] = {}
    rows = 0
    for batch in _batches(path):
        seen = dict.fromkeys([*columns, *(name for one in batch for name in one)])
        for name in seen:
            values = [one.get(name) for one in batch]
            if any(isinstance(value, list) for value in values):
                left[name] = "lists"
                values = []
            parts = columns.setdefault(name, [pa.nulls(rows, pa.string())])
            parts.append(pa.array(values, pa.string()))
        rows += len(batch)
    if not rows:
        raise Nothing("is empty", hint="Leave it out, or look at how it was made.")
    return _without(columns, left)


def _batches(path: Path) -> Iterator[list[dict[str, Any]]]:
    batch: list[dict[str, Any]] = []
    for piece in text.pieces(path):
        for number, line in enumerate(piece.data.split(b"\n"), start=piece.line):
            if line.strip():
                batch.append(_document(line, number))
            if len(batch) == BATCH:
                yield batch
                batch = []
    yield batch


def _document(line: bytes, number: int) -> dict[str, Any]:
    try:
        found = json.loads(line, parse_float=str, parse_int=str, parse_constant=lambda _: None)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise Unreadable(
            f"line {number} is no JSON object", hint="JSON lines have one object on each line."
        )
    return dict(_flat(found, ""))


def _flat(found: dict[str, Any], above: str) -> Iterator[tuple[str, Any]]:
    for key, value in found.items():
        name = f"{above}{key}".encode(errors="replace").decode()
        match value:
            case dict() if above.count(".") < 3:
                yield from _flat(value, f"{name}.")
            case dict():
                yield name, []
            case bool():
                yield name, "true" if value else "false"
            case str():
                yield name, value.encode(errors="replace").decode()
            case _:
                yield name, value
