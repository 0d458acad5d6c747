"""Which texts may stand in a column of a kind, mistakes and all: a mistyped number might be
somebody's."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from sandboxctl.data.identifiers import IDENTIFIERS
from sandboxctl.data.values import Mask

_HOME = "address"


def are_safe(kind: str, texts: Sequence[str]) -> Mask:
    """A mistake in an identifier has to stay in its safe set; an address ends in a postcode."""
    if kind == _HOME:
        last = [text.rpartition(", ")[2] if "," in text else None for text in texts]
        bare = np.array([one is None for one in last], np.bool_)
        return bare | IDENTIFIERS["postcode"].contains_all(pa.array(last, pa.string()))
    if kind not in IDENTIFIERS:
        return np.ones(len(texts), np.bool_)
    return IDENTIFIERS[kind].contains_all(pa.array(texts, pa.string()))
