"""How many rows each table has."""

from __future__ import annotations

from sandboxctl.data.model import Data


def sizes(data: Data) -> dict[str, int]:
    """Table → number of rows."""
    return {name: table.rows for name, table in data.tables.items()}
