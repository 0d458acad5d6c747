"""Whether the identifiers in a column are nobody's: by the registry's own ``contains``."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sandboxctl.data.arrow import written
from sandboxctl.data.geography.elsewhere import ADDRESS
from sandboxctl.data.identifiers import IDENTIFIERS
from sandboxctl.data.kinds.kind import Place
from sandboxctl.data.kinds.links import Reference
from sandboxctl.data.proof.reading import mask, units
from sandboxctl.data.values import Mask

Array: TypeAlias = pa.Array

ENDS_IN = {"address": "postcode"}
"""Kinds that are no identifier themselves; they lead to nobody if the one they end in does not."""

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
        return _somewhere(ENDS_IN[kind], texts)
    return np.asarray(IDENTIFIERS[kind].contains_all(texts), np.bool_)


def _somewhere(kind: str, texts: Array) -> Mask:
    """Addresses that end in a safe postcode, that name no place at all, or that are one of those
    invented for rare cases."""
    last = pc.struct_field(pc.extract_regex(texts, _LAST), "last")
    found = mask(pc.is_null(last))
    found[~found] = inside(kind, last.drop_null())
    if not found.all():
        rest = texts.filter(pa.array(~found))
        found[~found] = mask(pc.match_substring_regex(rest, f"^(?:{ADDRESS})$"))
    return found
