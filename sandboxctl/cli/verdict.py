"""What `validate` answers to programs: as JSON, and as SARIF."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sandboxctl import codes
from sandboxctl.cli import show
from sandboxctl.cli.explain import explained

if TYPE_CHECKING:
    from sandboxctl.errors import BlueprintError, Refusal


def log(blueprint: str, refusals: Sequence[Refusal]) -> None:
    """The answer as SARIF."""
    from sandboxctl.blueprint import sarif
    from sandboxctl.blueprint.load import find
    from sandboxctl.errors import BlueprintError

    folder = Path(blueprint)
    with suppress(BlueprintError):
        folder = find(blueprint).parent
    click.echo(json.dumps(sarif.log(refusals, folder), indent=2))


def problems(error: BlueprintError) -> list[show.Row]:
    """Each refusal, and what its code says of it."""
    return [
        {
            "file": one.file,
            "line": one.line,
            "column": one.column,
            "key": one.key,
            "why": one.why,
            "code": codes.of(one.code).code,
            **explained(one.code),
            "hint": one.hint or codes.of(one.code).mend,
        }
        for one in error.refusals
    ]
