"""`workshop`: a sandbox for each team, and what is done to all of them at once."""

from __future__ import annotations

import click

from sandboxctl.cli.lazily import Lazy

MODULES = {
    "up": "workshop_up",
    "ls": "workshop_look",
    "status": "workshop_look",
    "sheet": "workshop_sheet",
    "reset": "workshop_all",
    "extend": "workshop_all",
    "pause": "workshop_all",
    "resume": "workshop_all",
    "close": "workshop_close",
}


@click.group("workshop", cls=Lazy, modules=MODULES)
def workshop_verb() -> None:
    """Many sandboxes at once, one for each team."""
