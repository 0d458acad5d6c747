"""How this program was called: commands that it names have to work as they are printed."""

from __future__ import annotations

import sys
from functools import cache
from pathlib import Path

NAME = "sandboxctl"


@cache
def program() -> str:
    """``sandboxctl`` where that word means this program, else what has to be typed for it."""
    import shutil

    return named(sys.argv[0], shutil.which(NAME))


def named(called: str, found: str | None) -> str:
    """The same for a program ``called`` so, where a shell finds ``found`` under our name."""
    import shlex

    ours = Path(called)
    if ours.name == "__main__.py":
        beside = Path(sys.executable).with_name(NAME)
        return NAME if _same(beside, found) else f"{shlex.quote(sys.executable)} -m {NAME}"
    return shlex.quote(called) if ours.name == NAME and not _same(ours, found) else NAME


def command(*words: str) -> str:
    """A command of ours, to be copied."""
    return " ".join((program(), *words))


def typed(text: str) -> str:
    """``text`` with the commands it names in backticks as they have to be typed here."""
    return text.replace(f"`{NAME} ", f"`{program()} ")


def _same(ours: Path, found: str | None) -> bool:
    return bool(found) and ours.exists() and ours.samefile(str(found))
