"""A table as one file: CSV, JSON lines, Parquet or Arrow; the bytes depend on the data only."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from hashlib import file_digest, sha256
from pathlib import Path
from typing import Any, Literal, Protocol, TypeAlias, get_args

import pyarrow as pa
import pyarrow.parquet as pq

from sandboxctl.data.scope import Dataset
from sandboxctl.data.sinks import text
from sandboxctl.data.sinks.columns import fitted, schema
from sandboxctl.data.sinks.stream import made
from sandboxctl.data.tables import types

Format: TypeAlias = Literal["csv", "parquet", "jsonl", "arrow"]
FORMATS: tuple[Format, ...] = get_args(Format)

GROUP = 131_072
"""Rows that Parquet and Arrow files hold together, whatever was made at once."""

Told = Callable[[int], None]
"""Told of the rows written so far."""


class Watcher(Protocol):
    """Counts what passes: ``look`` at a batch in any thread, ``add`` what it found in order."""

    def look(self, batch: pa.RecordBatch) -> Any: ...
    def add(self, more: Any) -> None: ...


class _Unwatched:
    def look(self, batch: pa.RecordBatch) -> None:
        """Nobody asked."""

    def add(self, more: None) -> None:
        """Nobody asked."""


@dataclass(frozen=True, slots=True)
class File:
    """What was written."""

    path: Path
    rows: int
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class _Making:
    """How a table is made; none of it has a say in the bytes but ``stop``."""

    dataset: Dataset
    table: str
    workers: int
    size: int
    stop: int | None
    watch: Watcher

    def pieces(self, encode: Callable[[pa.RecordBatch], Any]) -> Iterator[tuple[int, Any]]:
        """What ``encode`` makes of each batch, in order; the watcher looks on meanwhile."""

        def work(batch: pa.RecordBatch) -> tuple[Any, Any]:
            return self.watch.look(batch), encode(batch)

        found = made(
            self.dataset, self.table, work, workers=self.workers, size=self.size, stop=self.stop
        )
        for rows, (seen, piece) in found:
            self.watch.add(seen)
            yield rows, piece


def write(
    dataset: Dataset,
    table: str,
    path: Path,
    form: Format,
    *,
    told: Mapping[str, str],
    workers: int = 1,
    size: int = 0,
    stop: int | None = None,
    watch: Watcher | None = None,
    tell: Told = lambda _: None,
) -> File:
    """Make a table and write it to ``path``, which appears only when it is complete.

    ``told`` stands in the file where the format has a place for it. Same bytes for any
    ``workers`` and ``size``. Raises OSError.
    """
    making = _Making(dataset, table, workers, size, stop, watch or _Unwatched())
    started = path.with_name(f".{path.name}.part")
    digest = sha256()
    if form in ("csv", "jsonl"):
        written = _text(making, started, form, digest.update)
    else:
        written = _binary(making, started, form, told)
    try:
        count = 0
        for rows in written:
            count += rows
            tell(count)
        started.replace(path)
    finally:
        started.unlink(missing_ok=True)
    if form not in ("csv", "jsonl"):
        with path.open("rb") as file:
            digest = file_digest(file, "sha256")
    return File(path, count, path.stat().st_size, digest.hexdigest())


def _text(
    making: _Making, path: Path, form: Format, digest: Callable[[bytes], None]
) -> Iterator[int]:
    encode = text.csv_cells if form == "csv" else text.json_lines
    with path.open("wb") as file:
        if form == "csv":
            header = text.csv_header(types(making.dataset, making.table))
            digest(header)
            file.write(header)
        for rows, lines in making.pieces(encode):
            digest(lines)
            file.write(lines)
            yield rows


class _Writer(Protocol):
    def write_table(self, table: pa.Table, size: int) -> None: ...


def _binary(making: _Making, path: Path, form: Format, told: Mapping[str, str]) -> Iterator[int]:
    """Groups of one length, each in one piece, so that chunks leave no trace."""
    columns = schema(making.dataset, making.table, told)
    waiting: list[pa.RecordBatch] = []
    held = 0
    with _opened(path, form, columns) as writer:
        for rows, batch in making.pieces(lambda batch: fitted(batch, columns)):
            waiting.append(batch)
            held += rows
            while held >= GROUP:
                whole = pa.Table.from_batches(waiting)
                writer.write_table(whole.slice(0, GROUP).combine_chunks(), GROUP)
                waiting, held = whole.slice(GROUP).to_batches(), held - GROUP
            yield rows
        if held:
            writer.write_table(pa.Table.from_batches(waiting).combine_chunks(), GROUP)


def _opened(path: Path, form: Format, columns: pa.Schema) -> AbstractContextManager[_Writer]:
    """A writer of pyarrow: both take a table and the most rows of a group."""
    if form == "arrow":
        return pa.ipc.new_file(str(path), columns)  # type: ignore[no-any-return]
    return pq.ParquetWriter(  # type: ignore[no-any-return]
        path,
        columns,
        compression="zstd",
        # a dictionary of what hardly repeats, and the least and most of texts, cost a third
        use_dictionary=[field.name for field in columns if _repeats(field.type)],
        write_statistics=[field.name for field in columns if _is_ordered(field.type)],
    )


def _repeats(kind: pa.DataType) -> bool:
    return bool(pa.types.is_dictionary(kind) or pa.types.is_date(kind))


def _is_ordered(kind: pa.DataType) -> bool:
    return bool(
        pa.types.is_temporal(kind) or pa.types.is_integer(kind) or pa.types.is_decimal(kind)
    )
