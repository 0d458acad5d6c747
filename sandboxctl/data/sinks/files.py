"""A table as one file: CSV, JSON lines, Parquet or Arrow; the bytes depend on the data only."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from hashlib import file_digest
from pathlib import Path
from typing import Literal, Protocol, TypeAlias, get_args

import pyarrow as pa
import pyarrow.parquet as pq

from sandboxctl.data.dataset import CHUNK
from sandboxctl.data.scope import Dataset
from sandboxctl.data.sinks import text
from sandboxctl.data.sinks.columns import fitted, schema
from sandboxctl.data.sinks.stream import made
from sandboxctl.data.tables import types

Format: TypeAlias = Literal["csv", "parquet", "jsonl", "arrow"]
FORMATS: tuple[Format, ...] = get_args(Format)

GROUP = 131_072
"""Rows that Parquet and Arrow files hold together, whatever was made at once."""

See = Callable[[pa.RecordBatch], None]
"""Told of every batch, in order, before it is written."""

Told = Callable[[int], None]
"""Told of the rows written so far."""


@dataclass(frozen=True, slots=True)
class File:
    """What was written."""

    path: Path
    rows: int
    size: int
    sha256: str


def write(
    dataset: Dataset,
    table: str,
    path: Path,
    form: Format,
    *,
    told: Mapping[str, str],
    workers: int = 1,
    size: int = CHUNK,
    stop: int | None = None,
    see: See = lambda _: None,
    tell: Told = lambda _: None,
) -> File:
    """Make a table and write it to ``path``, which appears only when it is complete.

    ``told`` stands in the file where the format has a place for it. Same bytes for any
    ``workers`` and ``size``. Raises OSError.
    """
    started = path.with_name(f".{path.name}.part")
    writer = _text if form in ("csv", "jsonl") else _binary
    try:
        count = 0
        for rows in writer(dataset, table, started, form, told, workers, size, stop, see):
            count += rows
            tell(count)
        started.replace(path)
    finally:
        started.unlink(missing_ok=True)
    with path.open("rb") as file:
        return File(path, count, path.stat().st_size, file_digest(file, "sha256").hexdigest())


def _text(
    dataset: Dataset,
    table: str,
    path: Path,
    form: Format,
    told: Mapping[str, str],  # noqa: ARG001 - plain text has no place for it
    workers: int,
    size: int,
    stop: int | None,
    see: See,
) -> Iterator[int]:
    encode = text.csv_lines if form == "csv" else text.json_lines

    def work(batch: pa.RecordBatch) -> tuple[pa.RecordBatch, bytes]:
        return batch, encode(batch)

    with path.open("wb") as file:
        if form == "csv":
            file.write(text.csv_header(types(dataset, table)))
        for rows, (batch, lines) in made(
            dataset, table, work, workers=workers, size=size, stop=stop
        ):
            see(batch)
            file.write(lines)
            yield rows


class _Writer(Protocol):
    def write_table(self, table: pa.Table) -> None: ...


def _binary(
    dataset: Dataset,
    table: str,
    path: Path,
    form: Format,
    told: Mapping[str, str],
    workers: int,
    size: int,
    stop: int | None,
    see: See,
) -> Iterator[int]:
    columns = schema(dataset, table, told)
    waiting: list[pa.RecordBatch] = []
    held = 0
    with _opened(path, form, columns) as writer:
        for rows, batch in made(
            dataset,
            table,
            lambda batch: fitted(batch, columns),
            workers=workers,
            size=size,
            stop=stop,
        ):
            see(batch)
            waiting.append(batch)
            held += rows
            while held >= GROUP:
                whole = pa.Table.from_batches(waiting)
                _put(writer, whole.slice(0, GROUP), form)
                waiting, held = whole.slice(GROUP).to_batches(), held - GROUP
            yield rows
        if held:
            _put(writer, pa.Table.from_batches(waiting), form)


def _opened(path: Path, form: Format, columns: pa.Schema) -> AbstractContextManager[_Writer]:
    if form == "arrow":
        return pa.ipc.new_file(str(path), columns)  # type: ignore[no-any-return]
    return pq.ParquetWriter(path, columns, compression="zstd")  # type: ignore[no-any-return]


def _put(writer: _Writer, rows: pa.Table, form: Format) -> None:
    """One group; its rows stand in one piece, so that earlier chunks leave no trace."""
    together = rows.combine_chunks()
    if form == "arrow":
        writer.write_table(together, max_chunksize=GROUP)  # type: ignore[call-arg]
    else:
        writer.write_table(together, row_group_size=GROUP)  # type: ignore[call-arg]
