"""Answers: a table where a person looks at a terminal, ``key: value`` lines elsewhere, JSON when
asked. All three show the same data."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TextIO, TypeAlias

import click

from sandboxctl.cli.folding import NARROW, columns, folded
from sandboxctl.cli.session import Session
from sandboxctl.cli.visible import as_json, line, visible

Value: TypeAlias = (
    "str | int | float | bool | datetime | timedelta | Sequence[Value] | Mapping[str, Value] | None"
)
Row: TypeAlias = Mapping[str, Value]
GAP = 2
"""Columns of the terminal between two of a table."""


def say(session: Session, text: str = "") -> None:
    """A sentence for people; those who asked for JSON do not get it."""
    if not session.json:
        click.echo(_fitting(session, visible(text), sys.stdout))


def aside(session: Session, text: str) -> None:
    """A sentence beside the answer, on standard error."""
    if not session.json:
        click.echo(_fitting(session, visible(text), sys.stderr), err=True)


def _fitting(session: Session, text: str, stream: TextIO) -> str:
    return folded(text, columns(stream)) if session.looks(stream) == "rich" else text


def facts(session: Session, row: Row, *, as_data: bool = False) -> None:
    """One thing and what is known of it; as data, keys stay as typed and gaps are shown."""
    match session.looks(sys.stdout):
        case "json":
            click.echo(_json(row))
        case "plain":
            click.echo("\n".join(_lines(row, as_data=as_data)))
        case "rich":
            click.echo(_block(row, as_data=as_data))


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


def _block(row: Row, *, as_data: bool) -> str:
    """A line for each value, its key before it; prose goes on below itself."""
    width, room = max(len(key) for key in row) + 2, columns(sys.stdout)
    lines = []
    for key, value in row.items():
        for n, text in enumerate(_texts(value)):
            label = f"{'' if n else _label(key, as_data):<{width}}"
            told = folded(text, room - width) if room - width >= NARROW else text
            lines.append(label + told.replace("\n", "\n" + " " * width))
    return "\n".join(lines)


def _table(found: Sequence[Row], *, as_data: bool) -> None:
    """Beside each other where no name, address or tag is broken by that, else one by one."""
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    room = columns(sys.stdout)
    widths = _widths(found, room, as_data=as_data)
    if not widths:
        click.echo("\n\n".join(_block(row, as_data=as_data) for row in found))
        return
    table = Table(box=SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False, show_edge=False)
    for key, width in zip(found[0], widths, strict=True):
        table.add_column(_label(key, as_data), width=width)
    for row in found:
        table.add_row(*(Text("\n".join(_texts(value))) for value in map(row.get, found[0])))
    Console(markup=False, highlight=False, emoji=False, width=room).print(table)


def _widths(found: Sequence[Row], room: int, *, as_data: bool) -> list[int]:
    """Of each column; prose is folded at words, to half its width. Nothing if that is too much."""
    from rich.cells import cell_len

    widths, least = list[int](), list[int]()
    for key in found[0]:
        texts = [_label(key, as_data), *(text for row in found for text in _texts(row.get(key)))]
        widths.append(max(map(cell_len, texts)))
        words = [cell_len(word) for text in texts for word in text.split(" ")]
        least.append(max(*words, -(-widths[-1] // 2)))
    room -= GAP * (len(widths) - 1)
    if sum(least) > room:
        return []
    while sum(widths) > room:
        widths[max(range(len(widths)), key=lambda at: (widths[at] > least[at], widths[at]))] -= 1
    return widths


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
