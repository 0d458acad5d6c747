"""Carrying a proposal out in front of somebody: the board, the failures, the exit code."""

from __future__ import annotations

import sys
from functools import partial
from typing import TYPE_CHECKING

from sandboxctl.cli.board import board
from sandboxctl.cli.edge import complain
from sandboxctl.cli.session import Session
from sandboxctl.lifecycle.change import Proposal, carry_out
from sandboxctl.lifecycle.execute import Failures, Listener, News, execute
from sandboxctl.sandbox.plan import Plan

if TYPE_CHECKING:
    from sandboxctl.engine.protocol import Engine


def enter(session: Session, engine: Engine) -> None:
    """Make the den ready to be changed, saying what that takes."""
    with board(session, title="Getting the den ready") as tell:
        engine.enter(partial(noted, tell))


def noted(tell: Listener, text: str) -> None:
    tell(News(None, "working", text))


def carry(session: Session, engine: Engine, proposal: Proposal, *, title: str = "") -> int:
    """Do what is proposed; the exit code."""
    with board(session, proposal.plan, title=title) as tell:
        failed = carry_out(engine, proposal, tell)
    return failures(session, failed)


def carry_plan(session: Session, engine: Engine, plan: Plan, *, title: str = "") -> int:
    """Do a plan that needs no looking again; the exit code."""
    with board(session, plan, title=title) as tell:
        failed = execute(plan, engine, tell=tell)
    return failures(session, failed)


def failures(session: Session, failed: Failures) -> int:
    """Say what went wrong and what helps; the exit code, 1 unless all failed alike."""
    for step, error in failed.items():
        where = f"{step.sandbox}: {step.operation}: "
        complain(error, where, as_json=session.looks(sys.stderr) == "json")
    codes = {error.exit_code for error in failed.values()}
    return codes.pop() if len(codes) == 1 else int(bool(codes))
