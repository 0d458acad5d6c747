"""`data infer`: a `data:` section from data that may be real, without any value of it."""

from __future__ import annotations

import json
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sandboxctl.cli import show
from sandboxctl.cli.session import Session, Verb
from sandboxctl.cli.visible import visible

if TYPE_CHECKING:
    from sandboxctl.data.infer.section import Section


@click.command("infer", cls=Verb)
@click.argument("source", metavar="FILE|FOLDER|DSN")
@click.option("--to", "target", type=Path, metavar="FILE", help="Write it there, not here.")
@click.option("--force", is_flag=True, help="Replace a file that is there.")
@click.option("--rows-as-is", is_flag=True, help="As many rows as there are, not two digits of it.")
@click.option(
    "--header/--no-header",
    "has_header",
    default=None,
    help="Whether a CSV file's first line names the columns; without, it is worked out.",
)
@click.pass_obj
def infer_verb(
    session: Session,
    source: str,
    target: Path | None,
    force: bool,
    rows_as_is: bool,
    has_header: bool | None,
) -> int:
    """Write a `data:` section from a CSV, Parquet or JSON lines file, or a database.

    A folder's files are tables. What is written is structure, and rounded figures that stand for
    at least ten rows each; of texts only categories that many rows share. Read it before you
    pass it on.

    \b
      sandboxctl data infer people.csv
      sandboxctl data infer extracts/ --to data.yaml
      sandboxctl data infer sqlite:///cases.db
      sandboxctl data infer postgresql://reader@localhost/cases
    """
    from sandboxctl.data.infer import write
    from sandboxctl.data.infer.infer import named, seen
    from sandboxctl.data.infer.section import sections

    if target:
        _refuse(target, force)
    made = sections(seen(source, has_header=has_header), exact=rows_as_is)
    if session.json:
        text = json.dumps(write.plain(made), indent=2, default=date.isoformat) + "\n"
    else:
        text = write.text(made, named(source))
    if target is None:
        click.echo(visible(text) if sys.stdout.isatty() else text, nl=False)
        return 0
    _write(target, text)
    show.aside(session, f"{target}: {_size(made)}. Read it before you use it.")
    return 0


def _size(made: list[Section]) -> str:
    columns = sum(len(table.columns) for table in made)
    return f"{len(made)} table{'s' if len(made) != 1 else ''}, {columns} columns"


def _refuse(target: Path, force: bool) -> None:
    from sandboxctl.errors import SandboxError

    if target.exists() and not force:
        raise SandboxError(f"{target} is there already", hint="--force replaces it.")


def _write(target: Path, text: str) -> None:
    from sandboxctl.errors import SandboxError

    try:
        target.write_text(text, encoding="utf-8")
    except OSError as error:
        raise SandboxError(
            f"{target} cannot be written: {error.strerror}", hint="Name another file for --to."
        ) from None
