"""What verbs are given in words: parameters, secrets, leases, and blueprints by name or folder."""

from __future__ import annotations

import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sandboxctl import clock

if TYPE_CHECKING:
    from sandboxctl.blueprint.load import Loaded
    from sandboxctl.sandbox.den import Den

LONGEST_SECRET = 64 * 1024


class Pair(click.ParamType):
    """``key=value``."""

    name = "key=value"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, str]:
        key, equals, text = str(value).partition("=")
        if not key or not equals:
            self.fail(f"{value!r} should be KEY=VALUE", param, ctx)
        return key, text


class Secret(Pair):
    """``NAME=@file``: a value never stands on a command line, where a shell keeps its history."""

    name = "NAME=@file"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, str]:
        key, text = super().convert(value, param, ctx)
        if not text.startswith("@") or text == "@":
            self.fail(f"{key}: write {key}=@FILE, or {key}=@- for standard input", param, ctx)
        try:
            found = sys.stdin.read() if text == "@-" else Path(text[1:]).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            self.fail(f"{key}: {text[1:]} cannot be read: {_why(error)}", param, ctx)
        if not found.strip() or len(found) > LONGEST_SECRET or "\0" in found:
            self.fail(f"{key}: {text[1:]} should hold 1 to {LONGEST_SECRET} characters", param, ctx)
        return key, found.removesuffix("\n")


class Lifetime(click.ParamType):
    """``4h``."""

    name = "duration"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> timedelta:
        try:
            length = timedelta(seconds=clock.seconds(str(value)))
        except (ValueError, OverflowError) as error:
            self.fail(f"{value!r} {error}", param, ctx)
        if not timedelta(minutes=1) <= length <= timedelta(days=14):
            self.fail(f"{value!r} should be between 1m and 14d", param, ctx)
        return length


class Until(click.ParamType):
    """``17:00``, the next time a clock here shows it."""

    name = "HH:MM"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        try:
            moment = clock.until(str(value), today=clock.now().astimezone())
        except ValueError as error:
            self.fail(f"{value!r} {error}", param, ctx)
        return moment.astimezone(clock.now().tzinfo)


def _why(error: Exception) -> str:
    return getattr(error, "strerror", None) or "it is not UTF-8 text"


def lease(lifetime: timedelta | None, until: datetime | None) -> datetime | None:
    """The end that was asked for; None if nothing was."""
    if lifetime and until:
        raise click.UsageError("--lifetime and --until exclude each other")
    return clock.now() + lifetime if lifetime else until


def blueprint(
    den: Den, argument: str, name: str | None, values: dict[str, str]
) -> tuple[Loaded, str]:
    """A blueprint as it is for the sandbox ``name``, which is the blueprint's own unless given.

    Raises BlueprintError for every problem at once.
    """
    from sandboxctl.blueprint.load import Facts, find, load
    from sandboxctl.sandbox import names

    def facts(sandbox: str) -> Facts:
        gateway = den.gateway
        return Facts(
            domain=gateway.domain,
            scheme=gateway.scheme,
            port=gateway.port,
            sandbox=sandbox,
            url=den.url(sandbox),
        )

    path = find(argument)
    loaded = load(path, values=values, facts=facts(names.checked(name) if name else "sandbox"))
    called = name or loaded.blueprint.name
    if not name and loaded.names_sandbox:
        loaded = load(path, values=values, facts=facts(called))
    return loaded, called
