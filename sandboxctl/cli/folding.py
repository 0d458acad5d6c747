"""Prose folded at words, for a person at a terminal; elsewhere a line stays as long as it is."""

from __future__ import annotations

import os
import re
import textwrap
from typing import TextIO

NARROW, USUAL = 20, 80
_QUOTED = re.compile("`[^`\n]*`")
_COMMAND = re.compile(r"\s*(?:curl|\S*sandboxctl|\S+ -m sandboxctl) ")
"""A line that is to be copied: a terminal may break it, as it copies it whole."""
_HELD = "\ue000"
"""Stands for a space that nothing is folded at."""


def columns(stream: TextIO) -> int:
    """How wide the terminal behind ``stream`` is."""
    said = os.environ.get("COLUMNS", "")
    if said.isdigit() and int(said):
        return int(said)
    try:
        return os.get_terminal_size(stream.fileno()).columns or USUAL
    except (OSError, ValueError):
        return USUAL


def folded(text: str, width: int, *, hang: int = 0) -> str:
    """``text`` with lines of at most ``width``, each indented as it began and by ``hang`` more
    from its second line on. No word is broken, nor is a command in backticks that has room."""
    return "\n".join(_folded(line, width, hang) for line in text.split("\n"))


def _folded(line: str, width: int, hang: int) -> str:
    indent = " " * (len(line) - len(line.lstrip(" ")) + hang)
    if len(line) <= width or width - len(indent) < NARROW or _COMMAND.match(line):
        return line
    room = width - len(indent)
    held = _QUOTED.sub(lambda one: _hold(one[0]) if len(one[0]) <= room else one[0], line)
    parts = textwrap.wrap(
        held,
        width,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
        replace_whitespace=False,
        expand_tabs=False,
    )
    return "\n".join(parts).replace(_HELD, " ")


def _hold(command: str) -> str:
    return command.replace(" ", _HELD)
