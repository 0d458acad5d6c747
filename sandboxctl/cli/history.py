"""What a command has done, written into the ledger; it stays done where that cannot be written."""

from __future__ import annotations

import json
from collections.abc import Sequence
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
    remember_all(session, engine, [event(engine, verb, sandbox, what, **detail)])


def remember_all(session: Session, engine: Engine, events: Sequence[Event | None]) -> None:
    """Add several events of one command, at once."""
    from sandboxctl.lifecycle import telling

    if error := telling.write(engine, events):
        _warn(session, error)


def remember_what_went_out(
    session: Session, engine: Engine, sandbox: str, outward: Sequence[WentOut]
) -> None:
    """What a proxy saw goes with its generation, so it is written down before."""
    from sandboxctl.lifecycle.telling import outward_event

    remember_all(session, engine, [outward_event(engine, sandbox, outward)])


def event(engine: Engine, verb: str, sandbox: str, what: str, **detail: object) -> Event:
    """Something that is done now, by whoever runs this command."""
    from sandboxctl.lifecycle import telling

    return telling.event(engine, verb, sandbox, what, who="", **detail)


def _warn(session: Session, error: Exception) -> None:
    hint = getattr(error, "hint", "")
    if session.json:
        click.echo(json.dumps({"warning": str(error), "hint": hint}), err=True)
    show.aside(session, f"Done, and not written down: {error}")
    show.aside(session, f"  → {hint}")
