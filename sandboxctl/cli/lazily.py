"""A group of verbs each of which is imported when it is called."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any

import click


class Lazy(click.Group):
    """``modules`` verb → module of `sandboxctl.cli` that has it as ``<verb>_verb``."""

    def __init__(self, *args: Any, modules: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._modules = modules

    # The names and parameters that click calls them by, used or not.
    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click calls it with this name
        return list(self._modules)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click calls it with this name
        if cmd_name not in self._modules:
            return None
        module = import_module(f"sandboxctl.cli.{self._modules[cmd_name]}")
        verb: click.Command = getattr(module, f"{cmd_name}_verb")
        return verb
