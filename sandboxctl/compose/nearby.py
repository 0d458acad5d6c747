"""Files beside a Compose file: read and listed, never outside of its folder."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from sandboxctl.blueprint import beneath
from sandboxctl.errors import BlueprintError

LARGEST_TEXT = 256 * 1024
"""Bytes of a file that is read, not copied."""
LONGEST_PATH = 4_096

_HERE = PurePosixPath()


@dataclass(frozen=True, slots=True)
class Nearby:
    """``folder`` is what nothing may leave; ``at`` is where relative paths begin: a file that is
    included from a folder below begins there."""

    folder: Path
    at: PurePosixPath = _HERE

    def name(self, path: str) -> str:
        """``path`` from ``folder``, with slashes; ValueError, in words, if it leads elsewhere."""
        if len(path) > LONGEST_PATH or "\0" in path or "\\" in path:
            raise ValueError("is not a path that can be read")
        if path.startswith(("/", "~")):
            raise ValueError("is a path of your own machine")
        parts: list[str] = []
        for part in (*self.at.parts, *PurePosixPath(path or ".").parts):
            if part == ".." and not parts:
                raise ValueError("lies outside the folder of the Compose file")
            if part == "..":
                parts.pop()
            else:
                parts.append(part)
        return "/".join(parts) or "."

    def path(self, name: str) -> Path:
        """The path of ``name``; ValueError if a link leads out or nothing is there."""
        inside = self.name(name)
        path = self.folder / inside
        try:
            real = Path(os.path.realpath(path))
            if not real.is_relative_to(os.path.realpath(self.folder)):
                raise ValueError("is a link that leads out of the folder")
            if not real.exists():
                raise ValueError("is not there")
        except OSError:
            raise ValueError("cannot be read") from None
        return path

    def read(self, name: str) -> str:
        """The text of one file; ValueError, in words, if it cannot be had."""
        path = self.path(name)
        if not path.is_file():
            raise ValueError("is not a file")
        if path.stat().st_size > LARGEST_TEXT:
            raise ValueError(f"is larger than {LARGEST_TEXT // 1024} KiB")
        try:
            root = beneath.real(self.folder)
            data = beneath.content(root, self.name(name), LARGEST_TEXT)
        except BlueprintError:
            raise ValueError("cannot be read") from None
        return data.decode("utf-8", errors="replace")

    def beside(self, name: str) -> Nearby:
        """As seen from the folder ``name``, counted from ``folder``."""
        return Nearby(self.folder, PurePosixPath(name))

    def below(self, name: str) -> Nearby:
        """As seen from the folder of the file ``name``."""
        return Nearby(self.folder, PurePosixPath(self.name(name)).parent)
