"""`extend`: a sandbox may live longer."""

from __future__ import annotations

from datetime import datetime, timedelta

import click

from sandboxctl.cli import given, show
from sandboxctl.cli.history import remember
from sandboxctl.cli.session import Session, Verb, sandboxes
from sandboxctl.cli.up import PATIENCE


@click.command("extend", cls=Verb)
@click.argument("sandbox", metavar="N", shell_complete=sandboxes)
@click.argument("longer", metavar="[DURATION]", type=given.lifetime, required=False)
@click.option("--until", type=given.until, metavar="HH:MM", help="Until when it may live: 17:00.")
@click.pass_obj
def extend_verb(
    session: Session, sandbox: str, longer: timedelta | None, until: datetime | None
) -> int:
    """Let a sandbox live longer.

    2h more, or until 17:00. What is over already lives from now on, as long as it is still there.
    Nothing else changes.
    """
    if longer and until:
        raise click.UsageError("how much longer and --until are two ends: give one of them")
    if not longer and not until:
        raise click.UsageError("say how much longer, such as 2h, or --until 17:00")
    from sandboxctl import clock
    from sandboxctl.cli.carry import carry_plan, enter
    from sandboxctl.lifecycle.extend import plan_extend
    from sandboxctl.lifecycle.reset import known

    with session.connected() as engine:
        known(engine.observe(sandbox))
        enter(session, engine)
        with engine.lock(sandbox, patience=PATIENCE):
            now = clock.now()
            found = plan_extend(engine, sandbox, now=now, by=longer, until=until)
            code = carry_plan(session, engine, found.plan, title=f"{sandbox} lives on")
        if code == 0 and found.plan:
            remember(session, engine, "extend", sandbox, f"until {found.until.isoformat()}")
    if code == 0:
        show.facts(
            session,
            {
                "sandbox": sandbox,
                "lease_until": found.until,
                "it_was_until": found.before,
                "left": found.until - now,
            },
        )
    return code
