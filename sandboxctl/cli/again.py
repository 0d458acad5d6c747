"""`reset` and `restart`: the same sandbox, again."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import click

from sandboxctl.cli import show
from sandboxctl.cli.session import Session, Verb, sandboxes, services
from sandboxctl.cli.up import PATIENCE

if TYPE_CHECKING:
    from sandboxctl.engine.protocol import Engine


@click.command("reset", cls=Verb)
@click.argument("sandbox", metavar="N", shell_complete=sandboxes)
@click.pass_obj
def reset_verb(session: Session, sandbox: str) -> int:
    """Put a sandbox back to minute zero.

    The next generation is built beside the old one, which serves until that is ready.
    Address, lease and images stay; what was entered is lost.
    """
    from sandboxctl.cli.carry import carry, enter
    from sandboxctl.lifecycle.reset import known, plan_reset

    began = time.monotonic()
    with session.connected() as engine:
        before = known(engine.observe(sandbox)).live
        enter(session, engine)
        with engine.lock(sandbox, patience=PATIENCE):
            proposal = plan_reset(engine, sandbox)
            code = carry(session, engine, proposal, title=f"{sandbox} back to minute zero")
            if code:
                return (
                    code
                    if _moved(engine, sandbox, before)
                    else _kept(session, engine, sandbox, code)
                )
            answered = answer(engine, sandbox)
        _tell(session, engine, sandbox, proposal.lost, time.monotonic() - began, answered)
    return 0 if answered < 500 else 1


def answer(engine: Engine, sandbox: str) -> int:
    """The HTTP status of its first page, asked through the gateway as a team would."""
    return engine.fetch(sandbox).status


def _moved(engine: Engine, sandbox: str, before: int) -> bool:
    record = engine.observe(sandbox).record
    return record is not None and record.live != before


def _kept(session: Session, engine: Engine, sandbox: str, code: int) -> int:
    observed = engine.observe(sandbox)
    serves = bool(observed.live and any(seen.runs for seen in observed.live.services.values()))
    if serves:
        show.aside(
            session, f"The reset failed. The old one of {sandbox} keeps serving, nothing was lost."
        )
    else:
        show.aside(session, f"The reset failed, and the old one of {sandbox} does not run either.")
    return code


def _tell(
    session: Session,
    engine: Engine,
    sandbox: str,
    lost: tuple[str, ...],
    seconds: float,
    answered: int,
) -> None:
    from sandboxctl import clock
    from sandboxctl.lifecycle.status import status

    now = status(engine, sandbox, now=clock.now())
    show.say(session, f"{sandbox} is back at minute zero: {now.url}")
    show.facts(
        session,
        {
            "sandbox": sandbox,
            "url": now.url,
            "generation": now.generation,
            "seconds": round(seconds, 2),
            "first_page": answered,
            "lost": [f"what was entered in {name}" for name in lost]
            or ["nothing: no service keeps data"],
            "kept": ["address", "lease", "images"],
        },
    )


@click.command("restart", cls=Verb)
@click.argument("sandbox", metavar="N", shell_complete=sandboxes)
@click.argument("service", required=False, shell_complete=services)
@click.pass_obj
def restart_verb(session: Session, sandbox: str, service: str | None) -> int:
    """Stop and start services; their data stays."""
    from sandboxctl.cli.carry import carry_plan, enter
    from sandboxctl.lifecycle.reset import known
    from sandboxctl.lifecycle.restart import plan_restart

    began = time.monotonic()
    with session.connected() as engine:
        known(engine.observe(sandbox))
        enter(session, engine)
        with engine.lock(sandbox, patience=PATIENCE):
            plan = plan_restart(engine, sandbox, service)
            code = carry_plan(session, engine, plan, title=f"{sandbox} again")
    if code == 0:
        seconds = round(time.monotonic() - began, 2)
        show.facts(
            session,
            {"sandbox": sandbox, "restarted": service or "all services", "seconds": seconds},
        )
    return code
