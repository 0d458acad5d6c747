"""Sentences."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from sandboxctl.data.fields.quantities import chosen
from sandboxctl.data.kinds.quantities import Choice
from sandboxctl.data.kinds.words import Text
from sandboxctl.data.mix import Index, below
from sandboxctl.data.scope import Maker, Scope
from sandboxctl.data.values import Codes, Values


def _text(scope: Scope, name: str, column: Text) -> Values:
    lines, starts, counts = _groups(tuple(column.of.items()))
    bits = scope.bits(name)
    if column.by is None:
        return Codes(lines, below(bits, len(lines)).view(np.int64))
    other = scope.content.columns[column.by]
    assert isinstance(other, Choice)  # its own checks have refused anything else
    position = [list(column.of).index(str(value)) for value in other.of]
    group = np.array(position)[chosen(scope, column.by)]
    return Codes(lines, starts[group] + below(bits, counts[group].view(np.uint64)).view(np.int64))


@lru_cache(maxsize=64)
def _groups(of: tuple[tuple[str, tuple[str, ...]], ...]) -> tuple[tuple[str, ...], Index, Index]:
    """All sentences in one tuple, and where each group starts and how long it is."""
    counts = np.array([len(lines) for _, lines in of], np.int64)
    return tuple(line for _, lines in of for line in lines), np.cumsum(counts) - counts, counts


MAKERS: dict[type, Maker] = {Text: _text}
