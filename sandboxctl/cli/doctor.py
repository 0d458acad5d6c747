"""`doctor`: is this machine a den, and is it ready for a room?"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from sandboxctl.cli import show
from sandboxctl.cli.session import Session, Verb

if TYPE_CHECKING:
    from sandboxctl.lifecycle.doctor import Check
    from sandboxctl.sandbox.den import Den


@click.command("doctor", cls=Verb)
@click.option("--room", is_flag=True, help="Whether others in the room can reach it.")
@click.option(
    "--isolation", is_flag=True, help="Prove from inside two tiny sandboxes that they are closed."
)
@click.option(
    "--seconds",
    type=click.IntRange(0, 3600),
    help="With --room: how long to serve a page to try from a phone. On a terminal 60.",
)
@click.pass_obj
def doctor_verb(session: Session, room: bool, isolation: bool, seconds: int | None) -> int:
    """Say whether this machine can be a den, and what mends it.

    Each check in words: OK, ATTENTION or FAILED. Changes nothing; --isolation takes away again
    what it makes.
    """
    from sandboxctl.lifecycle.doctor import exit_code

    den = session.settings
    if room:
        from sandboxctl.cli.room import found as in_room
        from sandboxctl.cli.room import serve

        found = in_room(den)
        _show(session, found)
        usual = 60 if session.looks(sys.stdout) == "rich" else 0
        serve(session, den, usual if seconds is None else seconds)
        return exit_code(found)
    if isolation:
        from sandboxctl.cli.isolation import found as from_inside

        found = from_inside(session)
    else:
        found = _found(session, den)
    _show(session, found)
    return exit_code(found)


def _found(session: Session, den: Den) -> Sequence[Check]:
    from sandboxctl.engine import facts
    from sandboxctl.engine.connect import MEMORY, named_by
    from sandboxctl.errors import EngineError
    from sandboxctl.lifecycle import doctor, machine, prepare

    try:
        chosen = named_by(den, engine=session.engine, context=session.context)
        url, tls = (chosen.url, chosen.tls) if chosen else ("", None)
        if url == MEMORY:
            return [doctor.Check("engine", "OK", "a den in memory: it ends with each command")]
        engine = facts.read(den, url, [build.tag for build in prepare.shared()], tls)
    except EngineError as error:
        return [doctor.engine_away(error)]
    return doctor.checks(den, engine, machine.facts(den, engine.folder if engine.is_here else ""))


def _show(session: Session, found: Sequence[Check]) -> None:
    rows: list[show.Row] = [
        {"check": c.name, "verdict": c.verdict, "what": c.what, "mend": c.mend} for c in found
    ]
    show.rows(session, rows, empty="")
    if any(check.verdict == "FAILED" for check in found):
        show.aside(session, "Not yet: what FAILED has to be mended first.")
    else:
        show.aside(session, "This will do.")
