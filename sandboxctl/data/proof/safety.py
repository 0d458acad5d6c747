"""Whether the identifiers in a column are nobody's: by the registry's own ``contains``."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import pyarrow as pa

from sandboxctl.data.arrow import written
from sandboxctl.data.identifiers.registry import CONTAINS, IDENTIFIERS
from sandboxctl.data.kinds.kind import Place
from sandboxctl.data.kinds.links import Reference
from sandboxctl.data.values import Mask

Array: TypeAlias = pa.Array


def identifier(place: Place) -> str | None:
    """The kind of identifier that a column holds, its own or that of the key it refers to."""
    column = place.column
    if isinstance(column, Reference):
        there = place.at(*column.target)
        return identifier(there) if there else None
    kind = str(getattr(column, "kind", ""))
    return kind if kind in CONTAINS else None


def inside(kind: str, array: Array) -> Mask:
    """Which values of an array without nulls belong to the safe set of their kind."""
    if pa.types.is_dictionary(array.type):
        index = np.asarray(array.indices.to_numpy(zero_copy_only=False), np.int64)
        return inside(kind, array.dictionary)[index]
    texts = written(array)
    if kind in IDENTIFIERS:
        return IDENTIFIERS[kind].contains_all(texts)
    return np.fromiter(map(CONTAINS[kind], texts.to_pylist()), np.bool_, len(texts))
