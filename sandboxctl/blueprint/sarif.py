"""Refusals of a blueprint as SARIF."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from sandboxctl import codes, sarif
from sandboxctl.errors import Refusal

FOLDER = "BLUEPRINT"
"""What the files of a log count from."""


def log(refusals: Iterable[Refusal], folder: Path) -> dict[str, Any]:
    """A rule for each code, a result for each refusal; files are those below ``folder``."""
    found = list(refusals)
    used = dict.fromkeys(codes.of(refusal.code) for refusal in found)
    return sarif.log(
        [_rule(code) for code in used],
        [_result(refusal, folder) for refusal in found],
        bases={FOLDER: "The folder that the blueprint lies in."},
    )


def _rule(code: codes.Code) -> sarif.Rule:
    return sarif.Rule(
        code.code,
        code.title,
        help=code.mend,
        about=code.risk,
        properties={"tags": ["policy"] if code.policy else []},
    )


def _result(refusal: Refusal, folder: Path) -> sarif.Result:
    code = codes.of(refusal.code)
    what = f"{refusal.key}: {refusal.why}" if refusal.key else refusal.why
    return sarif.Result(
        code.code,
        "error",
        f"{what}. {code.mend}",
        tuple(_places(refusal, folder)),
        {"hint": refusal.hint} if refusal.hint else {},
    )


def _places(refusal: Refusal, folder: Path) -> Iterator[sarif.Place]:
    """In a file below the folder; what is in none, such as a `--set`, only has a name."""
    below = os.path.relpath(refusal.file or folder, folder)
    if Path(refusal.file).is_file() and not below.startswith(os.pardir):
        file = sarif.uri(Path(below))
        yield sarif.Place(file, refusal.line, refusal.column, name=refusal.key, base=FOLDER)
    elif name := refusal.key or refusal.file:
        yield sarif.Place(name=name)
