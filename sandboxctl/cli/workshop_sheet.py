"""`workshop sheet`: what is handed out at nine in the morning."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sandboxctl.cli import show
from sandboxctl.cli.session import Session, Verb
from sandboxctl.cli.workshop_given import team_option, workshop_argument

if TYPE_CHECKING:
    from sandboxctl.engine.protocol import Engine
    from sandboxctl.report.pages import Card
    from sandboxctl.workshop.record import Workshop


@click.command("sheet", cls=Verb)
@workshop_argument
@team_option
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Where to; W-sheet.html here unless said.",
)
@click.pass_obj
def sheet_verb(session: Session, workshop: str, teams: tuple[str, ...], output: Path | None) -> int:
    """Write a page with every team's link, to print and to cut apart.

    Each card has the link as a QR code and in letters. Links carry keys: only its team should
    see one.
    """
    from sandboxctl.lifecycle.files import write_private
    from sandboxctl.lifecycle.workshops import kept
    from sandboxctl.report import pages

    with session.connected() as engine:
        found = kept.known(engine, workshop)
        cards = _cards(engine, found, kept.chosen(found, teams))
        here = engine.den.gateway.bind.is_loopback
    local = datetime.now().astimezone().tzinfo
    assert local is not None
    text = pages.sheet(found.shown, cards, found.until, zone=local, only_here=here)
    file = output or Path(f"{found.name}-sheet.html")
    write_private(file, text)
    without = [one for one in kept.chosen(found, teams) if one not in {c.name for c in cards}]
    show.facts(session, {"sheet": str(file), "teams": len(cards), "without_a_link": without})
    if here:
        show.aside(session, "These links lead to this machine alone: `sandboxctl doctor --room`.")
    return 0


def _cards(engine: Engine, workshop: Workshop, teams: object) -> list[Card]:
    from collections.abc import Sequence

    from sandboxctl import clock
    from sandboxctl.lifecycle.status import overview
    from sandboxctl.report.pages import Card

    assert isinstance(teams, Sequence)
    sandboxes = {workshop.teams[name].sandbox: name for name in teams}
    seen = overview(engine, now=clock.now(), of=sandboxes)
    return [
        Card(name, workshop.teams[name].title or name, one.link, one.url)
        for one in seen
        if one.link
        for name in [sandboxes[one.sandbox]]
    ]
