"""Keys of several columns: which ones are unique together by construction."""

from __future__ import annotations

from collections.abc import Iterator

from sandboxctl.data.kinds.kind import Kind, Problem
from sandboxctl.data.kinds.links import Reference, Sequence, own_parents
from sandboxctl.data.model import Data
from sandboxctl.data.relations.counting import Walked, counting, parent_table
from sandboxctl.data.relations.rows import Per

PROOFS = (
    "a unique column; or the reference to the parent of `rows: {per: …}` and with it a sequence "
    "with `within: parent`, a reference with `distinct: true`, or the states of a history "
    "that never comes back"
)


def problems(data: Data, table: str) -> Iterator[Problem]:
    """Everything about a table's key that cannot work."""
    content = data.tables[table]
    path = ("tables", table, "key")
    unknown = [name for name in content.key if name not in content.columns]
    for name in dict.fromkeys(unknown):
        yield path, f"{table} has no column {name}; it has {', '.join(content.columns)}"
    if len(set(content.key)) < len(content.key):
        yield path, f"names a column twice: {', '.join(content.key)}"
    if unknown or not content.key:
        return
    for name in content.key:
        if content.columns[name].is_missing:
            yield path, f"{name} has missing values, so it cannot be part of a key"
    is_lost = isinstance(content.rows, Per) and not parent_table(data, table)
    if not is_lost and not _is_proved(data, table):
        yield path, f"{', '.join(content.key)} may repeat; what cannot is {PROOFS}"


def _is_proved(data: Data, table: str) -> bool:
    content = data.tables[table]
    columns = [content.columns[name] for name in content.key]
    if any(column.is_unique for column in columns):
        return True
    to_parent = set(content.key) & set(own_parents(content))
    states = _states(data, table)
    return bool(to_parent) and any(
        name in states or _differs(column)
        for name, column in zip(content.key, columns, strict=True)
    )


def _differs(column: Kind) -> bool:
    """Whether no two children of a parent have the same value."""
    match column:
        case Sequence(within="parent") | Reference(distinct=True):
            return True
        case _:
            return False


def _states(data: Data, table: str) -> frozenset[str]:
    """The state column of a history in which each state comes once."""
    how = counting(data, table)
    once = isinstance(how, Walked) and not how.machine.has_circles
    return frozenset([how.column]) if once and isinstance(how, Walked) else frozenset()
