"""How many rows each table has."""

from __future__ import annotations

from sandboxctl.data.dirt.model import repeats
from sandboxctl.data.model import Data
from sandboxctl.data.relations.counting import Fixed, counting, parent_table
from sandboxctl.data.relations.rows import LARGEST


def sizes(data: Data) -> dict[str, int]:
    """Table → number of rows, exactly.

    A table whose rows cannot be counted has 1, and one with far too many about as many as it has;
    `relations` refuses both.
    """
    known: dict[str, int] = {}
    for table in data.tables:
        _count(data, table, known, frozenset())
    return known


def _count(data: Data, table: str, known: dict[str, int], trail: frozenset[str]) -> int:
    if table in trail:
        return 1
    if table not in known:
        rows = data.tables[table].rows
        above = parent_table(data, table)
        if isinstance(rows, int):
            known[table] = rows + repeats(data.tables[table])
        elif above is None:
            known[table] = 1
        else:
            parents = _count(data, above, known, trail | {table})
            known[table] = _children(data, table, parents)
    return known[table]


def _children(data: Data, table: str, parents: int) -> int:
    how = counting(data, table)
    assert how is not None
    if isinstance(how, Fixed) or parents > LARGEST:
        return parents * how.most
    from sandboxctl.data.relations.families import (
        Family,  # numpy takes a tenth of a second to import
    )
    from sandboxctl.data.relations.foreseen import far_too_many

    return far_too_many(how, parents) or Family(data.seed, table, how, parents).total
