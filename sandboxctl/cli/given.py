"""What verbs are given in words: parameters, secrets, leases, and blueprints by name or folder."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from sandboxctl import clock
from sandboxctl.cli.visible import keep_secret

if TYPE_CHECKING:
    from sandboxctl.blueprint.load import Loaded
    from sandboxctl.sandbox.den import Den

F = TypeVar("F", bound=Callable[..., Any])

LONGEST_SECRET = 64 * 1024


def pair(text: str) -> tuple[str, str]:
    """``key=value``."""
    key, equals, value = text.partition("=")
    if not key or not equals:
        raise click.BadParameter(f"{text!r} should be KEY=VALUE")
    return key, value


def secret(text: str) -> tuple[str, str]:
    """``NAME=@file``: a value never stands on a command line, where a shell keeps its history."""
    key, equals, value = text.partition("=")
    if not key or not equals:  # a value by mistake: it must not be said again
        raise click.BadParameter("should be NAME=@FILE, or NAME=@- for standard input")
    if not value.startswith("@") or value == "@":
        raise click.BadParameter(f"{key}: write {key}=@FILE, or {key}=@- for standard input")
    try:
        found = _beginning(value[1:])
    except (OSError, UnicodeDecodeError) as error:
        raise click.BadParameter(f"{key}: {value[1:]} cannot be read: {_why(error)}") from None
    if not found.strip() or len(found) > LONGEST_SECRET or "\0" in found:
        raise click.BadParameter(f"{key}: {value[1:]} should hold 1 to {LONGEST_SECRET} characters")
    keep_secret({key: [found.removesuffix("\n")]})
    return key, found.removesuffix("\n")


def _beginning(file: str) -> str:
    """One character more than a secret may have: a device never ends."""
    if file == "-":
        return sys.stdin.read(LONGEST_SECRET + 1)
    with Path(file).open(encoding="utf-8") as opened:
        return opened.read(LONGEST_SECRET + 1)


def lifetime(text: str) -> timedelta:
    """``4h``."""
    try:
        length = timedelta(seconds=clock.seconds(text))
    except (ValueError, OverflowError) as error:
        raise click.BadParameter(f"{text!r} {error}") from None
    if not timedelta(minutes=1) <= length <= timedelta(days=14):
        raise click.BadParameter(f"{text!r} should be between 1m and 14d")
    return length


def until(text: str) -> datetime:
    """``17:00``, the next time a clock here shows it."""
    try:
        moment = clock.until(text, today=clock.now().astimezone())
    except ValueError as error:
        raise click.BadParameter(f"{text!r} {error}") from None
    return moment.astimezone(UTC)


def _why(error: Exception) -> str:
    return getattr(error, "strerror", None) or "it is not UTF-8 text"


def lease(length: timedelta | None, end: datetime | None) -> datetime | None:
    """The end that was asked for; None if nothing was."""
    if length and end:
        raise click.UsageError("--lifetime and --until exclude each other")
    return clock.now() + length if length else end


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


def set_option(verb: F) -> F:
    """``--set KEY=VALUE``, as often as wanted."""
    return click.option(
        "--set",
        "values",
        type=pair,
        metavar="KEY=VALUE",
        multiple=True,
        help="A parameter: homes=50000.",
    )(verb)


def secret_option(verb: F) -> F:
    """``--secret NAME=@FILE``, as often as wanted."""
    return click.option(
        "--secret",
        "secrets",
        type=secret,
        metavar="NAME=@FILE",
        multiple=True,
        help="A secret it asks for.",
    )(verb)
