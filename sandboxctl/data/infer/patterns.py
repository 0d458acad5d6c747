"""The shape that nearly all texts of a column have: where digits and letters stand, not which."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from sandboxctl.data.infer.profile import LEAST

MOST = 0.95
LONGEST = 40
SAMPLE = 20_000

_CLASSES = (("[0-9]", "#"), ("[A-Z]", "@"), ("[a-z]", "?"))


def shape(values: pa.Array, weights: NDArray[np.int64]) -> str:
    """A pattern for the kind `pattern`; nothing if shapes differ, or are those of words, or if
    fewer than ten different texts have it."""
    sample = values.slice(0, SAMPLE)
    made: Any = sample
    for sort, sign in _CLASSES:
        made = pc.replace_substring_regex(made, sort, sign)
    shapes = made.dictionary_encode()
    codes = shapes.indices.to_numpy()
    counts = np.bincount(codes, weights[: len(sample)])
    best = int(counts.argmax())
    found: str = shapes.dictionary[best].as_py()
    several = np.count_nonzero(codes == best) >= LEAST
    fits = counts[best] >= MOST * counts.sum()
    return found if fits and several and is_shape(found) else ""


def is_shape(found: str) -> bool:
    """Whether nothing of a value is left in it, and it is none of words."""
    return "#" in found and set(found) <= set("#@?/_.:-") and 2 <= len(found) <= LONGEST
