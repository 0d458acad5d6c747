"""`completion`: commands, sandboxes, services and settings by the tab key."""

from __future__ import annotations

import sys

import click
from click.shell_completion import get_completion_class

from sandboxctl.cli import show
from sandboxctl.cli.session import Session, Verb

PLACES = {
    "bash": "~/.local/share/bash-completion/completions/sandboxctl",
    "zsh": "a folder of $fpath, as _sandboxctl: for instance ~/.zsh/completions/_sandboxctl",
    "fish": "~/.config/fish/completions/sandboxctl.fish",
}


@click.command("completion", cls=Verb)
@click.argument("shell", type=click.Choice(list(PLACES)))
@click.pass_obj
def completion_verb(session: Session, shell: str) -> None:
    """Print the script that completes commands in a shell.

    Save what it prints where it says, and open a new shell.
    """
    from sandboxctl.cli.main import main

    kind = get_completion_class(shell)
    assert kind is not None
    click.echo(kind(main, {}, "sandboxctl", "_SANDBOXCTL_COMPLETE").source())
    if sys.stdout.isatty() and sys.stderr.isatty():  # `source <(…)` is not a place to save it
        show.aside(session, f"Save it as {PLACES[shell]}")
