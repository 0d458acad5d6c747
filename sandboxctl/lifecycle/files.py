"""Files that a command leaves on this machine: whole or not at all."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from sandboxctl.errors import SandboxError

PRIVATE, SHOWN = 0o600, 0o644


def write(file: Path, text: str, *, mode: int = SHOWN) -> None:
    """The whole of ``text`` or what was there before, on the disk when this returns. SandboxError
    where it cannot be written."""
    draft = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
    try:
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, mode)
        with open(handle, "w", encoding="utf-8") as opened:  # noqa: PTH123  a handle has no path
            opened.write(text)
            opened.flush()
            os.fsync(opened.fileno())
        draft.replace(file)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise SandboxError(
            f"{file} cannot be written: {error.strerror}",
            hint="Look at its folder, or name another.",
        ) from None


def write_private(file: Path, text: str) -> None:
    """The same for what holds keys: only its owner may read it."""
    write(file, text, mode=PRIVATE)
