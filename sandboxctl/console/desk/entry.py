"""What an entry of an archive may be called, and how one is refused."""

from __future__ import annotations

from pathlib import PurePosixPath

from sandboxctl.errors import BlueprintError

NAME = 200
"""Characters of a path in the folder."""
DEEP = 12
CODE = "DEN473"


def parts(name: str) -> tuple[str, ...]:
    """Of a path that stays where it is unpacked. Windows takes ``\\`` for a separator and ``:`` for
    a drive, so neither is in a name."""
    called = shown(name)
    if len(name) > NAME:
        raise refused(f"{called} is longer than {NAME} characters", "Give it a shorter name.")
    path = PurePosixPath(name)
    parts = tuple(part for part in path.parts if part != ".")
    if path.is_absolute() or ".." in parts or "\\" in name or ":" in name or not parts:
        raise refused(
            f"{called} leads out of the folder", "Pack the folder by itself, with names under it."
        )
    if not name.isprintable():
        raise refused(f"{called} is no name that can be read", "Use letters, digits, - and _.")
    if len(parts) > DEEP:
        raise refused(f"{called} is more than {DEEP} folders deep", "Put it higher up.")
    return parts


def shown(name: str) -> str:
    return ascii(name[:80])


def too_large(most: int) -> BlueprintError:
    return refused(
        f"It is more than {most // 1024**2} MB when it is unpacked",
        "A prototype needs no data in its folder: `data:` makes as much as wanted.",
    )


def too_many(most: int) -> BlueprintError:
    return refused(f"It has more than {most:,} files and folders", "Leave out what is not needed.")


def link(name: str, what: str) -> BlueprintError:
    return refused(f"{shown(name)} is {what}", "Put the file itself there: nothing else is taken.")


def refused(why: str, hint: str) -> BlueprintError:
    return BlueprintError(why, hint=hint, code=CODE)
