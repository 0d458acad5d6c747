"""Whether the identifiers in a column are nobody's: by the registry's own ``contains``."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sandboxctl.data.arrow import written
from sandboxctl.data.identifiers import IDENTIFIERS
from sandboxctl.data.kinds.kind import Place
from sandboxctl.data.kinds.links import Reference
from sandboxctl.data.proof.reading import units
from sandboxctl.data.values import Mask

Array: TypeAlias = pa.Array

ENDS_IN = {"address": "postcode"}
"""Kinds that are no identifier themselves, and as safe as the one that they end in."""

_LAST = r"(?s)^.*[,\n] ?(?P<last>[^,\n]+)$"


def identifier(place: Place) -> str | None:
    """The kind of identifier that a column holds, its own or that of the key it refers to."""
    column = place.column
    if isinstance(column, Reference):
        there = place.at(*column.target)
        return identifier(there) if there else None
    kind = str(getattr(column, "kind", ""))
    return kind if kind in IDENTIFIERS or kind in ENDS_IN else None


def inside(kind: str, array: Array) -> Mask:
    """Which values of an array without nulls belong to the safe set of their kind."""
    if pa.types.is_dictionary(array.type):
        return inside(kind, array.dictionary)[units(array.indices)]
    texts = written(array)
    if kind in ENDS_IN:
        last = pc.struct_field(pc.extract_regex(texts, _LAST), "last")
        return inside(ENDS_IN[kind], pc.fill_null(last, ""))
    return np.asarray(IDENTIFIERS[kind].contains_all(texts), np.bool_)
