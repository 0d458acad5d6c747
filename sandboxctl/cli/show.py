"""Answers: a table where a person looks at a terminal, ``key: value`` lines elsewhere, JSON when
asked. All three show the same data."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TypeAlias

import click

from sandboxctl.cli.session import Session
from sandboxctl.cli.visible import as_json, line, visible

Value: TypeAlias = (
    "str | int | float | bool | datetime | timedelta | Sequence[Value] | Mapping[str, Value] | None"
)
Row: TypeAlias = Mapping[str, Value]


def say(session: Session, text: str = "") -> None:
    """A sentence for people; those who asked for JSON do not get it."""
    if not session.json:
        click.echo(visible(text))


def aside(session: Session, text: str) -> None:
    """A sentence beside the answer, on standard error."""
    if not session.json:
        click.echo(visible(text), err=True)


def facts(session: Session, row: Row, *, as_data: bool = False) -> None:
    """One thing and what is known of it; as data, keys stay as typed and gaps are shown."""
    match session.looks(sys.stdout):
        case "json":
            click.echo(_json(row))
        case "plain":
            click.echo("\n".join(_lines(row, as_data=as_data)))
        case "rich":
            width = max(len(key) for key in row)
            for key, value in row.items():
                for n, text in enumerate(_texts(value)):
                    click.echo(f"{'' if n else _label(key, as_data):<{width}}  {text}")


def rows(session: Session, found: Sequence[Row], *, empty: str, as_data: bool = False) -> None:
    """Several things of one kind; ``empty`` is said when there are none."""
    match session.looks(sys.stdout):
        case "json":
            click.echo(_json(found))
        case _ if not found:
            click.echo(visible(empty))
        case "plain":
            click.echo("\n\n".join("\n".join(_lines(row, as_data=as_data)) for row in found))
        case "rich":
            _table(found, as_data=as_data)


def words(value: Value) -> str:
    """A value as a person reads it, on one line."""
    from sandboxctl import clock

    match value:
        case None | "":
            return "–"
        case bool():
            return "yes" if value else "no"
        case datetime():
            return f"{value.astimezone():%A %-d %B %Y, %H:%M}"
        case timedelta():
            over = value < timedelta(0)
            return f"over since {clock.words(-value)}" if over else clock.words(value)
        case float():
            return f"{value:.1f}"
        case str():
            return line(value)
        case _:
            return line(str(value))


def _texts(value: Value) -> Sequence[str]:
    match value:
        case str():
            return visible(value).split("\n") if value else ["–"]
        case Mapping():
            return [f"{line(key)}: {words(inner)}" for key, inner in value.items()] or ["–"]
        case Sequence():
            return [text for item in value for text in _texts(item)] or ["–"]
        case _:
            return [words(value)]


def _lines(row: Row, *, as_data: bool) -> list[str]:
    """``key: value``, the key again for each of several values, nothing for what is empty: it
    makes sense read aloud."""
    told = {k: value for k, value in row.items() if as_data or value not in (None, "", [], ())}
    return [
        f"{_label(key, as_data)}: {text}" for key, value in told.items() for text in _texts(value)
    ]


def _label(key: str, as_data: bool) -> str:
    """A key in words; a setting's name and a column's stay as they are typed."""
    return visible(key if as_data or "." in key else key.replace("_", " "))


def _table(found: Sequence[Row], *, as_data: bool) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for key in found[0]:
        table.add_column(_label(key, as_data), overflow="fold")
    for row in found:
        table.add_row(*(Text("\n".join(_texts(value))) for value in row.values()))
    Console(markup=False, highlight=False, emoji=False).print(table)


def _json(value: object) -> str:
    return as_json(value, indent=2, default=_as_json)


def _as_json(value: object) -> object:
    match value:
        case datetime():
            return value.isoformat()
        case timedelta():
            return value.total_seconds()
        case _:
            return str(value)
