"""`den`: the settings of a den."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from sandboxctl.cli import given, show
from sandboxctl.cli.session import Session, Verb, settings_keys

if TYPE_CHECKING:
    from sandboxctl.sandbox.den import Den


@click.command("den", cls=Verb)
@click.option(
    "--set",
    "wanted",
    type=given.pair,
    metavar="KEY=VALUE",
    multiple=True,
    shell_complete=settings_keys,
    help="Choose a setting: gateway.port=9090. May be given several times.",
)
@click.option(
    "--unset", multiple=True, shell_complete=settings_keys, help="Back to the default of a setting."
)
@click.option("--list", "listed", is_flag=True, help="The dens that have settings of their own.")
@click.pass_obj
def den_verb(
    session: Session, wanted: tuple[tuple[str, str], ...], unset: tuple[str, ...], listed: bool
) -> None:
    """Show or change the den's settings."""
    from sandboxctl.lifecycle import settings

    if listed:
        found: list[show.Row] = [{"den": name} for name in settings.names()]
        show.rows(session, found, empty="No den has settings of its own.")
        return
    if wanted or unset:
        den = settings.change(session.den, dict(wanted), unset)
        _late(session, {key for key, _ in wanted} | set(unset))
    else:
        den = settings.load(session.den)
    _show(session, den)


def _show(session: Session, den: Den) -> None:
    from sandboxctl import clock
    from sandboxctl.lifecycle import settings

    values = dict(settings.values(den))
    if not session.json:
        values["undo"] = clock.short(den.undo)
    show.facts(session, {"den": den.name, "file": str(settings.file()), **values})
    if session.looks(sys.stdout) != "rich":  # where a line is a fact, a key stands once
        return
    about = {key: text for key, text in settings.keys().items() if text}
    show.say(session)
    for key, text in about.items():
        show.say(session, f"{key}: {text}")


def _late(session: Session, keys: set[str]) -> None:
    """A gateway keeps what it was made with until a command changes something."""
    if any(key.startswith("gateway.") or key == "range" for key in keys):
        show.aside(
            session,
            f"If {session.den} runs already, the next command that changes something puts another "
            "gateway in the place of the one that runs. With another address or port, links are "
            "others, too: `sandboxctl open` prints them.",
        )
