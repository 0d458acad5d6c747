"""One hostile blueprint: what lies in its folder, and what has to be said of it."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

Made: TypeAlias = str | bytes | Callable[[Path], None]
"""A file's content, or what makes something else of its path."""

OUTSIDE = "kept-outside"
"""A file beside the folder of each case, that nothing may read."""

SECRET = "nobody-may-read-this"


@dataclass(frozen=True)
class Case:
    """``code`` is said of ``key`` at ``line``; both are empty where there is none.

    ``files``  what lies beside the blueprint, by path
    ``said``   a part of the reason
    ``file``   where the problem stands, if that is not the blueprint
    """

    name: str
    text: Made
    code: str
    key: str = ""
    line: int | None = None
    files: Mapping[str, Made] = field(default_factory=dict)
    said: str = ""
    file: str = "blueprint.yaml"

    def write(self, folder: Path) -> Path:
        """The blueprint, in a folder made for it."""
        folder.mkdir()
        for name, content in {**self.files, "blueprint.yaml": self.text}.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            _make(path, content)
        return folder


def _make(path: Path, content: Made) -> None:
    match content:
        case bytes():
            path.write_bytes(content)
        case str():
            path.write_bytes(content.encode())
        case make:
            make(path)


def link(target: str) -> Callable[[Path], None]:
    return lambda path: path.symlink_to(target)


def pipe(path: Path) -> None:
    os.mkfifo(path)


def listening(path: Path) -> None:
    """A socket's file, which stays when the socket is closed."""
    here = Path.cwd()
    os.chdir(path.parent)  # its path may have 107 characters
    try:
        with socket.socket(socket.AF_UNIX) as made:
            made.bind(path.name)
    finally:
        os.chdir(here)


def sparse(size: int) -> Callable[[Path], None]:
    """A file of any size that takes no room."""

    def make(path: Path) -> None:
        with path.open("wb") as file:
            file.truncate(size)

    return make


def web(*lines: str, services: str = "", more: str = "") -> str:
    """A service that is fine, and ``lines`` more in it: the first of them is line 8."""
    added = "".join(f"    {line}\n" for line in lines)
    return (
        "blueprint: 1\nname: hostile\nopens: web\nservices:\n  web:\n"
        f"    image: nginx:1.27\n    expose: [80]\n{added}{services}{more}"
    )


def source(*lines: str, folder: str = "./web", runtime: str = "python") -> str:
    """A service made from a folder, named in line 6."""
    added = "".join(f"    {line}\n" for line in lines)
    return (
        "blueprint: 1\nname: hostile\nopens: web\nservices:\n  web:\n"
        f"    source: {folder}\n    runtime: {runtime}\n    command: [python, app.py]\n"
        f"    expose: [8000]\n{added}"
    )
