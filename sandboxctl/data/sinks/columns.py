"""One form for each column of a table, whichever rows a batch has: files need it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

import pyarrow as pa

from sandboxctl.data.scope import Dataset
from sandboxctl.data.tables import rows

Array: TypeAlias = pa.Array


def schema(dataset: Dataset, table: str, told: Mapping[str, str]) -> pa.Schema:
    """The columns of a table as files have them, and what is told of the table."""
    return rows(dataset, table, 0, 0).schema.with_metadata(dict(told))


def fitted(batch: pa.RecordBatch, form: pa.Schema) -> pa.RecordBatch:
    """The batch in that form: a text may come as a dictionary here and plainly there."""
    columns = [_fit(column, field.type) for column, field in zip(batch, form, strict=True)]
    return pa.RecordBatch.from_arrays(columns, schema=form)


def _fit(column: Array, kind: pa.DataType) -> Array:
    if column.type == kind:
        return column
    if pa.types.is_dictionary(column.type):
        return column.dictionary_decode().cast(kind)
    return column.dictionary_encode() if pa.types.is_dictionary(kind) else column.cast(kind)


def plain(form: pa.Schema) -> pa.Schema:
    """The same with every dictionary as text."""
    fields = [
        field.with_type(field.type.value_type) if pa.types.is_dictionary(field.type) else field
        for field in form
    ]
    return pa.schema(fields, metadata=form.metadata)
