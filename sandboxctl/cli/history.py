"""What a command has done, written into the ledger; it stays done where that cannot be written."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from sandboxctl.cli import show
from sandboxctl.cli.session import Session

if TYPE_CHECKING:
    from sandboxctl.engine.protocol import Engine
    from sandboxctl.lifecycle.ledger import Event
    from sandboxctl.lifecycle.went_out import WentOut


def remember(
    session: Session, engine: Engine, verb: str, sandbox: str, what: str, **detail: object
) -> None:
    """Add one event, after it is so on the engine."""
    from sandboxctl.errors import SandboxError
    from sandboxctl.lifecycle import ledger

    if lasts(engine):
        try:
            ledger.write(event(engine, verb, sandbox, what, **detail))
        except SandboxError as error:
            _warn(session, error)


def remember_all(session: Session, engine: Engine, events: Sequence[Event]) -> None:
    """Add several events of one command, at once."""
    from sandboxctl.errors import SandboxError
    from sandboxctl.lifecycle import ledger

    if lasts(engine) and events:
        try:
            ledger.write_all(events)
        except SandboxError as error:
            _warn(session, error)


def remember_what_went_out(
    session: Session, engine: Engine, sandbox: str, outward: Sequence[WentOut]
) -> None:
    """What a proxy saw goes with its generation, so it is written down before."""
    if outward:
        told = [asdict(one) for one in outward]
        remember(session, engine, "went out", sandbox, f"{len(told)} places", places=told)


def event(engine: Engine, verb: str, sandbox: str, what: str, **detail: object) -> Event:
    """Something that is done now, by whoever runs this command."""
    from sandboxctl import clock
    from sandboxctl.lifecycle.ledger import Event, me

    return Event(clock.now(), engine.den.name, verb, sandbox, what, me(), detail)


def lasts(engine: Engine) -> bool:
    """Whether there is anything to remember: a den in memory ends with its command."""
    memory = sys.modules.get("sandboxctl.engine.memory")  # where nobody imported it, it is none
    return memory is None or not isinstance(engine, memory.MemoryEngine)


def _warn(session: Session, error: Exception) -> None:
    hint = getattr(error, "hint", "")
    if session.json:
        click.echo(json.dumps({"warning": str(error), "hint": hint}), err=True)
    show.aside(session, f"Done, and not written down: {error}")
    show.aside(session, f"  → {hint}")
