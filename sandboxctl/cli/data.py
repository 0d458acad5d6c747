"""`data`: synthetic people and what belongs to them, with or without a sandbox."""

from __future__ import annotations

from importlib import import_module

import click

MODULES = {
    "preview": "data_preview",
    "export": "data_export",
    "check": "data_check",
    "scan": "data_scan",
    "infer": "data_infer",
}
"""A verb's module is imported when it is called; each has the verb as ``<name>_verb``."""


class _Group(click.Group):
    # The names and parameters that click calls them by, used or not.
    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(MODULES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in MODULES:
            return None
        module = import_module(f"sandboxctl.cli.{MODULES[cmd_name]}")
        verb: click.Command = getattr(module, f"{cmd_name}_verb")
        return verb


@click.group("data", cls=_Group)
def data_verb() -> None:
    """Make, check and look through synthetic data."""
