"""A table into PostgreSQL: one session of ``psql`` makes it, loads it, and advances its counters.

The rows go as binary COPY (pgpq encodes them), about twice as fast as text. Where a supplier's own
table has a type that binary rows do not fit, they go as CSV, and the server converts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pyarrow as pa

from sandboxctl.data import tables
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
    dataset: Dataset, table: str, there: Mapping[str, str], told: str, *, workers: int = 1
) -> Loading:
    """All of a table or nothing. ``there`` is the form it has already, as `sql.columns_of` asks:
    type by column, empty if there is no such table. ``told`` is what the table says of itself.

    A table that is there keeps its form and gets the blueprint's columns only. Otherwise one is
    made; keys, indexes and foreign keys come after the rows, which takes a third of the time.
    """
    types = {name: sql.type_of(kind) for name, kind in tables.types(dataset, table).items()}
    wanted = there or {name: sql.SHORT[kind.partition("(")[0]] for name, kind in types.items()}
    form = _binary_form(dataset, table, wanted)
    fresh = not there
    copy = sql.copy(table, types, binary=form is not None, fresh=fresh)
    before = [sql.create(dataset, table, types), sql.comment(table, told)] if fresh else []
    after = list(sql.after(dataset, table, fresh=fresh))
    rows = _csv(dataset, table, workers) if form is None else _binary(dataset, table, form, workers)
    if (size := dataset.sizes.get(table)) is not None:
        # rows that end early look complete to the server, binary ones too; only of a table of
        # truth nobody knows beforehand how many there are
        before.append(sql.remember(table))
        after = [sql.complete(table, size), *after]
    statements = ("BEGIN", *before, copy, *after, "COMMIT", sql.analyze(table))
    return Loading(statements, rows)


def _binary_form(dataset: Dataset, table: str, wanted: Mapping[str, str]) -> pa.Schema | None:
    """What each column has to be, so that its binary form is what the server reads; None if one
    of them has a type that is not known here."""
    found = plain(schema(dataset, table, {}))
    fields = [_fitting(field, wanted.get(field.name, "")) for field in found]
    fitting = [field for field in fields if field is not None]
    return pa.schema(fitting) if len(fitting) == len(fields) else None


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
    from pgpq import ArrowToPostgresBinaryEncoder

    def encoded(batch: pa.RecordBatch) -> tuple[bytes, bytes]:
        # an encoder keeps what is less than a megabyte, and lets one thread in at a time: one each
        encoder = ArrowToPostgresBinaryEncoder(form)
        encoder.write_header()
        return encoder.write_batch(fitted(batch, form)), encoder.finish().removesuffix(END)

    yield 0, ArrowToPostgresBinaryEncoder(form).write_header()
    for rows, (most, rest) in made(dataset, table, encoded, workers=workers):
        yield rows, most
        yield 0, rest
    yield 0, END


def _csv(dataset: Dataset, table: str, workers: int) -> Iterator[tuple[int, bytes]]:
    yield from made(dataset, table, csv_lines, workers=workers)
