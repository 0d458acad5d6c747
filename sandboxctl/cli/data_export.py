"""`data export`: a blueprint's tables as files, with a certificate beside them."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sandboxctl.cli import given, show
from sandboxctl.cli.counter import counter
from sandboxctl.cli.dataset import blueprint_argument, chosen, dataset, tables_option
from sandboxctl.cli.session import Session, Verb

if TYPE_CHECKING:
    from sandboxctl.data.sinks.files import File, Format
    from sandboxctl.lifecycle.export import Exported

FORMATS = ("csv", "parquet", "jsonl", "arrow")
MOST_WORKERS = 4
FEW = 1_000_000
"""Rows that are checked unless one says no: a few seconds."""


@click.command("export", cls=Verb)
@blueprint_argument
@tables_option
@click.option(
    "--format", "form", type=click.Choice(FORMATS), default="csv", show_default=True, help="Of all."
)
@click.option(
    "--to",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    help="Where the files go, one for each table, named after it.",
)
@given.set_option
@click.option("--force", is_flag=True, help="Replace files that are there.")
@click.option(
    "--check/--no-check",
    default=None,
    help="Hold the rows to what is declared; without it, up to a million rows.",
)
@click.option(
    "--workers",
    type=click.IntRange(1, 64),
    default=lambda: min(MOST_WORKERS, os.cpu_count() or 1),
    show_default="one for each core, 4 at most",
    help="Threads; the bytes do not depend on it.",
)
@click.option(
    "--chunk-rows",
    type=click.IntRange(1, 1_000_000),
    show_default="65,536, fewer where they are long",
    help="Rows made at once; the bytes do not depend on it.",
)
@click.pass_obj
def export_verb(
    session: Session,
    blueprint: str,
    tables: tuple[str, ...],
    form: Format,
    folder: Path,
    values: tuple[tuple[str, str], ...],
    force: bool,
    check: bool | None,
    workers: int,
    chunk_rows: int | None,
) -> int:
    """Write a blueprint's data to files, without any sandbox.

    The same blueprint and seed give the same bytes, on any machine. Beside the files stands
    synthetic.cert.json: what the data is, how it was made, and what was checked of it.

    \b
    sandboxctl data export repair-right --to out
    sandboxctl data export ./mine --table homes --format parquet --to out --set homes=1000000
    """
    from sandboxctl.data.tables import length
    from sandboxctl.lifecycle.export import export

    loaded, made = dataset(session, blueprint, values)
    names = chosen(made, tables)
    began = time.monotonic()
    total = sum(length(made, name) for name in names)
    with counter(session, "export", total) as tell:
        exported = export(
            made,
            names,
            form,
            folder,
            loaded=loaded,
            replace=force,
            workers=workers,
            size=chunk_rows or 0,
            check=total <= FEW if check is None else check,
            tell=tell,
        )
    show.rows(session, [_row(file) for file in exported.files], empty="No tables.")
    _tell(session, exported, time.monotonic() - began)
    return 0 if exported.holds else 1


def _tell(session: Session, exported: Exported, seconds: float) -> None:
    rows = sum(file.rows for file in exported.files)
    show.say(session, f"\n{rows:,} rows in {seconds:.1f} s. Certificate: {exported.certificate}")
    verdict = (
        f"{exported.outside:,} of {exported.verified:,} identifiers are OUTSIDE their safe set"
        if exported.outside
        else f"All {exported.verified:,} identifiers belong to their safe sets"
        if exported.verified
        else "There are no identifiers in it"
    )
    show.say(session, f"{verdict}.")
    match exported.failed:
        case None:
            show.say(session, "Not compared with what is declared: add --check for that.")
        case 0:
            show.say(session, "Everything that is declared of them holds.")
        case failed:
            show.say(session, f"{failed} checks FAILED; `sandboxctl data check` shows them.")


def _row(file: File) -> show.Row:
    return {
        "file": str(file.path),
        "rows": file.rows,
        "bytes": file.size,
        "sha256": file.sha256,
    }
