"""One definition of an identifier: it makes values, checks them, and explains itself."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from numpy.typing import NDArray

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

Index = NDArray[Any]
"""Whole numbers (int64), one for each row."""

Part = tuple[tuple[str, ...], Index] | str
"""Some texts and which of them each row has; a plain text is the same in every row."""

Parts = tuple[Part, ...]
"""A value is its parts, one after the other."""


@dataclass(frozen=True)
class Identifier:
    """A kind of identifier and its safe set, the members of which nobody can be given.

    ``form`` is what any value of the kind looks like in canonical writing (no spaces but those of
    the usual form), real ones too; ``written`` takes the ways in which people write it, with named
    group-free syntax that both Python's `re` and RE2 read, so no look-around. ``normal`` turns such
    writing into the canonical form. ``check`` says of canonical values whether check digits are
    right; None where there are none. ``safe`` is the form of the members of the safe set. Nothing
    but ``safe``, ``excluded`` and ``check`` decides `contains`: it does not look at how values are
    made. Levels: A officially reserved or documented as never issued; B cannot be issued under the
    published rules; C wrong check digit or a published test value; D no guarantee known.
    """

    kind: str
    title: str
    size: int
    level: Literal["A", "B", "C", "D"]
    source: str
    unrank: Callable[[Index], Parts]
    form: str
    safe: str
    excluded: tuple[str, ...] = ()
    check: Callable[[str], bool] | None = None
    check_all: Callable[[NDArray[np.uint8]], NDArray[np.bool_]] | None = None
    passes: str = ""

    @cached_property
    def _safe(self) -> re.Pattern[str]:
        return re.compile(self.safe)

    def contains(self, text: str) -> bool:
        """Whether a value in canonical form belongs to the safe set."""
        if text in self.excluded or not self._safe.fullmatch(text):
            return False
        return self.check is None or self.check(text)

    def contains_all(self, texts: pa.Array) -> NDArray[np.bool_]:
        """The same for a pyarrow StringArray; nothing is not contained."""
        raise NotImplementedError
