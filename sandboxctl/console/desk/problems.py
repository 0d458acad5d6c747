"""What is wrong with what was handed in, as the desk's page shows it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sandboxctl import codes
from sandboxctl.errors import BlueprintError, Refusal


def problems(error: BlueprintError, folder: Path) -> list[dict[str, Any]]:
    """Each with what its code says of it."""
    return [_problem(one, folder) for one in error.refusals]


def _problem(one: Refusal, folder: Path) -> dict[str, Any]:
    """Without the path of our own folder."""
    code = codes.of(one.code)

    def bare(text: str) -> str:
        return text.replace(f"{folder}/", "").replace(f"{folder}: ", "")

    return {
        "file": bare(one.file),
        "line": one.line,
        "column": one.column,
        "key": one.key,
        "why": bare(one.why),
        "code": code.code,
        "title": code.title,
        "risk": code.risk,
        "mend": bare(one.hint) or code.mend,
    }
