"""`up`: a sandbox as its blueprint wants it."""

from __future__ import annotations

import contextlib
import time
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import click

from sandboxctl.cli import exceptions, given, over, show
from sandboxctl.cli.called import command
from sandboxctl.cli.history import remember
from sandboxctl.cli.session import Session, Verb, blueprints
from sandboxctl.cli.spare import spares_option, stand_ready
from sandboxctl.cli.visible import keep_secret

if TYPE_CHECKING:
    from sandboxctl.blueprint.load import Loaded
    from sandboxctl.engine.protocol import Engine
    from sandboxctl.lifecycle.change import Proposal

NEXT = ("open", "logs", "reset", "down")
PATIENCE = 10.0
"""Seconds to wait for another command that is changing the same sandbox."""


@click.command("up", cls=Verb, asks=True)
@click.argument("blueprint", shell_complete=blueprints)
@click.option("--name", metavar="N", help="The sandbox; the blueprint's name unless said.")
@click.option(
    "--lifetime", type=given.lifetime, metavar="DURATION", help="How long it may live: 4h."
)
@click.option("--until", type=given.until, metavar="HH:MM", help="Until when it may live: 17:00.")
@given.set_option
@given.secret_option
@over.offered
@spares_option
@click.pass_obj
def up_verb(
    session: Session,
    blueprint: str,
    name: str | None,
    lifetime: timedelta | None,
    until: datetime | None,
    values: tuple[tuple[str, str], ...],
    secrets: tuple[tuple[str, str], ...],
    expired: bool,
    spares: int | None,
) -> int:
    """Start a sandbox, or bring a running one up to date.

    BLUEPRINT is a folder, a file, or the name of a shipped one.
    """
    end = given.lease(lifetime, until)
    with session.connected() as engine:
        return bring_up(
            session,
            engine,
            blueprint,
            name,
            end,
            dict(values),
            dict(secrets),
            expired=expired,
            spares=spares,
        )


def bring_up(
    session: Session,
    engine: Engine,
    blueprint: str,
    name: str | None,
    until: datetime | None,
    values: dict[str, str],
    secrets: dict[str, str],
    *,
    expired: bool = False,
    spares: int | None = None,
) -> int:
    """The whole of `up`, progress and questions included; its exit code."""
    from sandboxctl import clock
    from sandboxctl.cli.carry import carry, enter
    from sandboxctl.lifecycle.up import plan_up

    began = time.monotonic()
    loaded, sandbox = given.blueprint(engine.den, blueprint, name, values)
    _refused_early(engine, loaded)
    enter(session, engine)
    over.offer(session, engine, but=[sandbox], agreed=expired)
    with engine.lock(sandbox, patience=PATIENCE):
        asked = clock.now()
        proposal = plan_up(
            engine, loaded, sandbox, now=asked, until=until, given=secrets, spares=spares
        )
        keep_secret(known_to(engine, proposal))
        if proposal.lost and not _agreed(session, proposal):
            show.aside(session, "Nothing was changed.")
            return 1
        title = f"{loaded.blueprint.title or loaded.blueprint.name} · {sandbox}"
        code = carry(session, engine, proposal, title=title)
    wanted = proposal.wanted
    asked_for = [f"{one.service}: {one.grant}" for one in loaded.blueprint.exceptions]
    facts = {
        "blueprint": loaded.blueprint.name,
        "recipe": wanted.recipe.digest if wanted else "",
        "steps": len(proposal.plan.steps),
        "exceptions": asked_for,
    }
    remember(session, engine, "up", sandbox, f"failed ({code})" if code else "ready", **facts)
    if code:
        return code
    _tell(session, engine, proposal, time.monotonic() - began)
    return stand_ready(session, engine, sandbox) if spares else 0


def _refused_early(engine: Engine, loaded: Loaded) -> None:
    """Before even a gateway is made for a blueprint that nobody approved. Where the den cannot be
    read yet, it is looked at again once it can."""
    from sandboxctl import clock
    from sandboxctl.errors import EngineError
    from sandboxctl.lifecycle.assemble import assemble
    from sandboxctl.lifecycle.trust import command_for, demand

    if loaded.blueprint.exceptions:
        with contextlib.suppress(EngineError):
            demand(engine, assemble(loaded).recipe, clock.now(), command_for(loaded))


def _agreed(session: Session, proposal: Proposal) -> bool:
    """Whether what the change throws away may go: said exactly, and asked."""
    record = proposal.observed.record
    since = f" since {show.words(record.since)}" if record else ""
    show.aside(session, f"The blueprint of {proposal.sandbox} changed. This would be lost:")
    for service in proposal.lost:
        show.aside(session, f"  {service}: everything entered{since}")
    return session.agreed("Go on and lose that?")


def _tell(session: Session, engine: Engine, proposal: Proposal, seconds: float) -> None:
    from sandboxctl import clock
    from sandboxctl.lifecycle.status import status

    now = status(engine, proposal.sandbox, now=clock.now())
    answered = engine.fetch(now.sandbox).status
    done = "is ready" if proposal.plan else "is as its blueprint wants it"
    done = "runs, and needs ATTENTION" if unwell(answered) else done
    show.say(session, f"{now.sandbox} {done}: {now.link}")
    ends = f"{show.words(now.until)} (in {show.words(now.left)})"
    show.facts(
        session,
        {
            "sandbox": now.sandbox,
            "link": now.link,
            "url": now.url,
            "generation": now.generation,
            "changed": bool(proposal.plan),
            "seconds": round(seconds, 2),
            "first_page": answered,
            **attention(session, now.sandbox, answered),
            **exceptions.facts(session, now.exceptions),
            "lease": now.until if session.json else f"until {ends}",
            **_watched(session, engine),
            "next": [f"curl -L -b '' {now.link}", *(command(verb, now.sandbox) for verb in NEXT)],
        },
    )


def known_to(engine: Engine, proposal: Proposal) -> dict[str, list[str]]:
    """Every secret that may be told of while a proposal is carried out: old ones and new ones."""
    new = proposal.wanted.secrets if proposal.wanted else {}
    old = engine.known(proposal.sandbox) if proposal.observed else {}
    return {
        name: [*old.get(name, ()), *([new[name]] if name in new else ())] for name in {*old, *new}
    }


def _watched(session: Session, engine: Engine) -> dict[str, show.Value]:
    """Who watches the den, for people only where nobody does, and what takes the sandbox away when
    its lease is over."""
    from sandboxctl.lifecycle.watch import LOCK

    holder = engine.holder(LOCK)
    ends = "watch takes it away"
    if not holder:
        ends = f"nothing takes it away by itself; `{command('down')} --expired` does"
    if session.json:
        return {"watched_by": holder or None, "when_it_ends": ends}
    nobody = f"by nobody; `{command('watch')}` ends leases, starts again what stopped with the "
    nobody += "engine, and keeps services within their disk limits"
    return {"when_it_ends": ends} if holder else {"watched": nobody, "when_it_ends": ends}


def unwell(answered: int) -> bool:
    """Whether a first page's HTTP status says that nothing is behind it, or that it broke."""
    return answered < 100 or answered >= 500


def attention(session: Session, sandbox: str, answered: int) -> dict[str, show.Value]:
    """What to look at although everything was done; for people only where there is something."""
    if not unwell(answered):
        return {"attention": None} if session.json else {}
    how = f"answers {answered}" if answered >= 100 else "does not answer"
    why = f"the first page {how}; `{command('logs', sandbox)}` says why"
    return {"attention": why if session.json else f"ATTENTION, {why}"}
