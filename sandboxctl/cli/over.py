"""Sandboxes whose lease is over, where nobody watches: taken away when asked, offered by `up`."""

from __future__ import annotations

import sys
import time
from collections.abc import Collection
from contextlib import ExitStack
from datetime import datetime
from typing import TYPE_CHECKING

import click

from sandboxctl.cli import show
from sandboxctl.cli.called import command
from sandboxctl.cli.history import remember, remember_what_went_out
from sandboxctl.cli.session import Session

if TYPE_CHECKING:
    from sandboxctl.engine.protocol import Engine

offered = click.option(
    "--expired", is_flag=True, help="First take away the sandboxes whose lease is over."
)
"""For verbs that make sandboxes."""


def take_away(session: Session, engine: Engine, *, trusted: bool = False) -> int:
    """`down --expired`: all that is over, but for what another command is changing. The exit code.

    SandboxError where a clock was set, unless it is ``trusted``."""
    from sandboxctl import clock
    from sandboxctl.cli.carry import enter
    from sandboxctl.lifecycle.down import believe, expired

    began = time.monotonic()
    if not engine.pulse():
        show.facts(session, {"removed": [] if session.json else "nothing", "seconds": 0.0})
        return 0
    enter(session, engine)
    now, gone, code = clock.now(), list[show.Value](), 0
    names = expired(engine, now=now)
    if names and not trusted:
        believe(engine, now=now)
    if names:
        gone, code = _remove(session, engine, list(names), now)
    removed = gone if gone or session.json else "nothing"
    show.facts(session, {"removed": removed, "seconds": round(time.monotonic() - began, 2)})
    return code


def offer(
    session: Session, engine: Engine, *, but: Collection[str] = (), agreed: bool = False
) -> None:
    """Before sandboxes are made: say what is over, and take it away if that is ``agreed`` to, by
    the flag or at the terminal. ``but`` are made now, and stay. Nothing where somebody watches.

    `--yes` does not agree to this: it is about other people's sandboxes."""
    from sandboxctl import clock
    from sandboxctl.errors import SandboxError
    from sandboxctl.lifecycle.down import believe, expired
    from sandboxctl.lifecycle.watch import LOCK

    now = clock.now()
    names = [name for name in expired(engine, now=now) if name not in but]
    if not names or (not agreed and engine.holder(LOCK)):
        return
    one = len(names) == 1
    said = f"{'1 sandbox is' if one else f'{len(names)} sandboxes are'} over: {', '.join(names)}."
    try:
        believe(engine, now=now)
    except SandboxError as doubted:
        if agreed:
            raise
        show.aside(session, f"{said} {doubted}")
        return
    if not agreed and not _asked(session, f"{said} Take {'it' if one else 'them'} away?"):
        show.aside(session, f"{said} `{command('down')} --expired` takes away what is over.")
        return
    _remove(session, engine, names, now)


def _asked(session: Session, question: str) -> bool:
    if session.json or session.yes or not (sys.stdin.isatty() and sys.stderr.isatty()):
        return False
    return click.confirm(question, default=False, err=True)


def _remove(
    session: Session, engine: Engine, names: list[str], now: datetime
) -> tuple[list[show.Value], int]:
    """Under the locks of all, and looked at again: somebody may have extended one."""
    from sandboxctl.cli.carry import carry_plan
    from sandboxctl.errors import Held
    from sandboxctl.lifecycle.down import expired, plan_down, plan_orphans, remember_teams
    from sandboxctl.lifecycle.locks import all_held, with_workshops
    from sandboxctl.lifecycle.went_out import went_out
    from sandboxctl.sandbox.plan import Plan

    with ExitStack() as held:
        mine, locked = list[str](), set[str]()
        for name in sorted(names):
            wanted = [one for one in with_workshops(engine.records(), [name]) if one not in locked]
            try:
                held.enter_context(all_held(engine, wanted, patience=0))
                mine.append(name)
                locked |= {*wanted}
            except Held as busy:
                show.aside(session, f"{busy}; {name} stays for now.")
        mine = [name for name in mine if name in expired(engine, now=now)]
        outward = {name: went_out(engine, name) for name in mine}
        plan: Plan = sum((plan_down(engine, name).plan for name in mine), Plan())
        if not plan:
            return [], 0
        remember_teams(engine, mine, now=now)
        plan += plan_orphans(engine)
        code = carry_plan(session, engine, plan, title=f"Taking away {', '.join(mine)}")
        for name, seen in outward.items():
            remember_what_went_out(session, engine, name, seen)
        what = f"failed ({code})" if code else "gone"
        remember(session, engine, "down", " ".join(mine), what, den=False, expired=True)
    return ([] if code else [*mine]), code
