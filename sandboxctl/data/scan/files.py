"""Which reader takes which file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pyarrow as pa
from pyarrow import parquet

from sandboxctl.data.scan import documents, separated, spots, statements
from sandboxctl.data.scan.cells import Cells, Reader, Unreadable, Work, counted
from sandboxctl.data.scan.spots import Spotter
from sandboxctl.data.scan.text import Cut

BATCH = 65_536

TEXTS: dict[str, tuple[Callable[[], Spotter], Cut]] = {
    "json": (documents.Documents, documents.between_values),
    "sql": (statements.Statements, statements.between_statements),
}
_SAME = {"jsonl": "json", "ndjson": "json", "geojson": "json", "tab": "csv", "tsv": "csv"}

ENDINGS = ("csv", "tsv", "tab", "json", "jsonl", "ndjson", "geojson", "sql", "parquet")


def kind(path: Path) -> str:
    """csv, json, sql or parquet. Raises Unreadable for anything else."""
    ending = path.suffix[1:].lower()
    if ending not in ENDINGS:
        raise Unreadable(
            f"is of a kind that is not looked through ({path.suffix or 'no ending'})",
            hint=f"These are: {', '.join(ENDINGS)}. Save it as one of them.",
        )
    return _SAME.get(ending, ending)


def reader(path: Path) -> Reader:
    """How to read a file, by its ending."""
    match kind(path):
        case "csv":
            return separated.read
        case "parquet":
            return _parquet
        case name:
            spotter, cut = TEXTS[name]
            return partial(spots.read, spotter=spotter(), cut=cut)


def _parquet(path: Path) -> Iterator[Work]:
    """Columns of texts and whole numbers, also those within structs and lists; by record."""
    first = 1
    try:
        with parquet.ParquetFile(path) as file:
            for batch in file.iter_batches(BATCH):
                yield partial(_columns, batch, first)
                first += batch.num_rows
    except (pa.ArrowException, OSError) as error:
        why = str(error).splitlines()[0].removesuffix(".")
        raise Unreadable(
            f"cannot be read as Parquet: {why[:200]}", hint="Was it copied whole?"
        ) from None


def _columns(batch: pa.RecordBatch, first: int) -> list[Cells]:
    return [
        cells
        for name, values in zip(batch.schema.names, batch.columns, strict=True)
        for cells in _flat(name, values, first)
    ]


def _flat(name: str, values: pa.Array, first: int) -> Iterator[Cells]:
    kind = values.type
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
        values = values.cast(kind)
    if pa.types.is_struct(kind):
        for field, inner in zip(kind, values.flatten(), strict=True):
            yield from _flat(f"{name}.{field.name}", inner, first)
    elif pa.types.is_list(kind) or pa.types.is_large_list(kind):
        parents = values.value_parent_indices().to_numpy()
        for cells in _flat(f"{name}[]", values.flatten(), 0):
            yield Cells(cells.column, cells.values, partial(_parents, parents, cells.rows, first))
    elif (texts := _texts(values, kind)) is not None:
        yield Cells(name, texts, counted(first))
