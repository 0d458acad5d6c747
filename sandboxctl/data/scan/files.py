"""Which reader takes which file."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from sandboxctl.data.scan import documents, records, separated, spots, statements
from sandboxctl.data.scan.cells import Reader, Unreadable
from sandboxctl.data.scan.spots import Spotter
from sandboxctl.data.scan.text import Cut

TEXTS: dict[str, tuple[Callable[[], Spotter], Cut]] = {
    "csv": (separated.Separated, separated.between_records),
    "json": (documents.Documents, documents.between_values),
    "sql": (statements.Statements, statements.between_statements),
}
"""How the values in a text are found one by one, and where the text may be cut."""

_SAME = {"jsonl": "json", "ndjson": "json", "geojson": "json", "tab": "csv", "tsv": "csv"}

ENDINGS = ("csv", "tsv", "tab", "json", "jsonl", "ndjson", "geojson", "sql", "parquet")


def kind(path: Path) -> str:
    """csv, json, sql or parquet. Raises Unreadable for anything else."""
    ending = path.suffix[1:].lower()
    if ending not in ENDINGS:
        raise Unreadable(
            f"is of a kind that is not looked through ({path.suffix or 'no ending'})",
            hint=f"These are: {', '.join(ENDINGS)}. Save it as one of them.",
        )
    return _SAME.get(ending, ending)


def reader(path: Path) -> Reader:
    """How to read a file, by its ending."""
    match kind(path):
        case "csv":
            return separated.read
        case "parquet":
            return records.read
        case name:
            spotter, cut = TEXTS[name]
            return partial(spots.read, spotter=spotter(), cut=cut)
