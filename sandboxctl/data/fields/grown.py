"""What a grammar has grown, for some rows: each part draws bits of its own."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sandboxctl.data.chance.lots import draw, lots
from sandboxctl.data.chance.mix import U64, Index, below
from sandboxctl.data.scope import Scope
from sandboxctl.data.values import Codes, Joined, Texts, Values
from sandboxctl.data.wording.grammar import Chain, Node, Pool

Names = tuple[str | int, ...]
"""Of the stream of bits that a node draws from: where it stands."""


def expand(scope: Scope, names: Names, node: Node, rows: Index | None) -> Values:
    """Texts for the rows at these positions; for all if that is None."""
    match node:
        case Pool(texts=texts, chances=chances):
            lot = scope.dataset.once(("lot", scope.table, names), lambda: lots(chances))
            return Codes(texts, draw(lot, _bits(scope, names, rows)))
        case Chain(parts=parts):
            made = [expand(scope, (*names, n), part, rows) for n, part in enumerate(parts)]
            return Joined(tuple(made))
        case _:
            way = below(_bits(scope, names, rows), len(node.ways)).view(np.int64)
            return select(scope, names, node.ways, way, rows)


def select(
    scope: Scope, names: Names, nodes: Sequence[Node], group: Index, rows: Index | None
) -> Texts:
    """Texts of one node or another, as ``group`` says for each row."""
    import pyarrow as pa

    from sandboxctl.data.arrow import text

    order = np.argsort(group, kind="stable")
    ends = np.searchsorted(group[order], np.arange(len(nodes) + 1))
    made = []
    for number, node in enumerate(nodes):
        these = order[ends[number] : ends[number + 1]]
        if len(these):
            inside = these if rows is None else rows[these]
            made.append(text(expand(scope, (*names, "way", number), node, inside)))
    if not made:
        return Texts(pa.array([], pa.string()))
    back = np.empty(len(order), np.int64)
    back[order] = np.arange(len(order))
    return Texts(pa.concat_arrays(made).take(pa.array(back)))


def _bits(scope: Scope, names: Names, rows: Index | None) -> U64:
    bits = scope.bits(*names)
    return bits if rows is None else bits[rows]
