"""`reset`: a sandbox back to minute zero, or back from there."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import click

from sandboxctl.cli import exceptions, show
from sandboxctl.cli.called import command
from sandboxctl.cli.history import remember, remember_what_went_out
from sandboxctl.cli.session import Session, Verb, sandboxes
from sandboxctl.cli.up import PATIENCE, attention, known_to
from sandboxctl.cli.visible import keep_secret

if TYPE_CHECKING:
    from sandboxctl.engine.protocol import Engine
    from sandboxctl.lifecycle.change import Proposal


@click.command("reset", cls=Verb)
@click.argument("sandbox", metavar="N", shell_complete=sandboxes)
@click.option("--undo", is_flag=True, help="Return to what the last reset replaced.")
@click.pass_obj
def reset_verb(session: Session, sandbox: str, undo: bool) -> int:
    """Put a sandbox back to minute zero.

    The next generation is built beside the old one, which serves until that is ready.
    Address, lease and images stay. What was entered is kept for half an hour (`sandboxctl den`
    shows and sets `undo`): so long, `--undo` brings it back.
    """
    began = time.monotonic()
    what = "back to before the reset" if undo else "back to minute zero"
    with session.connected() as engine:
        from sandboxctl import clock
        from sandboxctl.cli.carry import carry, enter, looked
        from sandboxctl.lifecycle.reset import known, plan_reset
        from sandboxctl.lifecycle.undo import plan_undo
        from sandboxctl.lifecycle.went_out import went_out

        before = known(looked(session, engine, lambda: engine.observe(sandbox))).live
        enter(session, engine)
        with engine.lock(sandbox, patience=PATIENCE):
            now = clock.now()
            proposal = (
                plan_undo(engine, sandbox, now=now)
                if undo
                else plan_reset(engine, sandbox, now=now)
            )
            keep_secret(known_to(engine, proposal))
            outward = went_out(engine, sandbox)
            code = carry(session, engine, proposal, title=f"{sandbox} {what}")
            outcome = f"failed ({code})" if code else what
            remember(session, engine, "reset", sandbox, outcome, lost=list(proposal.lost))
            remember_what_went_out(session, engine, sandbox, outward)
            if code:
                _tell_stopped(session, engine, sandbox, before)
                return code
            answered = engine.fetch(sandbox).status
        _tell(session, engine, proposal, time.monotonic() - began, answered)
    return 0 if answered < 500 else 1


def _tell_stopped(session: Session, engine: Engine, sandbox: str, before: int) -> None:
    """Where the failed reset was an attempt to mend what had ended."""
    now = engine.observe(sandbox)
    runs = now.live and any(seen.runs for seen in now.live.services.values())
    if now.record and now.record.live == before and not runs:
        show.aside(session, f"The reset failed, and the old one of {sandbox} does not run either.")


def _tell(
    session: Session, engine: Engine, proposal: Proposal, seconds: float, answered: int
) -> None:
    from sandboxctl import clock
    from sandboxctl.lifecycle.status import status

    sandbox, undone = proposal.sandbox, proposal.wanted and proposal.wanted.why == "undo"
    now = status(engine, sandbox, now=clock.now())
    where = "as it was before" if undone else "back at minute zero"
    show.say(session, f"{sandbox} is {where}: {now.link}")
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
            **_lost(engine, proposal),
            "kept": ["address", "key", "lease", "images"],
        },
    )


def _lost(engine: Engine, proposal: Proposal) -> dict[str, show.Value]:
    """What is not there any more, and until when it can be had back."""
    record = engine.observe(proposal.sandbox).record
    aside = record.asides[0] if record and record.asides else None
    lost: list[show.Value] = [f"what was entered in {name}" for name in proposal.lost]
    if not lost:
        return {"lost": ["nothing: no service keeps data"]}
    if aside is None:
        return {"lost": lost}
    back = f"until {show.words(aside.until)}: `{command('reset', proposal.sandbox)} --undo`"
    return {"lost": lost, "comes_back": back}
