"""Something that somebody asked for about a workshop as a whole, and what became of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any, Literal, TypeAlias

from sandboxctl.console.job import ACTIVE, State

Verb: TypeAlias = Literal["open", "close"]

WAITING = "task.step.waiting"
LOOKING, MAKING, RECORDING, REMOVING = (
    "task.step.looking",
    "task.step.making",
    "task.step.recording",
    "task.step.removing",
)


@dataclass(frozen=True, slots=True)
class Task:
    """All times UTC. ``args`` say what is wanted, as JSON holds it; ``again``: it goes on with what
    an earlier one left.

    ``step`` is a key of words; ``number`` ``of`` so many parts of it are done; ``ready`` of
    ``teams`` have answered. ``failed`` team → why it is not as it should be; ``told`` what was
    said about all of it, secrets masked; ``code`` one of docs/codes.md, ``why`` a key of words.
    ``paper`` is where a closed workshop's papers are, by name. ``interrupted``: the console ended
    meanwhile, and it was taken up by the next.
    """

    reference: str
    once: str
    workshop: str
    verb: Verb
    by: str
    asked: datetime
    args: Mapping[str, Any] = field(default_factory=dict)
    again: bool = False
    state: State = "waiting"
    step: str = WAITING
    number: int = 0
    of: int = 0
    ready: int = 0
    teams: int = 0
    began: datetime | None = None
    ended: datetime | None = None
    failed: Mapping[str, str] = field(default_factory=dict)
    told: str = ""
    hint: str = ""
    code: str = ""
    why: str = ""
    paper: str = ""
    interrupted: bool = False

    @property
    def active(self) -> bool:
        return self.state in ACTIVE

    @property
    def began_it(self) -> bool:
        """Whether there may be something of this one: it was begun, and not refused before."""
        return self.goes_on or bool(self.of or self.paper)

    @property
    def goes_on(self) -> bool:
        """Whether there may be something of an earlier run."""
        return self.again or self.interrupted


def written(task: Task) -> str:
    """As JSON, for `read`."""
    told = {one.name: getattr(task, one.name) for one in fields(task)}
    return json.dumps(told, default=datetime.isoformat)


def read(text: str) -> Task:
    told: dict[str, Any] = json.loads(text)
    for name in ("asked", "began", "ended"):
        told[name] = datetime.fromisoformat(told[name]) if told[name] else None
    return Task(**told)
