"""`restart`: the same containers with the same data, stopped and started."""

from __future__ import annotations

import time

import click

from sandboxctl.cli import show
from sandboxctl.cli.session import Session, Verb, sandboxes, services
from sandboxctl.cli.up import PATIENCE
from sandboxctl.cli.visible import keep_secret


@click.command("restart", cls=Verb)
@click.argument("sandbox", metavar="N", shell_complete=sandboxes)
@click.argument("service", required=False, shell_complete=services)
@click.pass_obj
def restart_verb(session: Session, sandbox: str, service: str | None) -> int:
    """Stop and start services; their data stays."""
    began = time.monotonic()
    with session.connected() as engine:
        from sandboxctl.cli.carry import carry_plan, enter, looked
        from sandboxctl.lifecycle.reset import known
        from sandboxctl.lifecycle.restart import plan_restart

        known(looked(session, engine, lambda: engine.observe(sandbox)))
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
