"""Progress of work that is counted in rows: one moving line on a terminal, a line now and then
in a log."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sandboxctl.cli import show
from sandboxctl.cli.session import Session

QUIET = 1.0
"""Seconds of work that need no word."""

EVERY = {"rich": 0.1, "plain": 5.0}
"""Seconds between two words."""


@contextmanager
def counter(
    session: Session, title: str, total: int, *, quiet: float = QUIET
) -> Iterator[Callable[[int], None]]:
    """Tell what it yields how many are done. Says nothing where JSON is wanted, or all is quick."""
    looks = session.looks(sys.stderr)
    began = time.monotonic()
    told, shown = began + quiet, False

    def tell(done: int) -> None:
        nonlocal told, shown
        now = time.monotonic()
        if looks == "json" or now < told:
            return
        told, shown = now + EVERY[looks], True
        share = f"{done / total:.0%}" if total else ""
        words = f"{title}: {done:,} of {total:,} rows, {share}"
        if looks == "rich":
            sys.stderr.write(f"\r\x1b[2K{words}")
            sys.stderr.flush()
        else:
            show.aside(session, words)

    try:
        yield tell
    finally:
        if shown and looks == "rich":
            sys.stderr.write("\r\x1b[2K")
            sys.stderr.flush()
