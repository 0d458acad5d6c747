"""The bytes of a workshop file → what they say, or everything that is wrong with it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from sandboxctl.blueprint import tree, verdicts, words
from sandboxctl.blueprint.forms import scalar_text
from sandboxctl.blueprint.problem import Key, Problem, apart, near
from sandboxctl.blueprint.reader import read as read_tree
from sandboxctl.sandbox import names
from sandboxctl.workshop.model import TeamAsked, WorkshopFile

HINT = "Every key is explained by `sandboxctl schema --workshop --reference`."
_OTHERWISE = {
    "lifetime": "a workshop has `until`: a time of day, or a date and a time",
    "parameters": "give parameters values under `set`",
    "with": "give parameters values under `set`",
    "services": "services stand in a blueprint; name it as `blueprint`",
    "secrets": "secrets never stand in a file that is passed around; give them with `--secret`",
    "from": "everything starts when it is brought up; only `until` is kept",
}


def read(data: bytes) -> tuple[WorkshopFile | None, tree.Mapping | None, list[Problem]]:
    """What a file says, its tree, and everything wrong with it; the first is None if anything
    is."""
    document = read_tree(data)
    if document.root is None:
        return None, None, list(document.problems)
    root = tree.mapped(document.root, _written)
    assert isinstance(root, tree.Mapping)
    problems = [*document.problems, *apart(_twice(root), document.problems)]
    if "workshop" not in root.entries and "services" in root.entries:
        return None, root, [*problems, _blueprint(root)]
    try:
        found = WorkshopFile.model_validate(tree.plain(root))
    except ValidationError as error:
        told = [_problem(root, one) for one in error.errors(include_url=False)]
        return None, root, [*problems, *apart(once(told), document.problems)]
    return (None if problems else found), root, problems


def _written(scalar: tree.Scalar, key: Key) -> tree.Scalar:
    """Values under `set` are text to whoever takes them, as with `--set`; so are names in a
    list."""
    is_text = "set" in key[:1] + key[2:3] or (key[:1] == ("teams",) and len(key) == 2)
    if not is_text or not isinstance(scalar.value, int | float):
        return scalar
    text = scalar_text(scalar.value) if isinstance(scalar.value, bool) else scalar.text
    return tree.Scalar(str(text), scalar.line, scalar.text)


def _twice(root: tree.Mapping) -> Iterator[Problem]:
    """Names that stand in a list twice; in a mapping the reader has seen them."""
    listed = root.get("teams")
    seen: dict[str, int] = {}
    for n, item in enumerate(listed.items if isinstance(listed, tree.Sequence) else ()):
        if not isinstance(item, tree.Scalar):
            continue
        if item.text in seen:
            why = f"{words.shown(item.text)} is on line {seen[item.text]} already"
            yield Problem(("teams", n), why, item.line, code="DEN270")
        seen.setdefault(item.text, item.line)


def _blueprint(root: tree.Mapping) -> Problem:
    why = "is a blueprint, not a workshop; start a workshop of it with `--teams`, or name it here"
    return Problem(("services",), why, root.lines["services"], code="DEN273")


def _problem(root: tree.Mapping, error: ErrorDetails) -> Problem:
    extra = error["type"] == "extra_forbidden"
    of_key = error["loc"][-1:] == ("[key]",) and not extra  # somebody may call a key so, too
    is_name = of_key and error["loc"][:1] == ("teams",) and "set" not in error["loc"][3:]
    location = error["loc"][:-1] if of_key else error["loc"]
    line, key = tree.located(root, location, missing=error["type"] == "missing")
    if is_name or (key[:1] == ("teams",) and len(key) == 2 and isinstance(key[1], int)):
        said = error["input"]
        return Problem(key, _no_name(said), line, hint=HINT, code="DEN207")
    if extra:
        return Problem(key, _extra(key), line, hint=HINT, code="DEN202")
    code = verdicts.code(error, key)
    return Problem(key, _said(error, key), line, hint=HINT, code=code)


def _said(error: ErrorDetails, key: Key) -> str:
    if key == ("teams",) and error["type"].startswith("int"):
        said = words.shown(error["input"])
        return f"should be a number, a list of names, or names with what each has, not {said}"
    return words.said(error, key, WorkshopFile)


def _no_name(said: object) -> str:
    """A team that was named as people are addressed, with the name that it could have."""
    meant = names.label(str(said))
    better = f"; did you mean `{meant}`?" if meant and meant != said else ""
    return (
        f"{words.shown(said)} cannot be the name of a team: it becomes a host name, of 1 to "
        f"{names.LONGEST} small letters, digits and single hyphens, beginning with a letter{better}"
    )


def _extra(key: Key) -> str:
    last = str(key[-1])
    of_team = key[:1] == ("teams",)
    known = TeamAsked.model_fields if of_team else WorkshopFile.model_fields
    there = _OTHERWISE.get(last) or f"there are {', '.join(known)}"
    return f"is not a key here{near(last, known) or f'; {there}'}"


def once(problems: Iterable[Problem]) -> list[Problem]:
    """One for each key, and none for a list that is empty only without what is wrong in it."""
    found: dict[Key, Problem] = {}
    for problem in problems:
        found.setdefault(problem.key, problem)
    above = {key[:end] for key in found for end in range(len(key))}
    return [one for one in found.values() if one.code != "DEN211" or one.key not in above]
