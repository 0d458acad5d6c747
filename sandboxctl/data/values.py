"""Values of one column for some rows: a closed union, made with numpy, written by the sinks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sandboxctl.data.chance.mix import U64, Index

if TYPE_CHECKING:
    import pyarrow as pa

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Numbers:
    """Whole numbers; ``places`` of their digits are decimals, ``width`` pads text with zeros.

    A width makes it text: 007 is no number."""

    values: Index
    width: int = 0
    places: int = 0


@dataclass(frozen=True, slots=True)
class Codes:
    """Each row one of a few texts."""

    entries: tuple[str, ...]
    index: Index


@dataclass(frozen=True, slots=True)
class Flags:
    """True or false."""

    values: Mask


@dataclass(frozen=True, slots=True)
class Days:
    """Days since 1970-01-01, in years of four digits."""

    values: Index


@dataclass(frozen=True, slots=True)
class Seconds:
    """Seconds since 1970-01-01T00:00:00Z."""

    values: Index


@dataclass(frozen=True, slots=True)
class Spans:
    """Durations in seconds."""

    values: Index


@dataclass(frozen=True, slots=True)
class Uuids:
    """128 bits in two halves."""

    high: U64
    low: U64


@dataclass(frozen=True, slots=True)
class Joined:
    """One text put together from parts; a plain text is the same in every row."""

    parts: tuple[Values | str, ...]


@dataclass(frozen=True, slots=True)
class Optional:
    """A text in some rows only; elsewhere the empty text."""

    values: Values
    present: Mask


@dataclass(frozen=True, slots=True)
class Texts:
    """Texts as they are: a pyarrow StringArray, one for each row."""

    array: pa.Array


@dataclass(frozen=True, slots=True)
class Patched:
    """Other texts in a few rows: ``rows`` are positions, ascending; ``texts`` one for each."""

    values: Values
    rows: Index
    texts: tuple[str, ...]


Values = (
    Numbers | Codes | Flags | Days | Seconds | Spans | Uuids | Joined | Optional | Texts | Patched
)


@dataclass(frozen=True, slots=True)
class Cells:
    """A column for some rows; ``missing`` says in which of them there is no value."""

    values: Values
    missing: Mask | None = None
