"""A table as a file: CSV after RFC 4180, in UTF-8, in chunks."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa
import pyarrow.csv

from sandboxctl.data.arrow import written
from sandboxctl.data.dataset import batches
from sandboxctl.data.scope import Dataset


def csv_file(dataset: Dataset, table: str) -> Iterator[bytes]:
    """A header and a line for each row; nothing between the commas where a value is missing."""
    options = pa.csv.WriteOptions(include_header=False)
    yield (",".join(dataset.data.tables[table].columns) + "\n").encode()
    for batch in batches(dataset, table):
        sink = pa.BufferOutputStream()
        plain = pa.RecordBatch.from_arrays(
            [written(one) for one in batch], names=batch.schema.names
        )
        pa.csv.write_csv(plain, sink, options)
        yield sink.getvalue().to_pybytes()
