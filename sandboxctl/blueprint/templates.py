"""Where the folders are that are shipped with the package."""

from __future__ import annotations

from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[1]


def bundled(folder: str) -> Path:
    """``templates`` or ``blueprints``: packed in the wheel, or beside us in a checkout."""
    packed, beside = PACKAGE / "_bundled" / folder, PACKAGE.parent / folder
    return packed if packed.is_dir() else beside
