"""A workshop as somebody wants it: of a file, with its blueprints found, or of one blueprint."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from sandboxctl import clock
from sandboxctl.blueprint import beneath, load, tree, words
from sandboxctl.blueprint.problem import Key, Problem, failure, near
from sandboxctl.blueprint.reader import read as read_tree
from sandboxctl.blueprint.syntax import LARGEST
from sandboxctl.errors import BlueprintError
from sandboxctl.sandbox.lease import AHEAD
from sandboxctl.workshop import teams
from sandboxctl.workshop.model import TeamAsked, WorkshopFile
from sandboxctl.workshop.read import once, read
from sandboxctl.workshop.teams import Place, Team


@dataclass(frozen=True, slots=True)
class Asked:
    """A workshop as somebody wants it: of a file, or of a blueprint and a number of teams.

    ``until``   UTC; None: the blueprint's lifetime
    ``named``   teams whose names were given; else there are ``number`` to be named, and each of
                them is like ``each``
    ``digest``  the SHA-256 of the file; empty without one
    """

    name: str
    title: str
    until: datetime | None
    number: int
    spares: int
    named: tuple[Team, ...] = ()
    each: Team | None = None
    digest: str = ""

    def teams(self, *, own: Iterable[str] = (), taken: Iterable[str] = ()) -> tuple[Team, ...]:
        """All teams with their names. ``own`` are those that the workshop has already, ``taken``
        all sandboxes of the den; BlueprintError if somebody else has a name that was given."""
        mine, all_ = frozenset(own), frozenset(taken)
        if self.each is None:
            teams.apart([team.name for team in self.named], own=mine, taken=all_)
            return self.named
        some = self.each
        names = teams.generated(self.number, own=mine, taken=all_)
        return tuple(replace(some, name=name) for name in names)


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
    return Asked(name, "", None, number, spares, each=Team("", blueprint, "", values))


def load_workshop(file: Path, *, today: datetime) -> Asked:
    """A file, with the blueprints that it names found. ``today`` is aware, in the user's zone.

    Raises BlueprintError with every problem at once, each as ``file:line: key: why``.
    """
    data = _bytes(file)
    found, root, problems = read(data)
    if found is None or root is None:
        raise failure(str(file), problems)
    until, problems = _ends(found, root, today)
    places = _Places(file, root)
    named = tuple(_team(name, one, found, places) for name, one in found.named.items())
    some = None if named else _team("", TeamAsked(), found, places)
    if problems := [*problems, *once(places.problems)]:
        raise failure(str(file), problems)
    return Asked(
        name=found.name,
        title=found.title,
        until=until,
        number=found.number,
        spares=found.spares,
        named=named,
        each=some,
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
        if today < ends <= today + AHEAD:
            return ends.astimezone(UTC), []
        far = f"{found.until} is more than {AHEAD.days} days off"
        why = far if ends > today else f"{found.until} is over already"
    return None, [Problem(("until",), why, root.lines["until"], code="DEN272")]


class _Places:
    """Where things stand in a workshop file, and the blueprints that it names, as seen from its
    folder."""

    def __init__(self, file: Path, root: tree.Mapping) -> None:
        self.problems: list[Problem] = []
        self._file, self._folder, self._root = str(file), file.parent, root

    def of(self, values: Iterable[str], *above: str) -> dict[str, Place]:
        """Where each of the values under ``above`` is."""
        found: dict[str, Place] = {}
        for name in values:
            line, key = tree.located(self._root, (*above, name))
            found[name] = Place(self._file, line, ".".join(map(str, key)))
        return found

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
    mine = places.of(asked.set, "teams", name, "set")
    if asked.blueprint:
        own = places.found(asked.blueprint, ("teams", name, "blueprint"))
        return Team(name, own, asked.title, asked.set, mine)
    common = places.found(file.blueprint, ("blueprint",))
    values, written = {**file.set, **asked.set}, {**places.of(file.set, "set"), **mine}
    return Team(name, common, asked.title, values, written)
