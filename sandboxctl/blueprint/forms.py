"""The short and long forms that a blueprint's values may have, and what may be in them.

Compose's forms are taken wherever Compose has the key. Each type here knows its JSON Schema,
so that an editor accepts what the loader accepts.
"""

from __future__ import annotations

import re
import shlex
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    StringConstraints,
)

from sandboxctl import clock
from sandboxctl.blueprint.patterns import (
    CONTAINER_PATH,
    DURATION,
    IDENTIFIER,
    IMAGE,
    NAME,
    SIZE,
    URL_PATH,
    USER,
    VARIABLE,
)
from sandboxctl.blueprint.problem import Unfit
from sandboxctl.data.forms import Frozen as Frozen
from sandboxctl.data.forms import Truth as Truth

MEBIBYTE = 1024 * 1024
FOLDERS_OF_THE_KERNEL = ("/proc", "/sys", "/dev")
_SIZE = re.compile(r"([0-9]{1,15})\s*([bkmg]?)b?", re.IGNORECASE)
_PORT = re.compile(r"([0-9]{1,5})(?:/tcp)?")


def size(value: object) -> object:
    """Bytes in ``256m`` or ``1g``; ValueError says what is wanted."""
    if not isinstance(value, str):
        return _number(value)
    found = _SIZE.fullmatch(value.strip())
    if not found:
        raise ValueError("should be a size such as 256m or 1g")
    return int(found[1]) * 1024 ** "bkmg".index(found[2].lower() or "b")


def _duration(value: object) -> object:
    return clock.seconds(value) if isinstance(value, str) else _number(value)


def _command(value: object) -> object:
    """Compose's short form: a string is split like a shell would, and no shell is run."""
    if not isinstance(value, str):
        return _texts(value)
    try:
        return shlex.split(value)
    except ValueError:
        raise Unfit("has a quote that is not closed", "DEN230") from None


def _texts(value: object) -> object:
    """The numbers of ``[sleep, 5]`` are text to the program that gets them."""
    if isinstance(value, list):
        return [scalar_text(item) if _is_number(item) else item for item in value]
    return value


def _environment(value: object) -> object:
    """Compose's two forms: a mapping, or a list of ``KEY=value``."""
    if isinstance(value, list):
        pairs = [str(item).partition("=") for item in value]
        value = {name: text if equals else None for name, equals, text in pairs}
    if not isinstance(value, dict):
        return value
    for name, text in value.items():
        if text is None:
            raise Unfit(
                f"{name} has no value; a blueprint cannot read your shell, so give it one, "
                "make it a parameter or a secret",
                "DEN231",
            )
    return {name: scalar_text(text) for name, text in value.items()}


def scalar_text(value: object) -> object:
    """An environment holds text only: YAML's true and 5 become what a shell would see."""
    match value:
        case bool():
            return "true" if value else "false"
        case int() | float():
            return str(value)
        case _:
            return value


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _number(value: object) -> object:
    """YAML's true is a whole number to Python, and to nobody else."""
    if isinstance(value, bool):
        raise Unfit("should be a number, not true or false", "DEN205")
    return value


def _port(value: object) -> object:
    """Compose takes ``8000``, ``"8000"`` and ``"8000/tcp"``."""
    found = _PORT.fullmatch(value) if isinstance(value, str) else None
    return int(found[1]) if found else _number(value)


def _depends_on(value: object) -> object:
    """Compose's long form names a condition; here every service waits until ready."""
    if not isinstance(value, dict):
        return value
    for name, how in value.items():
        condition = how.get("condition", "service_healthy") if isinstance(how, dict) else how
        if condition not in ("service_started", "service_healthy"):
            raise Unfit(
                f"{name}: {condition} is not known here; work to be done first goes into `prepare`",
                "DEN232",
            )
    return list(value)


def _user(value: object) -> object:
    return str(value) if _is_number(value) else value


def _sources(value: object) -> object:
    """Compose's long form of a secret: ``{source: NAME}``."""
    if isinstance(value, list):
        return [item.get("source", item) if isinstance(item, dict) else item for item in value]
    return value


def _routes(value: object) -> object:
    """The short form ``opens: web`` is ``{/: {service: web}}``; a path may name just a service."""
    routes = {"/": value} if isinstance(value, str) else value
    if isinstance(routes, dict):
        return {path: {"service": to} if isinstance(to, str) else to for path, to in routes.items()}
    return routes


def _extended(value: object) -> object:
    return {"service": value} if isinstance(value, str) else value


def _contained(path: str) -> str:
    if {".", ".."} & set(path.split("/")):
        raise Unfit("should not have `.` or `..` in it", "DEN461")
    if path.startswith(FOLDERS_OF_THE_KERNEL) and path.split("/")[1] in ("proc", "sys", "dev"):
        raise Unfit("lies in a folder of the kernel; choose another one", "DEN460")
    return path


Name = Annotated[str, StringConstraints(pattern=NAME, max_length=30)]
"""A DNS label (RFC 1123): it becomes a host name. At most 30 characters and never two hyphens
in a row, so that ``<service>--<sandbox>`` fits the 63 of a label and can be taken apart."""

Identifier = Annotated[str, StringConstraints(pattern=IDENTIFIER)]
"""A name of a table, column or parameter: safe in SQL and in a template without quoting."""

Variable = Annotated[str, StringConstraints(pattern=VARIABLE)]
"""The name of an environment variable."""

_SizeText = Annotated[str, StringConstraints(pattern=SIZE)]
_DurationText = Annotated[str, StringConstraints(pattern=DURATION)]

Size = Annotated[int, BeforeValidator(size, json_schema_input_type=int | _SizeText)]
"""Bytes; ``256m`` and ``1g`` are binary, as in Compose."""

Duration = Annotated[
    float, BeforeValidator(_duration, json_schema_input_type=float | _DurationText)
]
"""Seconds; ``20s``, ``90m``, ``1h30m``."""

Number = Annotated[float, BeforeValidator(_number)]
Whole = Annotated[int, BeforeValidator(_number)]
Command = Annotated[
    tuple[str, ...], BeforeValidator(_command, json_schema_input_type=str | list[str | float])
]
Port = Annotated[
    int, BeforeValidator(_port, json_schema_input_type=int | str), Field(ge=1, le=65_535)
]
ContainerPath = Annotated[
    str, StringConstraints(pattern=CONTAINER_PATH, max_length=400), AfterValidator(_contained)
]
"""An absolute path inside a container; never ``/`` itself, never with a colon."""

UserId = Annotated[
    str, BeforeValidator(_user, json_schema_input_type=str | int), StringConstraints(pattern=USER)
]
"""``uid`` or ``uid:gid``, numeric; ``0:0`` only with the exception ``root`` (CIS 4.1)."""

UrlPath = Annotated[str, StringConstraints(pattern=URL_PATH, max_length=200)]
Image = Annotated[str, StringConstraints(pattern=IMAGE, max_length=400)]
Environment = Annotated[
    dict[Variable, str],
    BeforeValidator(
        _environment, json_schema_input_type=dict[Variable, str | float | bool] | list[str]
    ),
]
Sources = Annotated[
    tuple[Variable, ...],
    BeforeValidator(_sources, json_schema_input_type=list[Variable | dict[str, str]]),
]
DependsOn = Annotated[
    tuple[Name, ...],
    BeforeValidator(_depends_on, json_schema_input_type=list[Name] | dict[Name, dict[str, Any]]),
]


class StorageOpt(Frozen):
    """``watch`` stops a sandbox of which a service wrote more."""

    size: Annotated[Size, Field(ge=16 * MEBIBYTE, le=16 * 1024 * MEBIBYTE)] = Field(
        default=2048 * MEBIBYTE, description="Bytes, and one file for each 8 KiB of them."
    )


class Route(Frozen):
    """Where a path leads: a service, on its first exposed port unless another is named."""

    service: Name = Field(description="Which service answers.")
    port: Port | None = Field(default=None, description="If not the first one it exposes.")


class Extends(Frozen):
    """The service that another one starts from."""

    service: Name = Field(description="Its name in this blueprint.")


Routes = Annotated[
    dict[UrlPath, Route],
    BeforeValidator(_routes, json_schema_input_type=Name | dict[UrlPath, Name | Route]),
]
Extended = Annotated[Extends, BeforeValidator(_extended, json_schema_input_type=Name | Extends)]
