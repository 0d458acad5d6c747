"""A copy of a file with safe values in the place of those found; everything else stays as it is."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa
from pyarrow import parquet

from sandboxctl.data.scan import finds, records
from sandboxctl.data.scan.evidence import Evidence
from sandboxctl.data.scan.files import TEXTS, kind
from sandboxctl.data.scan.findings import held
from sandboxctl.data.scan.kinds import is_version, told
from sandboxctl.data.scan.spots import OTHERS, Spot
from sandboxctl.data.scan.surrogates import Surrogates, like
from sandboxctl.data.scan.text import bom, pieces

Mend = Callable[[str, list[str]], dict[str, str]]
"""Texts of a column that have to change, and what they become."""

Look = Callable[[list[str]], list[finds.Find]]


def mender(columns: Mapping[str, Evidence], surrogates: Surrogates) -> Mend:
    """Changes what a scan of the same file has found."""
    whole = {
        column: sorted({"phone" if k in ("mobile", "landline") else k for k in held(column, seen)})
        for column, seen in columns.items()
    }

    further = whole.get(OTHERS, [])

    def mend(column: str, texts: list[str]) -> dict[str, str]:
        changed: dict[str, str] = {}
        looks: list[Look] = [partial(finds.whole, kind=one) for one in whole.get(column, further)]
        for look in [*looks, finds.in_texts]:
            left = [text for text in texts if text not in changed]
            found = [find for find in look(left) if not is_version(column, find.kind)]
            changed |= _changed(found, left, surrogates)
        return changed

    return mend


def _changed(found: list[finds.Find], texts: list[str], surrogates: Surrogates) -> dict[str, str]:
    changed: dict[str, str] = {}
    by_text: dict[str, list[finds.Find]] = {}
    for find in found:
        by_text.setdefault(texts[find.number], []).append(find)
    for text, inside in by_text.items():
        made, place = "", 0
        for find in inside:
            name = told(find.kind, find.canonical)
            safe = surrogates.of(name, find.canonical)
            made += text[place : find.start] + like(name, find.written, safe)
            place = find.end
        changed[text] = made + text[place:]
    return changed


def copy(path: Path, target: Path, mend: Mend) -> int:
    """Writes the copy; how many values are other ones now. ``target`` must not be there."""
    part = target.with_name(f".{target.name}.part")
    try:
        with part.open("xb") as file:
            if kind(path) == "parquet":
                changed = _records(path, file, mend)
            else:
                changed = 0
                for data, count in _texts(path, mend):
                    file.write(data)
                    changed += count
        os.link(part, target)  # unlike a rename it never writes over anything
    finally:
        part.unlink(missing_ok=True)
    return changed


def _texts(path: Path, mend: Mend) -> Iterator[tuple[bytes, int]]:
    make, cut = TEXTS[kind(path)]
    spotter = make()
    yield bom(path)[0], 0
    for piece in pieces(path, cut):
        text = piece.data.decode()
        made, count = _written_over(text, list(spotter.spots(text, piece.line)), mend)
        yield made.encode(piece.encoding), count


def _written_over(text: str, spots: list[Spot], mend: Mend) -> tuple[str, int]:
    columns: dict[str, dict[str, None]] = {}
    for spot in spots:
        columns.setdefault(spot.column, {})[spot.text] = None
    changed = {column: mend(column, list(texts)) for column, texts in columns.items()}
    made: list[str] = []
    place = count = 0
    for spot in spots:
        new = changed[spot.column].get(spot.text)
        if new is not None:
            made += [text[place : spot.start], spot.write(new)]
            place = spot.end
            count += 1
    return "".join([*made, text[place:]]), count


def _records(path: Path, file: Any, mend: Mend) -> int:
    count = 0
    with parquet.ParquetFile(path) as source:
        schema = source.schema_arrow
        with parquet.ParquetWriter(file, schema) as writer:
            for batch in source.iter_batches(records.BATCH):
                arrays = []
                for name, values in zip(schema.names, batch.columns, strict=True):
                    array, some = _column(name, values, mend)
                    arrays.append(array)
                    count += some
                writer.write_batch(pa.RecordBatch.from_arrays(arrays, schema=schema))
    return count


def _column(name: str, values: pa.Array, mend: Mend) -> tuple[pa.Array, int]:
    """The column with other values, of the type it had."""
    kind = values.type
    if pa.types.is_struct(kind):
        made = [
            _column(f"{name}.{field.name}", inner, mend)
            for field, inner in zip(kind, values.flatten(), strict=True)
        ]
        array = pa.StructArray.from_arrays(
            [one for one, _ in made], fields=list(kind), mask=values.is_null()
        )
        return array, sum(some for _, some in made)
    if any(is_list(kind) for is_list in records.LISTS):
        inner, some = _column(f"{name}[]", values.flatten(), mend)
        return _list(values, inner), some
    found = records.texts(values)
    if found is None:
        return values, 0
    texts = [text for text in found.unique().to_pylist() if text]
    changed = mend(name, texts)
    if not changed:
        return values, 0
    before = found.to_pylist()
    after = [changed.get(text, text) for text in before]
    count = sum(text in changed for text in before)
    return pa.array(after, pa.string()).cast(kind), count


def _list(values: pa.Array, inner: pa.Array) -> pa.Array:
    """A list array of the same lengths and gaps around other values."""
    lengths = values.value_lengths().to_pylist()
    flat, place, lists = inner.to_pylist(), 0, []
    for length in lengths:
        lists.append(None if length is None else flat[place : place + length])
        place += length or 0
    return pa.array(lists, values.type)
