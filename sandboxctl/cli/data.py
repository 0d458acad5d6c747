"""`data`: synthetic people and what belongs to them, with or without a sandbox."""

from __future__ import annotations

import click

from sandboxctl.cli.lazily import Lazy

MODULES = {
    "preview": "data_preview",
    "export": "data_export",
    "check": "data_check",
    "scan": "data_scan",
    "infer": "data_infer",
}


@click.group("data", cls=Lazy, modules=MODULES)
def data_verb() -> None:
    """Make, check and look through synthetic data."""
