"""Values of one column for some rows, before they become text: a closed union."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sandboxctl.data.mix import U64, Index


@dataclass(frozen=True)
class Numbers:
    """Whole numbers; ``width`` pads with zeros, ``places`` of the digits are decimals."""

    values: Index
    width: int = 1
    places: int = 0


@dataclass(frozen=True)
class Codes:
    """Each row one of a few texts."""

    entries: tuple[str, ...]
    index: Index


@dataclass(frozen=True)
class Days:
    """Days since 1970-01-01, in years of four digits."""

    values: Index


@dataclass(frozen=True)
class Seconds:
    """Seconds since 1970-01-01T00:00:00Z."""

    values: Index


@dataclass(frozen=True)
class Uuids:
    """128 bits in two halves."""

    high: U64
    low: U64


@dataclass(frozen=True)
class Joined:
    """One text put together from parts; a plain text is the same in every row."""

    parts: tuple[Values | str, ...]


@dataclass(frozen=True)
class Optional:
    """A value in some rows only; elsewhere nothing, not even an empty text, stands."""

    values: Values
    present: NDArray[np.bool_]


Values = Numbers | Codes | Days | Seconds | Uuids | Joined | Optional


@dataclass(frozen=True)
class Cells:
    """A column for some rows; ``missing`` says in which of them there is no value."""

    values: Values
    missing: NDArray[np.bool_] | None = None
