"""Ready-made beginnings: folders under ``templates/scaffold`` with a name to be filled in."""

from __future__ import annotations

from pathlib import Path

from sandboxctl.blueprint.templates import bundled

_NAME, _TITLE = "{name}", "{title}"
_ABOUT = "about.txt"


def kinds() -> dict[str, str]:
    """Each kind, and what it is in a sentence."""
    folders = sorted(path for path in _root().iterdir() if path.is_dir())
    return {path.name: (path / _ABOUT).read_text(encoding="utf-8").strip() for path in folders}


def scaffold(kind: str, name: str) -> dict[str, Path | str]:
    """Path in the new folder → its text, with ``name`` in it."""
    root = _root() / kind
    title = name.replace("-", " ").capitalize()
    found = sorted(path for path in root.rglob("*") if path.is_file() and path.name != _ABOUT)
    return {
        path.relative_to(root).as_posix(): path.read_text(encoding="utf-8")
        .replace(_NAME, name)
        .replace(_TITLE, title)
        for path in found
        if "__pycache__" not in path.parts
    }


def _root() -> Path:
    return bundled("templates") / "scaffold"
