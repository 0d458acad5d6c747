"""The folder that a service is built from, and what its Dockerfile says."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sandboxctl.compose import copies, raw
from sandboxctl.compose.dockerfile import Stage, read
from sandboxctl.compose.draft import Part
from sandboxctl.compose.raw import Raw


@dataclass(frozen=True, slots=True)
class Context:
    """``name`` is counted from the Compose file's folder; ``dockerfile`` lies below it, and is
    empty where its ``text`` stands in the Compose file."""

    path: Path
    name: str
    dockerfile: str
    text: str
    stage: Stage | None


def context(part: Part, build: dict[str, Raw]) -> Context:
    """Raises ValueError, in words, for a folder that cannot be had."""
    named = part.draft.settled(build.get("context")) or "."
    path = part.nearby.path(named)
    if not path.is_dir():
        raise ValueError("is not a folder")
    arguments = {k: part.draft.settled(v) for k, v in raw.mapping(build.get("args")).items()}
    name, text = _dockerfile(part, build, part.nearby.name(named))
    stage = read(text, arguments, part.draft.settled(build.get("target"))) if text else None
    return Context(path, part.nearby.name(named), name, text, stage)


def ignored(part: Part, folder: Context) -> list[str]:
    """Patterns of what its .dockerignore leaves out."""
    try:
        return copies.ignored(part.nearby.beside(folder.name).read(".dockerignore"))
    except ValueError:
        return []


def _dockerfile(part: Part, build: dict[str, Raw], name: str) -> tuple[str, str]:
    file = part.draft.settled(build.get("dockerfile")) or "Dockerfile"
    if inline := raw.text(build.get("dockerfile_inline")):
        return "", inline
    try:
        return file, part.nearby.beside(name).read(file)
    except ValueError:
        return file, ""
