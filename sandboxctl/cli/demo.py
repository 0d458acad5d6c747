"""`demo`: from nothing to a running prototype, whatever is missing."""

from __future__ import annotations

from functools import partial

import click

from sandboxctl.cli.session import Session, Verb

BLUEPRINT, NAME = "repair-right", "demo"


@click.command("demo", cls=Verb, asks=True)
@click.pass_obj
def demo_verb(session: Session) -> int:
    """From nothing to a running prototype.

    Finds a Docker Engine, or says what it will do and installs and starts one; makes what is
    missing; starts the shipped blueprint repair-right as the sandbox `demo`. Doing it again
    takes seconds.
    """
    from sandboxctl.cli.up import bring_up

    _provide(session)
    with session.connected() as engine:
        return bring_up(session, engine, BLUEPRINT, NAME, None, {}, {})


def _provide(session: Session) -> None:
    from sandboxctl.cli.board import board
    from sandboxctl.cli.carry import noted
    from sandboxctl.engine import install
    from sandboxctl.engine.connect import MEMORY, where

    url = where(session.settings, engine=session.engine, context=session.context)
    if url == MEMORY:
        return
    with board(session, title="Finding a Docker Engine") as tell:
        session.engine = install.provide(partial(noted, tell), url=url)
