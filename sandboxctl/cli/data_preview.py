"""`data preview`: a page of synthetic rows, made on the spot, however long the table is."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from sandboxctl.cli import given, show
from sandboxctl.cli.dataset import blueprint_argument, chosen, dataset
from sandboxctl.cli.session import Session, Verb

if TYPE_CHECKING:
    from sandboxctl.data.scope import Dataset

USUAL = 10
FEW = 3
"""Rows of each table where no table is named."""

_GAP = 2


@click.command("preview", cls=Verb)
@blueprint_argument
@click.argument("table", required=False)
@click.option("--rows", type=click.IntRange(1, 1000), help="How many rows; 10 of one table.")
@click.option(
    "--from", "first", type=click.IntRange(min=1), default=1, help="The first row, counted from 1."
)
@given.set_option
@click.pass_obj
def preview_verb(
    session: Session,
    blueprint: str,
    table: str | None,
    rows: int | None,
    first: int,
    values: tuple[tuple[str, str], ...],
) -> int:
    """Show rows of a blueprint's data as they will be.

    BLUEPRINT is a folder, a file, or the name of a shipped one. Without TABLE a few rows of each.
    Only the rows that are shown are made, so any page of any table comes at once. Needs no engine.
    """
    from sandboxctl.data.preview import page

    _, made = dataset(session, blueprint, values)
    names = chosen(made, [table] if table else [])
    count = rows or (USUAL if table else FEW)
    pages = {name: page(made, name, first - 1, count) for name in names}
    if session.json:
        show.facts(session, {name: list(found) for name, found in pages.items()})
        return 0
    for number, (name, found) in enumerate(pages.items()):
        _show(session, made, name, found, first, apart=number > 0)
    return 0


def _show(
    session: Session,
    made: Dataset,
    table: str,
    found: Sequence[show.Row],
    first: int,
    *,
    apart: bool,
) -> None:
    if apart:
        show.say(session)
    show.say(session, _title(made, table))
    if session.looks(sys.stdout) == "rich" and not _fits(found):
        for number, row in enumerate(found, first):
            show.say(session, f"\nrow {number:,}")
            show.facts(session, row, as_data=True)
    else:
        show.rows(session, found, empty="No rows there.", as_data=True)


def _title(made: Dataset, table: str) -> str:
    from sandboxctl.data.dirt.truth import table_of
    from sandboxctl.data.tables import visible

    if dirty := table_of(made.data, table):
        return f"{table}: what was meant where {dirty} has mistakes"
    columns = len(visible(made.data.tables[table]))
    return f"{table}: {made.sizes[table]:,} rows, {columns} columns"


def _fits(found: Sequence[show.Row]) -> bool:
    """Whether the rows stand beside each other in the terminal without being folded."""
    if not found:
        return True
    wide = sum(
        max(len(name), *(len(show.words(row[name])) for row in found)) + _GAP for name in found[0]
    )
    return wide <= shutil.get_terminal_size().columns
