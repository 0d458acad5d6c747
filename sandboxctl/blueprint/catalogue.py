"""Ready-made services: what a supplier writes as ``template: postgres``.

Each is a folder ``templates/services/<name>`` with a ``service.yaml`` that is read here, and what
its image is made from.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

from pydantic import Field

from sandboxctl.blueprint import tree
from sandboxctl.blueprint.forms import Frozen
from sandboxctl.blueprint.problem import Key, Problem, near
from sandboxctl.blueprint.reader import read
from sandboxctl.blueprint.render import Rendering
from sandboxctl.blueprint.templates import bundled
from sandboxctl.errors import BlueprintError

FOLDER = "services"
RUNTIMES: dict[str, dict[str, Any]] = {
    "static": {"expose": [8080], "healthcheck": {"http": "/"}},
}
"""What a runtime's image answers on, unless the blueprint says otherwise."""

_SAFE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_./:@+-]{0,199}")
_STAND_IN = {"text": "unknown", "file": "unknown", "integer": 1, "boolean": True}
_WORDS = {
    "text": "letters, digits and _ . / : @ + -, beginning with a letter or digit",
    "file": "a file beside the blueprint",
    "integer": "a whole number",
    "boolean": "true or false",
}


class Option(Frozen):
    """One value under ``with``."""

    type: Literal["text", "integer", "boolean", "file"]
    default: str | int | bool | None = None
    about: str = ""


class ServiceTemplate(Frozen):
    """What ``service.yaml`` says.

    ``service``    keys that apply when the blueprint does not set them
    ``stateful``   it keeps data, and so has a baseline
    ``first``      the option whose SQL file is loaded before anything else
    ``load``       a command inside it that reads SQL on standard input
    ``read``       a command inside it that reads every table once
    ``arguments``  facts for its Dockerfile
    """

    about: str
    with_: dict[str, Option] = Field(default_factory=dict, alias="with")
    service: dict[str, Any] = Field(default_factory=dict)
    stateful: bool = False
    stop_signal: str = "SIGTERM"
    first: str | None = None
    load: tuple[str, ...] | None = None
    read: tuple[str, ...] = ()
    arguments: dict[str, str] = Field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Filled:
    """A template with the values of one service; ``first`` lies below the blueprint's folder."""

    service: dict[str, Any]
    stateful: bool
    stop_signal: str
    first: str | None
    load: tuple[str, ...] | None
    read: tuple[str, ...]
    arguments: dict[str, str]


def names() -> tuple[str, ...]:
    """All ready-made services, sorted."""
    found = (bundled("templates") / FOLDER).glob("*/service.yaml")
    return tuple(sorted(path.parent.name for path in found))


@lru_cache(maxsize=64)
def template(name: str) -> ServiceTemplate:
    """One ready-made service; BlueprintError if there is none of that name."""
    if name not in names():
        raise BlueprintError(unknown(name), hint=f"There are {', '.join(names())}.", code="DEN260")
    return parsed((bundled("templates") / FOLDER / name / "service.yaml").read_bytes())


def unknown(name: str) -> str:
    """``x is not a ready-made service``, with the near match."""
    hint = near(name, names()) or f"; there are {', '.join(names())}"
    return f"`{name}` is not a ready-made service{hint}"


def parsed(data: bytes) -> ServiceTemplate:
    """A ``service.yaml``; ValueError if it is wrong, as that is our own mistake."""
    document = read(data)
    if document.root is None or document.problems:
        raise ValueError("; ".join(problem.shown("service.yaml") for problem in document.problems))
    return ServiceTemplate.model_validate(tree.plain(document.root))


def filled(name: str, values: Mapping[str, Any]) -> Filled:
    """A template with ``values`` for its options; those not given have their defaults.

    Values are what a validated Service has in ``with_``.
    """
    return fill(template(name), values)


def fill(found: ServiceTemplate, values: Mapping[str, Any]) -> Filled:
    """As `filled`; ValueError if the template names what it does not have: our own mistake."""
    settled = {option: spec.default for option, spec in found.with_.items()} | dict(values)
    return Filled(
        service=_rendered(found.service, settled),
        stateful=found.stateful,
        stop_signal=found.stop_signal,
        first=settled.get(found.first) if found.first else None,
        load=_command(found.load, settled) if found.load else None,
        read=_command(found.read, settled),
        arguments={key: str(text) for key, text in _rendered(found.arguments, settled).items()},
    )


def _command(argv: tuple[str, ...], values: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(map(str, _rendered({"argv": argv}, values)["argv"]))


def _rendered(content: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    grown = tree.grown_mapping(content, 1)
    rendering = Rendering({name: "" if value is None else value for name, value in values.items()})
    done = rendering.tree(grown)
    if rendering.problems:
        raise ValueError("; ".join(problem.shown("service.yaml") for problem in rendering.problems))
    found: dict[str, Any] = tree.plain(done)
    return found


def settled(name: str, given: tree.Node | None, key: Key) -> tuple[dict[str, Any], list[Problem]]:
    """The values of a template's options, defaults included, and what is wrong with the given.

    What is wrong has a stand-in, so that everything else can still be checked.
    """
    options = template(name).with_
    entries = given.entries if isinstance(given, tree.Mapping) else {}
    values: dict[str, Any] = {option: spec.default for option, spec in options.items()}
    problems: list[Problem] = []
    for option, node in entries.items():
        if option not in options:
            there = near(str(option), options) or f"; there are {', '.join(options) or 'none'}"
            why = f"is not a value of the template {name}{there}"
            problems.append(Problem((*key, str(option)), why, node.line, code="DEN261"))
        elif why := wrong(options[option], tree.plain(node)):
            problems.append(Problem((*key, str(option)), why, node.line, code="DEN261"))
            values[option] = _STAND_IN[options[option].type]
        else:
            values[option] = tree.plain(node)
    return values, problems


def wrong(option: Option, value: object) -> str:
    """Why ``value`` does not fit ``option``; nothing if it does.

    Text ends up in commands and in Dockerfiles, so it is letters and a few signs.
    """
    match option.type, value:
        case ("text", str()) if _SAFE.fullmatch(value):
            return ""
        case ("integer", int()) | ("boolean", bool()) if isinstance(value, bool) == (
            option.type == "boolean"
        ):
            return ""
        case ("file", str()):
            return ""
        case _:
            return f"should be {_WORDS[option.type]}"
