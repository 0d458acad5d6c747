"""`open`: a team's link, in the browser or to be handed on; with another key if that is asked."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import click

from sandboxctl.cli import show
from sandboxctl.cli.called import command
from sandboxctl.cli.session import Session, Verb, sandboxes

if TYPE_CHECKING:
    from sandboxctl.engine.protocol import Engine


@click.command("open", cls=Verb)
@click.argument("sandbox", metavar="N", shell_complete=sandboxes)
@click.option("--print", "only_print", is_flag=True, help="Print the link, open nothing.")
@click.option(
    "--new-key",
    is_flag=True,
    help="Replace the key first: old links stop working, and everybody who is in is cut off.",
)
@click.pass_obj
def open_verb(session: Session, sandbox: str, only_print: bool, new_key: bool) -> int:
    """Show a sandbox in the browser.

    The link carries the sandbox's key. A browser needs it once; afterwards the address is enough.
    """
    with session.connected() as engine:
        from sandboxctl import clock
        from sandboxctl.lifecycle import keys
        from sandboxctl.lifecycle.reset import known
        from sandboxctl.lifecycle.status import status

        known(engine.observe(sandbox))
        if new_key and (code := _replace(session, engine, sandbox)):
            return code
        now = keys.with_link(status(engine, sandbox, now=clock.now()))
        answered = engine.fetch(sandbox).status
    opened = not only_print and _browse(now.link)
    row: show.Row = {"link": now.link, "url": now.url, "answers": answered, "opened": opened}
    show.facts(session, row)
    if not (only_print or opened):
        show.aside(session, "No browser here; copy the link.")
    if answered >= 500:
        show.aside(session, f"It does not answer well; `{command('status', sandbox)}` says why.")
    return int(answered >= 500)


def _replace(session: Session, engine: Engine, sandbox: str) -> int:
    from sandboxctl.cli.carry import carry_plan, enter
    from sandboxctl.cli.up import PATIENCE
    from sandboxctl.lifecycle import keys

    enter(session, engine)
    with engine.lock(sandbox, patience=PATIENCE):
        return carry_plan(session, engine, keys.plan_new_key(sandbox), title=f"{sandbox}: new key")


def _browse(url: str) -> bool:
    """Whether a browser was asked: only where a person with a desktop is."""
    desktop = sys.platform == "darwin" or any(
        name in os.environ for name in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER", "WSL_DISTRO_NAME")
    )
    if not (sys.stdout.isatty() and desktop):
        return False
    import webbrowser

    return webbrowser.open(url)
