"""`init`: a folder to begin with, or one made from a Compose file."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sandboxctl.cli import given, show
from sandboxctl.cli.called import command
from sandboxctl.cli.session import Session, Verb
from sandboxctl.cli.visible import line

if TYPE_CHECKING:
    from sandboxctl.compose.report import Decision, Report

KINDS = ("web", "static", "database")
UNANSWERED = 1
_SHOWN = 12
_SHORT = 40
_KEYS = ("verdict", "service", "key", "line", "found", "instead", "why")


@click.command("init", cls=Verb)
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--kind", type=click.Choice(KINDS), help="What to begin with; web unless said.")
@click.option("--name", metavar="N", help="What it is called; the folder's name unless said.")
@click.option(
    "--from",
    "source",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="A Compose file to make the blueprint from.",
)
@click.pass_obj
def init_verb(
    session: Session, folder: Path, kind: str | None, name: str | None, source: Path | None
) -> int:
    """Write a blueprint to start from, or make one from a Compose file.

    FOLDER is made; nothing in it is ever overwritten. With --from, everything that a Compose file
    says is kept, replaced or left out, and CONVERSION.md says which and why. The exit code is 1
    while something is still to be answered.
    """
    if source and kind:
        raise click.UsageError("--kind and --from exclude each other")
    called = _name(name)
    if source:
        return _from_compose(session, folder, source, called)
    return _begin(session, folder, kind or KINDS[0], called)


def _name(name: str | None) -> str:
    from sandboxctl.blueprint.patterns import NAME, PATTERNS

    if name is not None and (not re.fullmatch(NAME, name) or len(name) > 30):
        raise click.BadParameter(f"{name!r} should be {PATTERNS[NAME]}", param_hint="--name")
    return name or ""


def _begin(session: Session, folder: Path, kind: str, name: str) -> int:
    from sandboxctl.compose.names import valid
    from sandboxctl.scaffold import kinds, placing

    called = name or valid(folder.resolve().name, "prototype")
    files = kinds.scaffold(kind, called)
    placing.place(folder, files)
    problems = _problems(session, folder)
    if session.json:
        answer: dict[str, show.Value] = {"folder": str(folder), "name": called}
        answer |= {"valid": not problems, "problems": problems, "files": sorted(files)}
        show.facts(session, answer)
        return UNANSWERED if problems else 0
    show.say(session, f"{folder} is a valid blueprint. Next:")
    _next(session, folder, called)
    return 0


def _from_compose(session: Session, folder: Path, source: Path, name: str) -> int:
    from sandboxctl.compose.converting import convert
    from sandboxctl.compose.names import valid
    from sandboxctl.compose.page import page
    from sandboxctl.scaffold import placing

    converted = convert(source, name or valid(folder.resolve().name, "prototype"))
    files = {**converted.files, "CONVERSION.md": page(converted.report, source.name)}
    placing.place(folder, files)
    problems = _problems(session, folder)
    if session.json:
        decisions = [_row(item) for item in converted.report.sorted()]
        answer: dict[str, show.Value] = {"folder": str(folder), "name": converted.name}
        answer |= {"valid": not problems, "problems": problems, "decisions": decisions}
        show.facts(session, answer)
        return UNANSWERED if problems else 0
    _show(session, converted.report, folder)
    if problems:
        show.say(session, f"\nStill to be answered in {folder}:")
        for row in problems:
            where = f"{row['file']}:{row['line']}" if row["line"] else row["file"]
            show.say(
                session, ": ".join(filter(None, [f"  {where}", str(row["key"]), str(row["why"])]))
            )
        show.say(session, f"\nThen: {command('validate', shlex.quote(str(folder)))}")
        return UNANSWERED
    show.say(session, f"\n{folder} is a valid blueprint. Next:")
    _next(session, folder, converted.name)
    return 0


def _row(item: Decision) -> show.Row:
    return {key: getattr(item, key) for key in _KEYS}


def _show(session: Session, report: Report, folder: Path) -> None:
    """What was lost, shortly; the whole list is in the folder."""
    for verdict, title in (("left out", "Left out"), ("replaced", "Replaced")):
        found = [item for item in report.sorted() if item.verdict == verdict]
        if not found:
            continue
        show.say(session, f"{title}:")
        for item in found[:_SHOWN]:
            where = ".".join(filter(None, [item.service, item.key])) or "the file"
            where += f" ({item.found})" if 0 < len(item.found) <= _SHORT else ""
            instead = f" → {item.instead}" if item.instead else ""
            show.say(session, f"  {line(f'{where}{instead}: {item.why}')}")
        if len(found) > _SHOWN:
            show.say(session, f"  and {len(found) - _SHOWN} more")
    show.say(session, f"All of it, with reasons: {folder / 'CONVERSION.md'}")


def _problems(session: Session, folder: Path) -> list[show.Row]:
    """What `validate` says of the result."""
    from sandboxctl.cli.verdict import problems
    from sandboxctl.errors import BlueprintError

    try:
        given.blueprint(session.settings, str(folder), None, {})
    except BlueprintError as error:
        return problems(error)
    return []


def _next(session: Session, folder: Path, name: str) -> None:
    show.say(session, f"  {command('validate', shlex.quote(str(folder)))}")
    show.say(session, f"  {command('up', shlex.quote(str(folder)))}")
    show.say(session, f"  {command('open', name)}")
