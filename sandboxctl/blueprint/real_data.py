"""Data files that a blueprint brings along hold nothing that could be somebody's."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from sandboxctl.blueprint.problem import Problem

if TYPE_CHECKING:
    from sandboxctl.data.scan.scan import Scanned

HINT = "`sandboxctl data scan FILE --fix FOLDER` writes a copy with safe values in their place."
_DATA = re.compile(r".*\.(csv|tsv|tab|json|jsonl|ndjson|geojson|sql|parquet)", re.IGNORECASE)
_OF_TOOLS = re.compile(
    r"(package|package-lock|npm-shrinkwrap|composer|manifest|[jt]sconfig([.-][\w.-]+)?)\.json",
    re.IGNORECASE,
)
"""Settings and lists of packages: the names in them are those of programs and their authors."""


def problems(files: Iterable[Path]) -> Iterator[Problem]:
    """One for each column with such values, at the line of the first; and what cannot be read."""
    wanted = [
        file
        for file in dict.fromkeys(files)
        if _DATA.fullmatch(file.name) and not _OF_TOOLS.fullmatch(file.name)
    ]
    if wanted:
        # pyarrow takes a while to import, and most blueprints bring no data
        from sandboxctl.data.scan.scan import scan

        for scanned in scan(wanted, as_text=True):
            yield from _problems(scanned)


def _problems(scanned: Scanned) -> Iterator[Problem]:
    from sandboxctl.data.scan.cells import Nothing

    file = str(scanned.path)
    if scanned.error and not isinstance(scanned.error, Nothing):
        why = f"cannot be looked through for real data: {scanned.error}"
        yield Problem((), why, file=file, hint=scanned.error.hint, code="DEN471")
    records = scanned.path.suffix.lower() == ".parquet"
    for found in scanned.findings:
        where = f" in record {found.rows[0]}" if records else ""
        why = (
            f"{found.column} has {found.count:,} {found.title} that could be somebody's, "
            f"such as {found.shown[0]}{where}: {found.reason}"
        )
        line = None if records else found.rows[0]
        yield Problem((), why, line, file=file, hint=HINT, code="DEN470")
