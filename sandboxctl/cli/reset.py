"""`reset`: a sandbox back to minute zero, or back from there."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import click

from sandboxctl.cli import exceptions, show
from sandboxctl.cli.called import command
from sandboxctl.cli.history import remember, remember_what_went_out
from sandboxctl.cli.session import Session, Verb, sandboxes, services
from sandboxctl.cli.up import PATIENCE, attention, known_to
from sandboxctl.cli.visible import keep_secret

if TYPE_CHECKING:
    from datetime import datetime

    from sandboxctl.engine.protocol import Engine
    from sandboxctl.lifecycle.change import Proposal
    from sandboxctl.sandbox.state import Aside, Beside, Record


@click.command("reset", cls=Verb)
@click.argument("sandbox", metavar="N", shell_complete=sandboxes)
@click.option(
    "--service", metavar="S", shell_complete=services, help="This service only, in its place."
)
@click.option("--undo", is_flag=True, help="Return to what the last reset replaced.")
@click.pass_obj
def reset_verb(session: Session, sandbox: str, service: str | None, undo: bool) -> int:
    """Put a sandbox back to minute zero.

    The next generation is built beside the old one, which serves until that is ready.
    Address, lease and images stay. What was entered is kept for half an hour (`sandboxctl den`
    shows and sets `undo`): so long, `--undo` brings it back.
    """
    began = time.monotonic()
    of = f"{service} of {sandbox}" if service else sandbox
    what = f"{of} back to {'before the reset' if undo else 'minute zero'}"
    with session.connected() as engine:
        quick = not (undo or service)
        if quick and (code := _from_spare(session, engine, sandbox, began)) is not None:
            return code
        from sandboxctl import clock
        from sandboxctl.cli.carry import enter, looked
        from sandboxctl.lifecycle.reset import known
        from sandboxctl.lifecycle.went_out import went_out

        before = known(looked(session, engine, lambda: engine.observe(sandbox))).live
        enter(session, engine)
        with engine.lock(sandbox, patience=PATIENCE):
            proposal = _proposed(engine, sandbox, service, undo=undo, now=clock.now())
            keep_secret(known_to(engine, proposal))
            outward = went_out(engine, sandbox, proposal.observed)
            code = _carried(session, engine, proposal, service, what)
            outcome = f"failed ({code})" if code else what.removeprefix(f"{sandbox} ")
            took: dict[str, object] = {"seconds": round(time.monotonic() - began, 2)}
            took = {} if code or service else took  # what is measured is a whole reset
            remember(session, engine, "reset", sandbox, outcome, lost=list(proposal.lost), **took)
            remember_what_went_out(session, engine, sandbox, outward)
            if code:
                _tell_stopped(session, engine, sandbox, before)
                return code
            answered = engine.fetch(sandbox).status
        seconds = time.monotonic() - began
        tell(session, engine, proposal, seconds, answered, service=service or "")
    return 0 if answered < 500 else 1


def _from_spare(session: Session, engine: Engine, sandbox: str, began: float) -> int | None:
    """The exit code where a spare was taken; None where there is none, or the den has to be made
    ready first. No list of anything is asked for: what is decided is enough."""
    from sandboxctl import clock
    from sandboxctl.errors import EngineError
    from sandboxctl.lifecycle.claim import plan_claim, take_spare
    from sandboxctl.lifecycle.reset import tidy_up
    from sandboxctl.lifecycle.went_out import went_out
    from sandboxctl.sandbox.names import EGRESS

    try:
        found = plan_claim(engine, sandbox, now=clock.now())
    except EngineError:
        return None
    if found is None or found.wanted is None:
        return None
    with engine.lock(sandbox, patience=PATIENCE):
        goes_out = EGRESS in found.wanted.recipe.containers
        outward = went_out(engine, sandbox) if goes_out else ()
        taken = take_spare(engine, sandbox, now=clock.now(), tell=lambda _: None)
        if taken is None:
            return None
        proposal, failed = taken
        if failed:
            from sandboxctl.cli.carry import failures

            remember(session, engine, "reset", sandbox, "failed", lost=list(proposal.lost))
            return failures(session, failed)
        answered = engine.fetch(sandbox).status
        took = time.monotonic() - began
        tell(session, engine, proposal, took, answered)
        told = {"lost": list(proposal.lost), "seconds": round(took, 2), "spare": True}
        remember(session, engine, "reset", sandbox, "back to minute zero", **told)
        remember_what_went_out(session, engine, sandbox, outward)
        tidy_up(engine, proposal)
    return 0 if answered < 500 else 1


def _proposed(
    engine: Engine, sandbox: str, service: str | None, *, undo: bool, now: datetime
) -> Proposal:
    from sandboxctl.lifecycle.in_place import plan_in_place, plan_in_place_undo
    from sandboxctl.lifecycle.reset import plan_reset
    from sandboxctl.lifecycle.undo import plan_undo

    if service:
        plan = plan_in_place_undo if undo else plan_in_place
        return plan(engine, sandbox, service, now=now)
    return (plan_undo if undo else plan_reset)(engine, sandbox, now=now)


def _carried(
    session: Session, engine: Engine, proposal: Proposal, service: str | None, title: str
) -> int:
    from sandboxctl.cli.board import board
    from sandboxctl.cli.carry import carry, failures
    from sandboxctl.lifecycle.in_place import carry_out

    if not service:
        return carry(session, engine, proposal, title=title)
    with board(session, proposal.plan, title=title) as tell:
        failed, back = carry_out(engine, proposal, tell)
    code = failures(session, failed)
    if failed and back:
        told = f"{service} was taken back as it was, with its data; {proposal.sandbox} serves."
        show.aside(session, told)
    return code


def _tell_stopped(session: Session, engine: Engine, sandbox: str, before: int) -> None:
    """Where the failed reset was an attempt to mend what had ended."""
    now = engine.observe(sandbox)
    runs = now.live and any(seen.runs for seen in now.live.services.values())
    if now.record and now.record.live == before and not runs:
        show.aside(session, f"The reset failed, and the old one of {sandbox} does not run either.")


def tell(
    session: Session,
    engine: Engine,
    proposal: Proposal,
    seconds: float,
    answered: int,
    *,
    back_to: str = "",
    service: str = "",
) -> None:
    """What is so now, how long it took, and what was lost and kept. ``back_to`` a snapshot;
    ``service`` the one that this was about, where it was about one."""
    from sandboxctl import clock
    from sandboxctl.lifecycle.trust import standing_of

    sandbox, undone = proposal.sandbox, proposal.wanted and proposal.wanted.why == "undo"
    record, den = engine.records()[sandbox], engine.den
    link = den.link(sandbox, record.key, slot=record.slot) if record.key else ""
    standing = standing_of(engine, engine.recipe(record.recipe), clock.now())
    where = "as it was before" if undone else f"back at {back_to or 'minute zero'}"
    what = f"{service} of {sandbox}" if service else sandbox
    show.say(session, f"{what} is {where}: {link}")
    notes = attention(session, sandbox, answered)
    show.facts(
        session,
        {
            "sandbox": sandbox,
            **({"service": service} if service else {}),
            "link": link,
            "url": den.url(sandbox, slot=record.slot),
            "generation": record.live,
            **_from(session, proposal),
            "seconds": round(seconds, 2),
            "first_page": answered,
            **notes,
            **exceptions.facts(session, standing),
            **_lost(record, proposal, service),
            **_restarted(engine, proposal, service),
            "kept": _kept(proposal, service),
        },
    )


def _from(session: Session, proposal: Proposal) -> dict[str, show.Value]:
    """Whether a spare was taken; for people only where one was."""
    from sandboxctl.lifecycle.claim import spare_of

    spare = spare_of(proposal)
    if session.json:
        return {"spare": spare or None}
    return {"from": "a spare, which was ready"} if spare else {}


def _kept(proposal: Proposal, service: str) -> list[show.Value]:
    always: list[show.Value] = ["address", "key", "lease", "images"]
    if not service or proposal.wanted is None:
        return always
    others = {n for n, c in proposal.wanted.recipe.containers.items() if c.stateful} - {service}
    return [*always, *(f"what was entered in {name}" for name in sorted(others))]


def _restarted(engine: Engine, proposal: Proposal, service: str) -> dict[str, show.Value]:
    """What depends on the service may remember what is gone, so it began anew."""
    from sandboxctl.sandbox.exchange import dependents

    if not service or proposal.wanted is None:
        return {}
    live = engine.observe(proposal.sandbox).live
    if live is None:
        return {}
    found = dependents(proposal.wanted.recipe.containers, service)
    again: list[show.Value] = [name for name in found if name in live.services]
    return {"restarted": again} if again else {}


def _lost(record: Record, proposal: Proposal, service: str) -> dict[str, show.Value]:
    """What is not there any more, and until when it can be had back."""
    from sandboxctl.sandbox.state import Aside, Beside

    aside: Aside | Beside | None = record.asides[0] if record.asides else None
    undo = command("reset", proposal.sandbox)
    if service:
        aside = record.beside.get(service)
        undo += f" --service {service}"
    lost: list[show.Value] = [f"what was entered in {name}" for name in proposal.lost]
    wanted = proposal.wanted
    keeps = wanted and (not service or wanted.recipe.containers[service].stateful)
    if not lost and wanted and wanted.why == "undo" and keeps:
        return {"lost": ["nothing: it was undone already"]}
    if not lost:
        nobody = f"{service} keeps no data" if service else "no service keeps data"
        return {"lost": [f"nothing: {nobody}"]}
    if aside is None:
        return {"lost": lost}
    back = f"{undo} --undo"
    if isinstance(aside, Beside) and aside.undone:
        back = command("restore", proposal.sandbox, f"auto-{service}")
    if isinstance(aside, Aside) and aside.why == "undo":
        back = f"{command('restore', proposal.sandbox)} auto-{aside.generation}"
    return {"lost": lost, "comes_back": f"until {show.words(aside.until)}: `{back}`"}
