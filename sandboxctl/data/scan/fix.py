"""Safe copies of several files, with the same value for the same one in all of them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from sandboxctl.data.scan.mend import copy, mender
from sandboxctl.data.scan.scan import Scanned, scan
from sandboxctl.data.scan.surrogates import Surrogates
from sandboxctl.errors import BlueprintError, SandboxError


class NotClean(SandboxError):
    """A copy in which something is still found."""

    exit_code = 3


def fix(scanned: list[Scanned], folder: Path, key: str | None) -> Iterator[tuple[Path, Path, int]]:
    """Each file that could be read, its copy, and how many values are other ones in it.

    Nothing is ever written over: a copy that is there already is refused before any is made. If one
    of them cannot be made safe, none is left behind.
    """
    files = [one for one in scanned if not one.error]
    targets = _targets(files, folder)
    surrogates = Surrogates(key.encode() if key is not None else os.urandom(32))
    made: list[Path] = []
    try:
        for one, target in zip(files, targets, strict=True):
            changed = copy(one.path, target, mender(one.columns, surrogates))
            made.append(target)
            _prove(target)
            yield one.path, target, changed
    except SandboxError:
        for target in made:
            target.unlink()
        raise


def _targets(files: list[Scanned], folder: Path) -> list[Path]:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BlueprintError(
            f"{folder} cannot be made: {error.strerror}", hint="Name another folder for --fix."
        ) from None
    targets = [folder / one.path.name for one in files]
    twice = sorted({path.name for path in targets if targets.count(path) > 1})
    if twice:
        raise BlueprintError(
            f"several of the files are called {', '.join(twice)}",
            hint="Copies go into one folder: fix them one after the other, each into its own.",
        )
    if there := [str(path) for path in targets if path.exists()]:
        raise BlueprintError(
            f"{', '.join(there)}: there already, and nothing is written over",
            hint="Name a new folder for --fix.",
        )
    return targets


def _prove(target: Path) -> None:
    """Look through the copy as well; one that is not clean is not left lying around."""
    (again,) = scan([target])
    if again.findings:
        left = ", ".join(
            f"{found.column}: {found.count:,} {found.title}" for found in again.findings
        )
        raise NotClean(
            f"{target.name} would not be safe: {left}", hint="Take out the column, and try again."
        )
