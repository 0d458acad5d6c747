"""`workshop ls` and `workshop status`: what is there. Neither changes anything."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from sandboxctl.cli import show, stopping
from sandboxctl.cli.folding import columns
from sandboxctl.cli.session import Session, Verb
from sandboxctl.cli.visible import line
from sandboxctl.cli.workshop_board import COLOURS, GAP, Cell, Drawn, cell, counted
from sandboxctl.cli.workshop_given import workshop_argument

if TYPE_CHECKING:
    from rich.text import Text

    from sandboxctl.engine.protocol import Engine
    from sandboxctl.lifecycle.status import Status
    from sandboxctl.workshop.record import Workshop

EVERY = 2.0
"""Seconds between two looks of a board that is watched."""
HEAD = 2
"""Lines above the teams."""


@click.command("ls", cls=Verb)
@click.pass_obj
def ls_verb(session: Session) -> None:
    """List the workshops of the den."""
    from sandboxctl.lifecycle.workshops import kept

    with session.connected() as engine:
        found = [_row(session, one) for one in kept.all_of(engine).values()]
    empty = "No workshops. `sandboxctl workshop up BLUEPRINT --teams 12` starts one."
    show.rows(session, found, empty=empty)


def _row(session: Session, workshop: Workshop) -> show.Row:
    from sandboxctl import clock

    left = workshop.until - clock.now()
    return {
        "workshop": workshop.name,
        "title": workshop.title,
        "blueprint": list(workshop.blueprints) if session.json else ", ".join(workshop.blueprints),
        "teams": len(workshop.teams),
        "spares": workshop.spares,
        "since": workshop.since,
        **({"left_seconds": left.total_seconds()} if session.json else {"left": left}),
        "state": "is being closed" if workshop.closing else "open",
    }


@click.command("status", cls=Verb)
@workshop_argument
@click.option("-w", "--watch", "watched", is_flag=True, help="Look again and again, until ^C.")
@click.pass_obj
def status_verb(session: Session, workshop: str, watched: bool) -> int:
    """Show all teams of a workshop on one board.

    Addresses stand here without their keys, so that the board may be shown to a room.
    """
    from sandboxctl.lifecycle.workshops import kept

    with session.connected() as engine:
        known = kept.known(engine, workshop)
        if watched:
            return _watch(session, engine, known)
        _show(session, known, _seen(engine, known))
    return 0


def _seen(engine: Engine, workshop: Workshop) -> dict[str, Status]:
    """By sandbox, with one look; one of which nothing is left is not in it."""
    from sandboxctl import clock
    from sandboxctl.lifecycle.status import overview

    found = overview(engine, now=clock.now(), of=workshop.sandboxes)
    return {one.sandbox: one for one in found if one.generation or one.since}


def _cells(workshop: Workshop, seen: dict[str, Status]) -> list[Cell]:
    return [
        cell(name, member.title, seen.get(member.sandbox))
        for name, member in workshop.teams.items()
    ]


def _show(session: Session, workshop: Workshop, seen: dict[str, Status]) -> None:
    if session.looks(sys.stdout) == "rich":
        from rich.console import Console

        width = columns(sys.stdout)
        console = Console(markup=False, highlight=False, emoji=False, width=width)
        for text in _drawn(workshop, seen, width):
            console.print(text, overflow="ellipsis", no_wrap=True)
        return
    teams = [_team(session, name, workshop, seen) for name in workshop.teams]
    if session.json:
        row = _row(session, workshop)
        show.facts(session, {**row, "until": workshop.until, "teams": teams})
        return
    show.say(session, f"{workshop.shown}: {counted(_cells(workshop, seen))}")
    show.rows(session, teams, empty="")


def _team(session: Session, name: str, workshop: Workshop, seen: dict[str, Status]) -> show.Row:
    member = workshop.teams[name]
    status = seen.get(member.sandbox)
    down = [s.service for s in status.services if not s.runs] if status else []
    left = status.left if status else None
    seconds = left.total_seconds() if left is not None else None
    return {
        "team": name,
        "title": member.title,
        "state": status.state if status else "not there",
        "services_down": down if status and status.state != "paused" else [],
        "resets": status.resets if status else 0,
        **({"left_seconds": seconds} if session.json else {"left": left}),
        "url": status.url if status else "",
    }


def _drawn(
    workshop: Workshop, seen: dict[str, Status], width: int, height: int | None = None
) -> Sequence[Text]:
    from rich.text import Text

    cells = _cells(workshop, seen)
    drawn = Drawn(cells, width, None if height is None else height - HEAD)
    until = f"until {show.words(workshop.until)}"
    ends = "is being closed" if workshop.closing else until
    head = f"{line(workshop.shown)}: {counted(cells)} · {ends}"
    found = [Text(head, style="bold"), Text()]
    for row in drawn.rows:
        lines = [Text() for _ in drawn.told(row[0])]
        for one in row:
            width = 0 if one is row[-1] else drawn.cell_width + GAP
            for at, (text, said) in enumerate(zip(lines, drawn.told(one), strict=True)):
                text.append(said.ljust(width), style="dim" if at else COLOURS[one.state])
        found += lines
    if drawn.left_out:
        found.append(Text(f"… and {drawn.left_out} more", style="bold"))
    for text in found:  # a line that goes on below would push the last teams off the screen
        text.no_wrap, text.overflow = True, "ellipsis"
    return found


def _watch(session: Session, engine: Engine, workshop: Workshop) -> int:
    """Until it is interrupted; where nothing can be redrawn, what changed."""
    try:
        with stopping.said_by(lambda _: None):
            if session.looks(sys.stdout) == "rich":
                _redraw(engine, workshop)
            else:
                _tell_changes(session, engine, workshop)
    except KeyboardInterrupt:
        pass
    return 0


def _redraw(engine: Engine, workshop: Workshop) -> None:
    from rich.console import Console, Group
    from rich.live import Live

    from sandboxctl.lifecycle.workshops import kept

    console = Console(markup=False, highlight=False, emoji=False)
    with Live(console=console, auto_refresh=False, screen=True) as live:
        while True:
            now = kept.find(engine, workshop.name) or workshop
            drawn = _drawn(now, _seen(engine, now), console.width, console.height)
            live.update(Group(*drawn), refresh=True)
            time.sleep(EVERY)


def _tell_changes(session: Session, engine: Engine, workshop: Workshop) -> None:
    from sandboxctl.cli.visible import as_json

    last: dict[str, str] = {}
    while True:
        for one in _cells(workshop, _seen(engine, workshop)):
            if last.get(one.team) == one.first:
                continue
            last[one.team] = one.first
            told = {"team": one.team, "state": one.state, "down": list(one.down)}
            words = ": ".join([one.team, one.state, *one.down])
            click.echo(as_json(told) if session.json else words)
        time.sleep(EVERY)
