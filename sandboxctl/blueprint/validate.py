"""A tree → a Blueprint, or every problem in plain words with its line."""

from __future__ import annotations

from collections.abc import Iterable
from copy import deepcopy
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from sandboxctl.blueprint import verdicts, words
from sandboxctl.blueprint.model import Blueprint
from sandboxctl.blueprint.problem import Key, Problem, nearest
from sandboxctl.blueprint.tree import Mapping, Scalar, located, mapped, plain, written

_AS_WRITTEN = frozenset(["environment", "command", "entrypoint", "prepare", "test", "python"])
"""Keys below a service whose numbers are text: 1.10 and 0755 mean something to a program."""

_ROUNDS = 10
MOST_ERRORS = 200
"""That many are put into words; finding near matches for tens of thousands takes minutes."""

_UNREAD = "unread"
_ORIGIN = frozenset(["source", "runtime", "python", "spa", "build", "template", "with", "image"])
_RUNTIMES = ("python", "node", "static")
_STAND_INS: dict[str | int, Any] = {
    "blueprint": 1,
    "name": _UNREAD,
    "opens": _UNREAD,
    "services": {"image": _UNREAD, "expose": [8000]},
    "secrets": {"generate": 32},
    "tables": {"rows": 1, "columns": {_UNREAD: {"kind": "sequence"}}},
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
    of_key = error["loc"][-1:] == ("[key]",) and error["type"] != "extra_forbidden"
    location = error["loc"][:-1] if of_key else error["loc"]  # somebody may call a key so, too
    line, key = located(root, location, missing=error["type"] == "missing")
    shown = written(root, key, line)
    code = verdicts.code(error, key)
    return Problem(shown, words.said(error, key, Blueprint), line, code=code)


def _once(problems: Iterable[Problem]) -> list[Problem]:
    """One for each key: pydantic says of each member of a union why it is not that."""
    found: dict[Key, Problem] = {}
    for problem in problems:
        found.setdefault(problem.key, problem)
    return list(found.values())


def _salvaged(content: Any, errors: Iterable[ErrorDetails]) -> Blueprint | None:
    for _ in range(_ROUNDS):
        for trail in _trails(content, [error["loc"] for error in errors]):
            _take_out(content, trail)
        try:
            return Blueprint.model_validate(content)
        except ValidationError as error:
            errors = error.errors(include_url=False)
    return None


def _trails(content: Any, locations: Iterable[Key]) -> list[Key]:
    """What to take out: the deepest values that the locations lead to, the last ones first.

    A value that has another one below it may be right without that; it is left for now.
    """
    trails = dict.fromkeys(_trail(content, location) for location in locations)
    above = {trail[:end] for trail in trails for end in range(len(trail))}
    return [trail for trail in reversed(trails) if trail not in above]


def _trail(content: Any, location: Key) -> Key:
    value, trail = content, list[str | int]()
    for part in location:
        if part in value if isinstance(value, dict) else _is_index(value, part):
            value = value[part]
            trail.append(part)
    return (*trail, *location[-1:]) if location[-1:] == ("[key]",) or not trail else tuple(trail)


def _take_out(content: Any, trail: Key) -> None:
    """Removes a value, or puts a stand-in in its place."""
    *way, last = trail[:-1] if trail[-1] == "[key]" else trail
    above = content
    for part in way:
        above = above[part]
    match trail:
        case ("services" | "secrets" as section, _) | ("data", "tables" as section, _):
            above[last] = _stand_in(section, above[last])
        case ("services", _, "runtime") if meant := nearest(str(above[last]), _RUNTIMES):
            above[last] = meant
        case (name,) if name in _STAND_INS:
            above[name] = deepcopy(_STAND_INS[name])
        case _:
            above.pop(last, None) if isinstance(above, dict) else above.pop(last)


def _stand_in(section: str, value: Any) -> Any:
    """A service or table keeps its other keys at first, so that they are checked too."""
    whole: dict[str, Any] = _STAND_INS[section]
    if not isinstance(value, dict) or section == "secrets":
        return deepcopy(whole)
    tries = [{**whole, **value}]
    if section == "services":
        kept = {k: v for k, v in value.items() if k not in {*_ORIGIN, "prepare"}}
        code = {k: value[k] for k in ("source", "runtime") if k in value}
        tries = [{**whole, **kept}]
        if len(code) == 2:
            tries.insert(0, {**kept, **code})
    return next((found for found in tries if found != value), deepcopy(whole))


def _is_index(value: Any, part: str | int) -> bool:
    return isinstance(value, list) and isinstance(part, int) and part < len(value)
