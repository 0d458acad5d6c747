"""What the global options chose: a den, its engine, and how answers look."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TextIO

import click

if TYPE_CHECKING:
    from sandboxctl.engine.protocol import Engine
    from sandboxctl.sandbox.den import Den

Looks = Literal["rich", "plain", "json"]


@dataclass
class Session:
    """One command's global options; each may stand before the verb or after it."""

    den: str = "den"
    engine: str = ""
    context: str = ""
    json: bool = False
    plain: bool = False
    yes: bool = False

    def looks(self, stream: TextIO) -> Looks:
        """Tables and colour only where a person looks at a terminal that can show them."""
        if self.json:
            return "json"
        fancy = (
            stream.isatty() and "NO_COLOR" not in os.environ and os.environ.get("TERM") != "dumb"
        )
        return "rich" if fancy and not self.plain else "plain"

    @property
    def settings(self) -> Den:
        """The den's settings as they are on disk."""
        from sandboxctl.lifecycle import settings

        return settings.load(self.den)

    @contextmanager
    def connected(self) -> Iterator[Engine]:
        """The den's engine, for as long as one command takes.

        What a verb needs beside it is imported inside: the engine is busy opening the line."""
        from sandboxctl.engine.connect import connect

        engine = connect(self.settings, engine=self.engine, context=self.context)
        try:
            yield engine
        finally:
            engine.close()

    def agreed(self, question: str, *, flag: str = "--yes") -> bool:
        """Ask, with No as the default; SandboxError where there is nobody to ask."""
        from sandboxctl.errors import SandboxError

        if self.yes:
            return True
        if self.json or not (sys.stdin.isatty() and sys.stderr.isatty()):
            raise SandboxError(
                "this has to be agreed to, and there is no terminal to ask at",
                hint=f"Run the same command with {flag}.",
            )
        return click.confirm(question, default=False, err=True)


def _remember(ctx: click.Context, param: click.Parameter, value: object) -> None:
    if param.name == "den" and value == "":
        raise click.BadParameter("is empty, and would mean the usual den", ctx, param)
    session = ctx.ensure_object(Session)
    if value:
        setattr(session, str(param.name), value)


def global_options(*, hidden: bool, envvars: bool = False) -> list[click.Parameter]:
    """The options that every verb has as well."""

    def option(*names: str, shown: bool = False, **rest: Any) -> click.Option:
        return click.Option(
            names, expose_value=False, callback=_remember, hidden=hidden and not shown, **rest
        )

    return [
        option(
            "--den",
            metavar="NAME",
            envvar="SANDBOXCTL_DEN" if envvars else None,
            shell_complete=late("dens"),
            help="Which den; also SANDBOXCTL_DEN. `sandboxctl den` shows its settings.",
        ),
        option(
            "-H",
            "--engine",
            metavar="URL",
            help="unix://, tcp://, ssh:// or memory (a den without Docker, for trying).",
        ),
        option("--context", metavar="NAME", help="A Docker context."),
        option("--json", is_flag=True, shown=True, help="Answers as JSON."),
        option(
            "--plain",
            is_flag=True,
            shown=True,
            help="One fact on each line as `key: value`; no colour, no boxes, nothing moves.",
        ),
        option("--yes", "-y", is_flag=True, help="Do not ask."),
    ]


Completer = Callable[[click.Context, click.Parameter, str], list[Any]]


def late(name: str) -> Completer:
    """A completer from `complete.py`, imported when a shell asks."""

    def complete(ctx: click.Context, _: click.Parameter, incomplete: str) -> list[Any]:
        from sandboxctl.cli import complete

        found: list[Any] = complete.asked(name, ctx, incomplete)
        return found

    return complete


sandboxes, services, blueprints, settings_keys, codes_of_refusals, grants = map(
    late, ("sandboxes", "services", "blueprints", "settings", "codes", "grants")
)
snapshots = late("snapshots")


class Verb(click.Command):
    """A command that takes the global options after its name, too."""

    def __init__(self, *args: Any, asks: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.params += global_options(hidden=True)
        for param in self.params:
            if isinstance(param, click.Option) and param.name == "yes":
                param.hidden = not asks
