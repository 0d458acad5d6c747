"""Values of a safe set as tests want them, without the rest of the data package."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa

from sandboxctl.data.arrow import text
from sandboxctl.data.identifiers import IDENTIFIERS, Identifier, SafeSet
from sandboxctl.data.values import Codes, Joined

SETS = [(identifier, safe) for identifier in IDENTIFIERS.values() for safe in identifier.sets]
NAMES = [f"{identifier.kind} {safe.name}" for identifier, safe in SETS]


def some(safe: SafeSet, count: int = 100_000) -> pa.Array:
    """The first, the last, and as many as asked for spread over the set, all different."""
    count = min(count, safe.size)
    ranks = np.arange(count, dtype=np.int64) * (safe.size // count)
    return made(safe, np.append(ranks[:-1], safe.size - 1))


def made(safe: SafeSet, ranks: Any) -> pa.Array:
    parts = safe.unrank(ranks)
    return text(Joined(tuple(part if isinstance(part, str) else Codes(*part) for part in parts)))


def array(*texts: str | None) -> pa.Array:
    return pa.array(texts, pa.string())


def is_safe(kind: str, written: str) -> bool:
    """Whether a text belongs to a safe set, however it is written."""
    identifier: Identifier = IDENTIFIERS[kind]
    return bool(identifier.contains_all(identifier.normal(array(written)))[0])
