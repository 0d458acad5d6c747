"""A table as a file: CSV after RFC 4180, in UTF-8, in chunks."""

from __future__ import annotations

from collections.abc import Iterator

from sandboxctl.blueprint.model import Data
from sandboxctl.data.dataset import chunks
from sandboxctl.data.render import CSV, lines


def csv_file(data: Data, table: str) -> Iterator[bytes]:
    """A header and a line for each row; nothing between the commas where a value is missing."""
    yield (",".join(data.tables[table].columns) + "\r\n").encode()
    for count, chunk in chunks(data, table):
        yield lines(chunk.values(), count, CSV, ",", "\r\n")
