"""Who says that an interruption was heard: the edge, unless something on the screen says it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager

HEARD = "Stopping. Once more to leave at once."
_shown: list[Callable[[str], None]] = []
_undone: list[Callable[[], None]] = []


@contextmanager
def said_by(tell: Callable[[str], None]) -> Iterator[None]:
    """``tell`` is called in a signal handler: it may wait for nothing."""
    _shown.append(tell)
    try:
        yield
    finally:
        _shown.remove(tell)


@contextmanager
def undone_by(undo: Callable[[], None]) -> Iterator[None]:
    """``undo`` is called at the end of the block, or before the process is left at once."""
    _undone.append(undo)
    try:
        yield
    finally:
        _undone.remove(undo)
        undo()


def heard() -> None:
    """The first interruption."""
    if _shown:
        _shown[-1](HEARD)
    else:
        os.write(2, f"\n{HEARD}\n".encode())


def left() -> None:
    """The second one; after this the process ends without another word."""
    for undo in reversed(_undone):
        undo()
    os.write(2, b"\x1b[?25h\nLeft at once.\n" if os.isatty(2) else b"Left at once.\n")
