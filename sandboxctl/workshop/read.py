"""A workshop file → who asks for what, or all of its problems at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from sandboxctl import clock
from sandboxctl.blueprint import beneath, load, tree, verdicts, words
from sandboxctl.blueprint.forms import scalar_text
from sandboxctl.blueprint.problem import Key, Problem, apart, failure, near
from sandboxctl.blueprint.reader import read as read_tree
from sandboxctl.blueprint.syntax import LARGEST
from sandboxctl.errors import BlueprintError
from sandboxctl.workshop import teams
from sandboxctl.workshop.model import TeamAsked, WorkshopFile
from sandboxctl.workshop.teams import Team

HINT = "Every key is explained by `sandboxctl schema --workshop --reference`."
_OTHERWISE = {
    "lifetime": "a workshop has `until`: a time of day, or a date and a time",
    "parameters": "give parameters values under `set`",
    "with": "give parameters values under `set`",
    "services": "services stand in a blueprint; name it as `blueprint`",
    "secrets": "secrets never stand in a file that is passed around; give them with `--secret`",
    "from": "everything starts when it is brought up; only `until` is kept",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """A workshop as somebody wants it: of a file, or of a blueprint and a number of teams.

    ``until``   UTC; None: the blueprint's lifetime
    ``named``   teams whose names were given; else there are ``number`` to be named, and each of
                them is like ``any``
    ``digest``  the SHA-256 of the file; empty without one
    """

    name: str
    title: str
    until: datetime | None
    number: int
    spares: int
    named: tuple[Team, ...] = ()
    any: Team | None = None
    digest: str = ""

    def teams(self, *, own: Iterable[str] = (), taken: Iterable[str] = ()) -> tuple[Team, ...]:
        """All teams with their names. ``own`` are those that the workshop has already, ``taken``
        all sandboxes of the den; BlueprintError if somebody else has a name that was given."""
        mine, all_ = frozenset(own), frozenset(taken)
        if self.any is None:
            teams.apart([team.name for team in self.named], own=mine, taken=all_)
            return self.named
        some = self.any
        names = teams.generated(self.number, own=mine, taken=all_)
        return tuple(Team(name, some.blueprint, "", some.set) for name in names)


def is_workshop(file: Path) -> bool:
    """Whether a file says `workshop:`, and so is none of a blueprint; False for what cannot be
    read: whoever reads it as a blueprint will say why."""
    try:
        root = read_tree(_bytes(file)).root
    except BlueprintError:
        return False
    return root is not None and "workshop" in root.entries


def of_blueprint(
    blueprint: Path, name: str, number: int, *, values: Mapping[str, str], spares: int = 1
) -> Asked:
    """A workshop without a file: ``number`` teams of one blueprint."""
    return Asked(name, "", None, number, spares, any=Team("", blueprint, "", values))


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
        return None, root, [*problems, *apart(_once(told), document.problems)]
    return (None if problems else found), root, problems


def load_workshop(file: Path, *, today: datetime) -> Asked:
    """A file, with the blueprints that it names found. ``today`` is aware, in the user's zone.

    Raises BlueprintError with every problem at once, each as ``file:line: key: why``.
    """
    data = _bytes(file)
    found, root, problems = read(data)
    if found is None or root is None:
        raise failure(str(file), problems)
    until, problems = _ends(found, root, today)
    places = _Places(file.parent, root)
    named = tuple(_team(name, one, found, places) for name, one in found.named.items())
    some = None if named else Team("", places.found(found.blueprint, ("blueprint",)), "", found.set)
    if problems := [*problems, *_once(places.problems)]:
        raise failure(str(file), problems)
    return Asked(
        name=found.name,
        title=found.title,
        until=until,
        number=found.number,
        spares=found.spares,
        named=named,
        any=some,
        digest=sha256(data).hexdigest(),
    )


def _bytes(file: Path) -> bytes:
    """At most one byte more than a file may have."""
    if not file.is_file():
        why = "is not a file" if file.exists() else "no such file"
        raise BlueprintError(
            f"{file}: {why}",
            hint="Give a workshop file, or a blueprint and `--teams`.",
            code="DEN273",
        )
    try:
        with beneath.opened(beneath.real(file.parent), file.name) as opened:
            return opened.read(LARGEST + 1)
    except BlueprintError as error:
        raise BlueprintError(f"{file.parent}/{error}", hint=error.hint, code=error.code) from None


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
    is_name = error["loc"][-1:] == ("[key]",) and error["loc"][:1] == ("teams",)
    location = tuple(part for part in error["loc"] if part != "[key]")
    line, key = tree.located(root, location, missing=error["type"] == "missing")
    if is_name or (key[:1] == ("teams",) and len(key) == 2 and isinstance(key[1], int)):
        said = error["input"]
        return Problem(key, _no_name(said), line, hint=HINT, code="DEN207")
    if error["type"] == "extra_forbidden":
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
    meant = teams.label(str(said))
    better = f"; did you mean `{meant}`?" if meant and meant != said else ""
    return (
        f"{words.shown(said)} cannot be the name of a team: it becomes a host name, of 1 to "
        f"{teams.LONGEST} small letters, digits and single hyphens, beginning with a letter{better}"
    )


def _extra(key: Key) -> str:
    last = str(key[-1])
    of_team = key[:1] == ("teams",)
    known = TeamAsked.model_fields if of_team else WorkshopFile.model_fields
    there = _OTHERWISE.get(last) or f"there are {', '.join(known)}"
    return f"is not a key here{near(last, known) or f'; {there}'}"


def _once(problems: Iterable[Problem]) -> list[Problem]:
    """One for each key, and none for a list that is empty only without what is wrong in it."""
    found: dict[Key, Problem] = {}
    for problem in problems:
        found.setdefault(problem.key, problem)
    above = {key[:end] for key in found for end in range(len(key))}
    return [one for one in found.values() if one.code != "DEN211" or one.key not in above]


def _ends(
    found: WorkshopFile, root: tree.Mapping, today: datetime
) -> tuple[datetime | None, list[Problem]]:
    """When everything ends, in UTC."""
    if found.until is None:
        return None, []
    try:
        ends = clock.moment(found.until, today=today)
    except ValueError as error:
        why = str(error)
    else:
        if ends > today:
            return ends.astimezone(UTC), []
        why = f"{found.until} is over already"
    return None, [Problem(("until",), why, root.lines["until"], code="DEN272")]


class _Places:
    """Finds blueprints as seen from the file's folder, each once."""

    def __init__(self, folder: Path, root: tree.Mapping) -> None:
        self.problems: list[Problem] = []
        self._folder, self._root = folder, root

    def found(self, said: str | None, key: Key) -> Path:
        """The file of a blueprint; a shipped one only where nothing of that name lies there."""
        name = said or ""
        beside = self._folder / name
        try:
            if beside.exists() or name in load.shipped():
                return load.find(str(beside) if beside.exists() else name)
            why = "no such file or folder, as seen from this file, and no shipped blueprint of that"
            why = f"{why} name{near(name, load.shipped())}"
        except (BlueprintError, OSError, ValueError) as error:
            why = str(error)
        line, shown = tree.located(self._root, key)
        self.problems.append(Problem(shown, f"{words.shown(name)}: {why}", line, code="DEN472"))
        return beside


def _team(name: str, asked: TeamAsked, file: WorkshopFile, places: _Places) -> Team:
    """A team with a blueprint of its own has none of the values that are for the workshop's."""
    if asked.blueprint:
        own = places.found(asked.blueprint, ("teams", name, "blueprint"))
        return Team(name, own, asked.title, asked.set)
    common = places.found(file.blueprint, ("blueprint",))
    return Team(name, common, asked.title, {**file.set, **asked.set})
