"""Which teams there are, and what they are called.

A generated name is ``team-`` and a number of at least two digits. Numbers, as the tables of a room
have them: everybody can say, read and type them, nobody is called something that says anything of
them, they sort as people count, and any number of teams has one. Two digits, so that the tenth
team that comes in late renames nobody. The lowest numbers that are free in the den, so that no two
teams of two workshops are called the same, and a command needs the name of the team alone.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path
from typing import NamedTuple

from sandboxctl.errors import BlueprintError, Refusal
from sandboxctl.sandbox.names import GENERATED, checked


class Place(NamedTuple):
    """Where something was written: ``day.yaml``, the line from 1, and ``teams.heron.set.homes``."""

    file: str
    line: int
    key: str


@dataclass(frozen=True, slots=True)
class Team:
    """One team, and what its sandbox is made from. ``name`` is that of its sandbox too;
    ``blueprint`` a file; ``set`` parameters as ``--set`` gives them; ``places`` where each of
    them stands, if in a file."""

    name: str
    blueprint: Path
    title: str = ""
    set: Mapping[str, str] = field(default_factory=dict)
    places: Mapping[str, Place] = field(default_factory=dict, compare=False)

    @property
    def shown(self) -> str:
        return self.title or self.name

    def placed(self, error: BlueprintError) -> BlueprintError:
        """The same, with what it says of ``--set NAME`` where the file has that value."""
        said = {f"--set {name}": place for name, place in self.places.items()}
        message, refusals = str(error), list[Refusal]()
        for one in error.refusals:
            there = one
            if place := said.get(one.file):
                there = replace(one, file=place.file, line=place.line, key=place.key)
                message = message.replace(str(one), str(there))
            refusals.append(there)
        if refusals == [*error.refusals]:
            return error
        return type(error)(message, hint=error.hint, code=error.code, refusals=refusals)


def generated(number: int, *, own: Iterable[str] = (), taken: Collection[str] = ()) -> list[str]:
    """``number`` names: those that the workshop has already (``own``), then the lowest that are
    not ``taken``. With fewer than it has, the last ones are left out."""
    kept = sorted(own, key=_as_counted)[:number]
    more = (name for n in count(1) if (name := f"{GENERATED}{n:02}") not in {*kept, *taken})
    return [*kept, *(next(more) for _ in range(number - len(kept)))]


def apart(names: Iterable[str], *, own: Collection[str] = (), taken: Collection[str] = ()) -> None:
    """BlueprintError if one of the names is no host label, or is a sandbox that is not the
    workshop's."""
    strangers = [checked(name) for name in names if name in taken and name not in own]
    if strangers:
        one = len(strangers) == 1
        raise BlueprintError(
            f"{', '.join(strangers)} {'is a sandbox' if one else 'are sandboxes'} already, and "
            "not of this workshop",
            hint="Give the teams other names, or first take down what has them: `sandboxctl ls`.",
            code="DEN233",
        )


def _as_counted(name: str) -> tuple[object, ...]:
    """team-9 before team-10 before team-100."""
    return tuple((0, int(part), "") if part.isdigit() else (1, 0, part) for part in name.split("-"))
