"""`data scan`: whether files hold values that could be somebody's."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.shell_completion import CompletionItem

from sandboxctl.cli import show
from sandboxctl.cli.session import Session, Verb
from sandboxctl.cli.visible import as_json

if TYPE_CHECKING:
    from sandboxctl.data.scan.findings import Finding
    from sandboxctl.data.scan.scan import Scanned, Tell

FOUND, UNREADABLE = 3, 2
PATIENCE = 2.0
"""Seconds before and between two words about progress."""

SAFE = "Nothing found that could be somebody's."


def _paths(_: click.Context, __: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Files that can be looked through, and folders on the way to them."""
    from sandboxctl.data.scan.files import ENDINGS

    folder = Path(incomplete).parent if not incomplete.endswith("/") else Path(incomplete)
    try:
        there = sorted(folder.expanduser().iterdir())
    except OSError:
        return []
    found = [
        f"{path}/" if path.is_dir() else str(path)
        for path in there
        if path.is_dir() or path.suffix[1:].lower() in ENDINGS
    ]
    return [CompletionItem(path) for path in found if path.startswith(incomplete)]


@click.command("scan", cls=Verb)
@click.argument("files", type=Path, nargs=-1, required=True, shell_complete=_paths)
@click.option("--sarif", "sarif_file", type=Path, metavar="FILE", help="Also write SARIF 2.1.0.")
@click.option(
    "--fix",
    "folder",
    type=Path,
    metavar="FOLDER",
    help="Write copies with safe values instead: equal ones stay equal.",
)
@click.option("--key", metavar="TEXT", help="With --fix: the same key gives the same values again.")
@click.pass_obj
def scan_verb(
    session: Session,
    files: tuple[Path, ...],
    sarif_file: Path | None,
    folder: Path | None,
    key: str | None,
) -> int:
    """Look through data files for values that could be somebody's.

    CSV, TSV, JSON, JSON lines, SQL and Parquet. Looks for every identifier that has a safe set,
    and shows what it finds with the middle of each value hidden. Ends with exit code 0 if there is
    nothing, 3 if there is, 2 if a file cannot be read.

    \b
      sandboxctl data scan deliveries/*.csv
      sandboxctl data scan dump.sql --sarif findings.sarif
      sandboxctl data scan people.csv claims.parquet --fix safe/
    """
    from sandboxctl.data.scan.scan import scan
    from sandboxctl.errors import BlueprintError

    if key is not None and folder is None:
        raise BlueprintError("--key is for --fix", hint="Add --fix FOLDER, or leave --key out.")
    scanned = list(scan(_once(files), _teller(session)))
    if sarif_file:
        _write_sarif(sarif_file, scanned)
    copies = _fixed(session, scanned, folder, key) if folder else {}
    _answer(session, scanned, copies)
    found = any(one.findings for one in scanned) and not folder
    return UNREADABLE if any(one.error for one in scanned) else FOUND if found else 0


def _once(files: tuple[Path, ...]) -> Iterator[Path]:
    yield from dict.fromkeys(files)


def _teller(session: Session) -> Tell:
    """A line on standard error now and then, where looking takes long."""
    last = time.monotonic()

    def tell(path: Path, values: int) -> None:
        nonlocal last
        if time.monotonic() - last >= PATIENCE:
            last = time.monotonic()
            show.aside(session, f"{path}: {values:,} values looked at so far")

    return tell


def _write_sarif(path: Path, scanned: list[Scanned]) -> None:
    from sandboxctl.data.scan.sarif import log
    from sandboxctl.errors import BlueprintError

    try:
        path.write_text(json.dumps(log(scanned), indent=2) + "\n", encoding="utf-8")
    except OSError as error:
        raise BlueprintError(
            f"{path} cannot be written: {error.strerror}", hint="Name another file for --sarif."
        ) from None


def _fixed(
    session: Session, scanned: list[Scanned], folder: Path, key: str | None
) -> dict[str, str]:
    """Copies of the files with findings, each looked through again."""
    from sandboxctl.data.scan.fix import fix

    copies: dict[str, str] = {}
    for path, target, changed in fix(scanned, folder, key):
        copies[str(path)] = str(target)
        show.aside(session, f"{target}: {changed:,} values are other ones now")
    return copies


def _answer(session: Session, scanned: list[Scanned], copies: dict[str, str]) -> None:
    from sandboxctl.cli.edge import complain

    if session.json:
        click.echo(as_json([_as_json(one, copies) for one in scanned], indent=2))
    else:
        rows = [_row(finding) for one in scanned for finding in one.findings]
        read = [one for one in scanned if not one.error]
        empty = SAFE if read else ""
        if rows or read:
            show.rows(session, rows, empty=empty)
        _summary(session, read)
    for one in scanned:
        if one.error and not session.json:
            complain(one.error, f"{one.path} ", looks=session.looks(sys.stderr))


def _summary(session: Session, read: list[Scanned]) -> None:
    values = sum(one.values for one in read)
    files = f"{len(read)} file{'s' if len(read) != 1 else ''}"
    found = sum(finding.count for one in read for finding in one.findings)
    told = f"{found:,} finds among {values:,}" if found else f"{values:,}"
    if read:
        show.aside(
            session,
            f"Looked at {told} values in {files}."
            if not found
            else f"{told} values in {files} could be somebody's.",
        )
    if found and sys.stderr.isatty():
        show.aside(session, "`sandboxctl data scan FILES --fix FOLDER` writes safe copies.")


def _row(finding: Finding) -> show.Row:
    more = ", …" if finding.count > len(finding.rows) else ""
    return {
        "file": finding.file,
        "column": finding.column,
        "what": f"{finding.count:,} {finding.title}",
        "rows": ", ".join(f"{row:,}" for row in finding.rows) + more,
        "for example": finding.shown[0],
        "confidence": finding.confidence,
        "why": finding.reason,
    }


def _as_json(one: Scanned, copies: dict[str, str]) -> dict[str, Any]:
    return {
        "file": str(one.path),
        "values": one.values,
        "error": str(one.error) if one.error else None,
        "hint": one.error.hint if one.error else None,
        "copy": copies.get(str(one.path)),
        "findings": [
            {
                "column": finding.column,
                "kind": finding.kind,
                "count": finding.count,
                "rows": list(finding.rows),
                "masked": list(finding.shown),
                "share": round(finding.share, 4),
                "confidence": finding.confidence,
                "reason": finding.reason,
            }
            for finding in one.findings
        ],
    }
