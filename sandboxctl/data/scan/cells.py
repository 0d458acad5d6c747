"""What every reader gives: some values of one column, and where in the file they stand."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sandboxctl.errors import SandboxError

if TYPE_CHECKING:
    import pyarrow as pa

Rows = Callable[[Sequence[int]], list[int]]
"""The lines (or records) of the file that some of the values stand on."""


@dataclass(frozen=True, slots=True)
class Cells:
    """``values`` is a StringArray, or a dictionary of strings where values repeat."""

    column: str
    values: pa.Array
    rows: Rows


Work = Callable[[], list[Cells]]
"""One part of a file, read when called: parts can be read at the same time."""

Reader = Callable[[Path], Iterator[Work]]


class Unreadable(SandboxError):
    """A file that cannot be looked through; the others can."""

    exit_code = 2


class Nothing(Unreadable):
    """A file without a single value."""


def counted(first: int) -> Rows:
    """Values that follow each other line by line."""
    return lambda places: [first + place for place in places]


def listed(rows: Sequence[int]) -> Rows:
    """Values of which each has a line of its own."""
    return lambda places: [rows[place] for place in places]
