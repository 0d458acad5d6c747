"""Sentences, and text of a given shape."""

from __future__ import annotations

from math import prod

import numpy as np

from sandboxctl.data.chance.mix import U64, Index, below, permute
from sandboxctl.data.fields.cases import group_of
from sandboxctl.data.fields.grown import expand, select
from sandboxctl.data.kinds.words import Pattern, Text
from sandboxctl.data.scope import Maker, Scope
from sandboxctl.data.values import Codes, Joined, Values
from sandboxctl.data.wording import grammar, patterns

_MOST = 2**62


def _text(scope: Scope, name: str, column: Text) -> Values:
    if column.grammar:
        return _grown(scope, name, column)
    lines, starts, counts = scope.dataset.once(
        ("sentences", scope.table, name), lambda: _groups(column)
    )
    bits = scope.bits(name)
    if column.by is None:
        return Codes(lines, below(bits, len(lines)).view(np.int64))
    group = group_of(scope, column.by, tuple(column.of))
    within = below(bits, counts.take(group).view(np.uint64)).view(np.int64)
    return Codes(lines, starts.take(group) + within)


def _groups(column: Text) -> tuple[tuple[str, ...], Index, Index]:
    """All sentences in one tuple, and where each group starts and how long it is."""
    counts = np.array([len(lines) for lines in column.of.values()], np.int64)
    lines = tuple(line for lines in column.of.values() for line in lines)
    return lines, np.cumsum(counts) - counts, counts


def _grown(scope: Scope, name: str, column: Text) -> Values:
    nodes = scope.dataset.once(
        ("grammar", scope.table, name),
        lambda: [grammar.grown(column.grammar, texts) for texts in column.starts.values()],
    )
    if column.by is None:
        return expand(scope, (name,), nodes[0], None)
    group = group_of(scope, column.by, tuple(column.of))
    return select(scope, (name,), nodes, group, None)


def _pattern(scope: Scope, name: str, column: Pattern) -> Values:
    pools = patterns.pools(column.pattern)
    sizes = [len(pool) for pool in pools]
    together = patterns.leading(sizes, _MOST) if column.unique else 0
    indexes = _apart(scope, name, sizes[:together]) if together else []
    for number, size in enumerate(sizes[together:], together):
        indexes.append(below(scope.bits(name, number), size).view(np.int64))
    return Joined(tuple(Codes(pool, index) for pool, index in zip(pools, indexes, strict=True)))


def _apart(scope: Scope, name: str, sizes: list[int]) -> list[Index]:
    """A number below each size for each row, no two rows with all the same."""
    ranks: U64 = permute(scope.key(name), scope.rows, prod(sizes))
    indexes: list[Index] = []
    for size in reversed(sizes[1:]):
        ranks, rest = np.divmod(ranks, np.uint64(size))
        indexes.append(rest.view(np.int64))
    return [ranks.view(np.int64), *indexes[::-1]]


MAKERS: dict[type, Maker] = {Text: _text, Pattern: _pattern}
