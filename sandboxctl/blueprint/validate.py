"""A tree → a Blueprint, or every problem in plain words with its line."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from sandboxctl.blueprint import words
from sandboxctl.blueprint.model import Blueprint
from sandboxctl.blueprint.problem import Key, Problem
from sandboxctl.blueprint.tree import Mapping, Scalar, located, mapped, plain, written

_AS_WRITTEN = frozenset(["environment", "command", "entrypoint", "prepare", "test", "python"])
"""Keys below a service whose numbers are text: 1.10 and 0755 mean something to a program."""

_ROUNDS = 6
MOST_ERRORS = 500
"""That many are put into words; finding near matches for tens of thousands takes minutes."""

_UNREAD = "unread"
_ORIGIN = frozenset(["source", "runtime", "python", "spa", "template", "with", "image"])
_STAND_INS: dict[str | int, Any] = {
    "blueprint": 1,
    "name": _UNREAD,
    "opens": _UNREAD,
    "services": {"image": _UNREAD, "expose": [8000]},
    "secrets": {"generate": 32},
}


def validated(root: Mapping) -> tuple[Blueprint | None, list[Problem]]:
    """The blueprint, and what is wrong with it.

    With problems it is what is left when the wrong values are taken out, good only for finding
    more problems; None if nothing sensible is left.
    """
    content = plain(mapped(root, _written))
    try:
        return Blueprint.model_validate(content), []
    except ValidationError as error:
        errors = error.errors(include_url=False)
    problems = [_problem(root, error) for error in errors[:MOST_ERRORS]]
    return _salvaged(content, errors), _once(problems)


def _written(scalar: Scalar, key: Key) -> Scalar:
    number = isinstance(scalar.value, int | float) and not isinstance(scalar.value, bool)
    if number and key[:1] == ("services",) and _AS_WRITTEN & set(key[2:4]):
        return Scalar(scalar.text, scalar.line, scalar.text)
    return scalar


def _problem(root: Mapping, error: ErrorDetails) -> Problem:
    location = tuple(part for part in error["loc"] if part != "[key]")
    line, key = located(root, location, missing=error["type"] == "missing")
    return Problem(written(root, key, line), words.said(error, key, Blueprint), line)


def _once(problems: Iterable[Problem]) -> list[Problem]:
    """One for each key: pydantic says of each member of a union why it is not that."""
    found: dict[Key, Problem] = {}
    for problem in problems:
        found.setdefault(problem.key, problem)
    return list(found.values())


def _salvaged(content: Any, errors: Iterable[ErrorDetails]) -> Blueprint | None:
    for _ in range(_ROUNDS):
        for error in errors:
            _take_out(content, error["loc"])
        try:
            return Blueprint.model_validate(content)
        except ValidationError as error:
            errors = error.errors(include_url=False)
    return None


def _take_out(content: Any, location: Key) -> None:
    """Removes the deepest value that ``location`` leads to, or puts a stand-in in its place."""
    above, value, trail = content, content, list[str | int]()
    for part in location:
        if part in value if isinstance(value, dict) else _is_index(value, part):
            above, value = value, value[part]
            trail.append(part)
    match trail or list(location[:1]):
        case ["services" | "secrets" as section, name]:
            above[name] = _stand_in(section, above[name])
        case [name] if name in _STAND_INS:
            content[name] = _STAND_INS[name]
        case keys:
            above.pop(keys[-1], None) if isinstance(above, dict) else above.pop()


def _stand_in(section: str | int, value: Any) -> Any:
    """A service keeps its other keys at first, so that they are checked too."""
    if section == "services" and isinstance(value, dict) and value.get("image") != _UNREAD:
        return {k: v for k, v in value.items() if k not in _ORIGIN} | _STAND_INS["services"]
    return dict(_STAND_INS[section])


def _is_index(value: Any, part: str | int) -> bool:
    return isinstance(value, list) and isinstance(part, int) and part < len(value)
