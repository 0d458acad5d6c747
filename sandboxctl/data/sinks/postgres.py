"""A table into PostgreSQL: one session of ``psql`` makes it, loads it, and advances its counters.

The rows go as binary COPY (pgpq encodes them), about twice as fast as text. Where a supplier's own
table has a type that binary rows do not fit, they go as CSV, and the server converts.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pyarrow as pa

from sandboxctl.data.kinds.kind import Place
from sandboxctl.data.scope import Dataset
from sandboxctl.data.sinks import sql
from sandboxctl.data.sinks.columns import fitted, plain, schema
from sandboxctl.data.sinks.stream import made
from sandboxctl.data.sinks.text import csv_lines

END = b"\xff\xff"
"""What ends a binary COPY."""

_TEXTS = frozenset(["text", "varchar", "bpchar", "name"])
_MOMENTS = frozenset(["timestamp", "timestamptz"])
_WHOLE = {"int2": pa.int16(), "int4": pa.int32(), "int8": pa.int64()}


@dataclass(frozen=True, slots=True)
class Loading:
    """What ``psql`` is given to fill one table: statements, each after ``-c``, in one transaction;
    ``rows`` is what it reads on its standard input, with the number of rows in each piece."""

    statements: tuple[str, ...]
    rows: Iterator[tuple[int, bytes]]


def loading(
    dataset: Dataset, table: str, there: Mapping[str, str], told: str, *, workers: int = 2
) -> Loading:
    """All of a table or nothing. ``there`` is the form it has already, as `sql.columns_of` asks:
    type by column, empty if there is no such table. ``told`` is what the table says of itself.

    A table that is there keeps its form and gets the blueprint's columns only. Otherwise one is
    made; keys, indexes and foreign keys come after the rows, which takes a third of the time.
    """
    types = {name: sql.type_of(_place(dataset, table, name)) for name in _columns(dataset, table)}
    wanted = there or {name: sql.SHORT[kind.partition("(")[0]] for name, kind in types.items()}
    form = _binary_form(dataset, table, wanted)
    fresh = not there
    copy = sql.copy(table, types, binary=form is not None, fresh=fresh)
    before = [sql.create(dataset, table, types), sql.comment(table, told)] if fresh else []
    after = list(sql.after(dataset, table, fresh=fresh))
    rows = _csv(dataset, table, workers) if form is None else _binary(dataset, table, form, workers)
    if form is None:
        # text that ends early looks complete; binary rows have a mark at their end
        before.append(sql.remember(table))
        after = [sql.complete(table, dataset.sizes[table]), *after]
    statements = ("BEGIN", *before, copy, *after, "COMMIT", sql.analyze(table))
    return Loading(statements, rows)


def _columns(dataset: Dataset, table: str) -> list[str]:
    return list(dataset.data.tables[table].columns)


def _place(dataset: Dataset, table: str, name: str) -> Place:
    return Place(dataset.data, dataset.sizes, table, name)


def _binary_form(dataset: Dataset, table: str, wanted: Mapping[str, str]) -> pa.Schema | None:
    """What each column has to be, so that its binary form is what the server reads; None if one
    of them has a type that is not known here."""
    found = plain(schema(dataset, table, {}))
    fields = [_fitting(field, wanted.get(field.name, "")) for field in found]
    return None if None in fields else pa.schema(fields)


def _fitting(field: pa.Field, kind: str) -> pa.Field | None:
    has = field.type
    whole = pa.types.is_integer(has)
    match kind:
        case "int2" | "int4" | "int8" if whole:
            return field.with_type(_WHOLE[kind])
        case "numeric" if whole:
            return field.with_type(pa.decimal128(19, 0))
        case "numeric" if pa.types.is_decimal(has):
            return field
        case "float8" if whole or pa.types.is_decimal(has):
            return field.with_type(pa.float64())
        case "bool" if pa.types.is_boolean(has):
            return field
        case "date" if pa.types.is_date(has):
            return field
        case "interval" if pa.types.is_duration(has):
            return field
        case kind if kind in _MOMENTS and pa.types.is_timestamp(has):
            return field.with_type(pa.timestamp("us"))
        case "uuid" if isinstance(has, pa.UuidType):
            return field
        case kind if kind in _TEXTS and pa.types.is_string(has):
            return field
        case _:
            return None


def _binary(
    dataset: Dataset, table: str, form: pa.Schema, workers: int
) -> Iterator[tuple[int, bytes]]:
    encoders = _Encoders(form)
    yield 0, encoders.header
    yield from made(dataset, table, encoders.encode, workers=workers)
    yield 0, END


class _Encoders(threading.local):
    """pgpq's encoder, one for each thread: it lets only one in at a time."""

    def __init__(self, form: pa.Schema) -> None:
        from pgpq import ArrowToPostgresBinaryEncoder

        self._form, self._encoder = form, ArrowToPostgresBinaryEncoder(form)
        self.header = bytes(self._encoder.write_header())

    def encode(self, batch: pa.RecordBatch) -> bytes:
        return self._encoder.write_batch(fitted(batch, self._form))


def _csv(dataset: Dataset, table: str, workers: int) -> Iterator[tuple[int, bytes]]:
    yield from made(dataset, table, csv_lines, workers=workers)
