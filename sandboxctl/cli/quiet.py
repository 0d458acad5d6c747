"""A keyboard whose keys leave no trace on the screen while something is drawn there."""

from __future__ import annotations

import os
import sys
import termios
from collections.abc import Iterator
from contextlib import contextmanager

from sandboxctl.cli import stopping

ECHO = 3
"""The place of the local modes among a terminal's attributes."""


@contextmanager
def quiet() -> Iterator[None]:
    """Switch the terminal's echo off, and back to what it was whatever happens."""
    keyboard = _keyboard()
    if keyboard is None:
        yield
        return
    before = termios.tcgetattr(keyboard)
    silent = [*before]
    silent[ECHO] &= ~termios.ECHO
    with stopping.undone_by(lambda: termios.tcsetattr(keyboard, termios.TCSANOW, before)):
        termios.tcsetattr(keyboard, termios.TCSANOW, silent)
        yield


def _keyboard() -> int | None:
    """Standard input where it is a terminal and ours: in the background, to change it would
    suspend us."""
    try:
        keyboard = sys.stdin.fileno()
        mine = os.isatty(keyboard) and os.tcgetpgrp(keyboard) == os.getpgrp()
    except (OSError, ValueError):
        return None
    return keyboard if mine else None
