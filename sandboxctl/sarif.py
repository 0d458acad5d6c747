"""A log in SARIF 2.1.0, which code hosts and editors show beside the lines.

Source  https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote

from sandboxctl import __version__

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"

Level = Literal["error", "warning", "note"]


@dataclass(frozen=True, slots=True)
class Rule:
    """``about`` is a sentence or two; ``help`` says what to do."""

    id: str
    title: str
    help: str
    about: str = ""
    properties: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Place:
    """Where something is: a file, or ``name``, what it stands in, or both.

    ``base``  the name of a folder that ``uri`` counts from; empty where everybody knows.
    """

    uri: str = ""
    line: int | None = None
    column: int | None = None
    name: str = ""
    base: str = ""


@dataclass(frozen=True, slots=True)
class Result:
    """``rule`` is the id of one of the log's."""

    rule: str
    level: Level
    message: str
    places: tuple[Place, ...] = ()
    properties: Mapping[str, Any] = field(default_factory=dict)


def log(
    rules: Sequence[Rule],
    results: Iterable[Result],
    *,
    troubles: Iterable[tuple[str, Place]] = (),
    bases: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """A log with one run.

    ``troubles``  what could not be looked at, and where; ``bases`` says what each base is.
    """
    numbers = {rule.id: number for number, rule in enumerate(rules)}
    told = [
        {"level": "error", "message": {"text": text}, "locations": [_location(place)]}
        for text, place in troubles
    ]
    driver = {"name": "sandboxctl", "version": __version__, "rules": [_rule(one) for one in rules]}
    run: dict[str, Any] = {
        "tool": {"driver": driver},
        "invocations": [{"executionSuccessful": not told, "toolExecutionNotifications": told}],
        "results": [_result(one, numbers[one.rule]) for one in results],
    }
    if bases:
        said = {name: {"description": {"text": text}} for name, text in bases.items()}
        run["originalUriBaseIds"] = said
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def uri(path: Path) -> str:
    """A path as SARIF has it."""
    return path.as_uri() if path.is_absolute() else quote(path.as_posix())


def _rule(one: Rule) -> Mapping[str, Any]:
    about = {"fullDescription": {"text": one.about}} if one.about else {}
    more = {"properties": dict(one.properties)} if one.properties else {}
    return {
        "id": one.id,
        "shortDescription": {"text": one.title},
        **about,
        "help": {"text": one.help},
        **more,
    }


def _result(one: Result, number: int) -> Mapping[str, Any]:
    more = {"properties": dict(one.properties)} if one.properties else {}
    return {
        "ruleId": one.rule,
        "ruleIndex": number,
        "level": one.level,
        "message": {"text": one.message},
        "locations": [_location(place) for place in one.places],
        **more,
    }


def _location(place: Place) -> Mapping[str, Any]:
    found: dict[str, Any] = {}
    if place.uri:
        file = {"uri": place.uri, **({"uriBaseId": place.base} if place.base else {})}
        found["physicalLocation"] = {"artifactLocation": file, **_region(place)}
    if place.name:
        found["logicalLocations"] = [{"fullyQualifiedName": place.name}]
    return found


def _region(place: Place) -> Mapping[str, Any]:
    if place.line is None:
        return {}
    column = {} if place.column is None else {"startColumn": place.column}
    return {"region": {"startLine": place.line, **column}}
