"""Carrying a proposal out in front of somebody: the board, the failures, the exit code."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, TypeVar

import click

from sandboxctl.cli import show
from sandboxctl.cli.board import board
from sandboxctl.cli.edge import complain
from sandboxctl.cli.session import Session
from sandboxctl.cli.visible import as_json
from sandboxctl.errors import EngineError
from sandboxctl.lifecycle.change import Proposal, carry_out
from sandboxctl.lifecycle.execute import Failures, Listener, News, execute
from sandboxctl.sandbox.operations import Answers
from sandboxctl.sandbox.plan import Plan

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandboxctl.engine.protocol import Engine
    from sandboxctl.errors import SandboxError
    from sandboxctl.lifecycle.many import Proposals
    from sandboxctl.sandbox.state import Observed

Seen = TypeVar("Seen")


def enter(session: Session, engine: Engine) -> None:
    """Make the den ready to be changed, saying what that takes."""
    with board(session, title="Getting the den ready") as tell:
        engine.enter(partial(noted, tell))


def looked(session: Session, engine: Engine, look: Callable[[], Seen]) -> Seen:
    """What a look at the den says; a gateway that somebody removed is made again to find out."""
    try:
        return look()
    except EngineError as error:
        if "gateway" not in str(error) or "is gone" not in str(error):
            raise
        enter(session, engine)
        return look()


def noted(tell: Listener, text: str) -> None:
    tell(News(None, "working", text))


def carry(session: Session, engine: Engine, proposal: Proposal, *, title: str = "") -> int:
    """Do what is proposed; the exit code."""
    with board(session, proposal.plan, title=title) as tell:
        failed = carry_out(engine, proposal, tell)
    kept = _kept(engine, proposal) if failed else 0
    code = failures(session, failed, tidied=bool(kept))
    if kept:
        _tell_kept(session, proposal.sandbox, kept)
    elif failed and _running(proposal.observed):
        words = "could not be put back as it was, either; the same command goes on from here."
        show.aside(session, f"{proposal.sandbox} {words}")
    return code


def _kept(engine: Engine, proposal: Proposal) -> int:
    """The generation that served before and still does, all of it; 0 if there is none."""
    before, now = proposal.observed, engine.observe(proposal.sandbox)
    if not before.record or not now.record or now.record.live != before.record.live:
        return 0
    ran = _running(before)
    serves = ran and ran <= _running(now) and not (now.record.held or now.record.paused)
    return now.record.live if serves else 0


def _running(observed: Observed) -> set[str]:
    live = observed.live
    return {name for name, seen in live.services.items() if seen.runs} if live else set()


def _tell_kept(session: Session, sandbox: str, generation: int) -> None:
    if session.json:
        kept = {"sandbox": sandbox, "state": "still serves", "generation": generation}
        click.echo(as_json(kept), err=True)
    show.aside(
        session,
        f"{sandbox} still serves generation {generation} as before; nothing entered in it was "
        "lost. What was begun beside it has been taken away.",
    )


class Answered:
    """Passes news on, and knows after how many seconds each sandbox's page was read."""

    def __init__(self, tell: Listener) -> None:
        self._tell, self._began = tell, time.monotonic()
        self.seconds: dict[str, float] = {}

    def __call__(self, news: News) -> None:
        if news.step and news.state == "done" and isinstance(news.step.operation, Answers):
            self.seconds[news.step.sandbox] = round(time.monotonic() - self._began, 3)
        self._tell(news)


def carry_all(
    session: Session, engine: Engine, proposals: Proposals, *, title: str = ""
) -> tuple[int, Mapping[str, SandboxError], Mapping[str, float]]:
    """Do what is proposed for many sandboxes; the exit code, why some are not as wanted, and after
    how many seconds each of the others answered."""
    from sandboxctl.lifecycle.many import at_once, carry_out_all, failing, plan_of

    with board(session, plan_of(proposals), title=title, by_sandbox=True) as tell:
        answered = Answered(tell)
        failed = carry_out_all(engine, proposals, answered, most=at_once(engine, proposals))
    return failures(session, failed), failing(proposals, failed), answered.seconds


def carry_many(
    session: Session, engine: Engine, plan: Plan, *, title: str = ""
) -> tuple[int, Mapping[str, SandboxError]]:
    """Do a plan for many sandboxes that needs no looking again; the exit code, and why some are
    not as wanted."""
    with board(session, plan, title=title, by_sandbox=True) as tell:
        failed = execute(plan, engine, tell=tell)
    why = {step.sandbox: error for step, error in reversed(list(failed.items()))}
    return failures(session, failed), why


def carry_plan(session: Session, engine: Engine, plan: Plan, *, title: str = "") -> int:
    """Do a plan that needs no looking again; the exit code."""
    with board(session, plan, title=title) as tell:
        failed = execute(plan, engine, tell=tell)
    return failures(session, failed)


def failures(session: Session, failed: Failures, *, tidied: bool = False) -> int:
    """Say what went wrong and what helps; the exit code, 1 unless all failed alike. ``tidied``:
    what failed is gone, with its logs."""
    for step, error in failed.items():
        where = f"{step.sandbox}: {step.operation}: "
        if tidied:
            error.hint = _without_logs(error.hint)
        complain(error, where, looks=session.looks(sys.stderr))
    codes = {error.exit_code for error in failed.values()}
    return codes.pop() if len(codes) == 1 else int(bool(codes))


def _without_logs(hint: str) -> str:
    """What helps, but for the sentence about logs."""
    sentences = hint.replace(". ", ".\n").split("\n")
    return " ".join(one for one in sentences if "`sandboxctl logs " not in one)
