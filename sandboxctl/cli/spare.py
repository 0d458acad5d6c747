"""Spares at the command line: how many there should be, and those that are made at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from sandboxctl.cli import show
from sandboxctl.cli.called import command
from sandboxctl.cli.session import Session

if TYPE_CHECKING:
    from sandboxctl.engine.protocol import Engine
    from sandboxctl.lifecycle.status import Status

MOST = 40
"""Spares that one sandbox may ask for."""
F = TypeVar("F", bound=Callable[..., Any])


def spares_option(verb: F) -> F:
    """``--spares N``."""
    return click.option(
        "--spares",
        type=click.IntRange(0, MOST),
        metavar="N",
        help="How many generations stand ready, so that a reset takes milliseconds.",
    )(verb)


def stand_ready(session: Session, engine: Engine, sandbox: str) -> int:
    """Make what a sandbox asks for and is not there, where nobody watches the den; the exit code.
    The sandbox is up all the same."""
    return stand_ready_all(session, engine, [engine.records()[sandbox].recipe], sandbox)


def stand_ready_all(session: Session, engine: Engine, recipes: Iterable[str], whom: str) -> int:
    """The same of several recipes, for ``whom`` they are."""
    from sandboxctl import clock
    from sandboxctl.cli.board import board
    from sandboxctl.cli.carry import failures
    from sandboxctl.lifecycle.execute import execute
    from sandboxctl.lifecycle.spares import lock_of, make_one, plan_without_bad
    from sandboxctl.lifecycle.spares_wanted import wanted_spares
    from sandboxctl.lifecycle.watch import LOCK
    from sandboxctl.sandbox.sparing import too_few

    if engine.holder(LOCK):
        show.aside(session, "The spares are being made by whoever watches the den.")
        return 0
    for digest in recipes:
        with engine.lock(lock_of(digest), patience=10):
            if left := plan_without_bad(engine, digest):
                with board(session, left, title="Spares that nobody may have") as tell:
                    failed = execute(left, engine, tell=tell)
                if failed:
                    return failures(session, failed)
            while digest in too_few(engine.spares(), wanted_spares(engine, clock.now())):
                with board(session, title=f"A spare for {whom}") as tell:
                    failed = make_one(engine, digest, now=clock.now(), tell=tell)
                if failed:
                    return failures(session, failed, tidied=True)
    show.aside(session, f"`{command('watch')}` makes another spare whenever one is taken.")
    return 0


def facts(session: Session, status: Status) -> dict[str, show.Value]:
    """How many stand ready, of how many; for people only where somebody wants some."""
    if session.json:
        return {"spares": {"ready": status.spares_ready, "wanted": status.spares_wanted}}
    told = f"{status.spares_ready} of {status.spares_wanted} ready"
    return {"spares": told} if status.spares_wanted or status.spares_ready else {}
