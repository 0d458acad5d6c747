"""`reset` and `restart`: the same sandbox, again."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import click

from sandboxctl.cli import exceptions, show
from sandboxctl.cli.history import remember, remember_what_went_out
from sandboxctl.cli.session import Session, Verb, sandboxes, services
from sandboxctl.cli.up import PATIENCE, attention, known_to
from sandboxctl.cli.visible import keep_secret

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
    from sandboxctl.lifecycle.went_out import went_out

    began = time.monotonic()
    with session.connected() as engine:
        before = known(engine.observe(sandbox)).live
        enter(session, engine)
        with engine.lock(sandbox, patience=PATIENCE):
            proposal = plan_reset(engine, sandbox)
            keep_secret(known_to(engine, proposal))
            outward = went_out(engine, sandbox)
            code = carry(session, engine, proposal, title=f"{sandbox} back to minute zero")
            outcome = f"failed ({code})" if code else "back at minute zero"
            remember(session, engine, "reset", sandbox, outcome, lost=list(proposal.lost))
            remember_what_went_out(session, engine, sandbox, outward)
            if code:
                _tell_stopped(session, engine, sandbox, before)
                return code
            answered = engine.fetch(sandbox).status
        _tell(session, engine, sandbox, proposal.lost, time.monotonic() - began, answered)
    return 0 if answered < 500 else 1


def _tell_stopped(session: Session, engine: Engine, sandbox: str, before: int) -> None:
    """Where the failed reset was an attempt to mend what had ended."""
    now = engine.observe(sandbox)
    runs = now.live and any(seen.runs for seen in now.live.services.values())
    if now.record and now.record.live == before and not runs:
        show.aside(session, f"The reset failed, and the old one of {sandbox} does not run either.")


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
    show.say(session, f"{sandbox} is back at minute zero: {now.link}")
    notes = attention(session, sandbox, answered)
    show.facts(
        session,
        {
            "sandbox": sandbox,
            "link": now.link,
            "url": now.url,
            "generation": now.generation,
            "seconds": round(seconds, 2),
            "first_page": answered,
            **notes,
            **exceptions.facts(session, now.exceptions),
            "lost": [f"what was entered in {name}" for name in lost]
            or ["nothing: no service keeps data"],
            "kept": ["address", "key", "lease", "images"],
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
            keep_secret(engine.known(sandbox))
            plan = plan_restart(engine, sandbox, service)
            code = carry_plan(session, engine, plan, title=f"{sandbox} again")
    if code == 0:
        seconds = round(time.monotonic() - began, 2)
        show.facts(
            session,
            {"sandbox": sandbox, "restarted": service or "all services", "seconds": seconds},
        )
    return code
