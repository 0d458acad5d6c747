"""One thing that somebody asked the console for, and what became of it."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any, Literal, TypeAlias

from sandboxctl.console.steps import WAITING, Verb

State: TypeAlias = Literal["waiting", "working", "done", "failed", "overtaken"]
ACTIVE: tuple[State, ...] = ("waiting", "working")
LETTERS = "23456789BCDFGHJKLMNPQRSTVWXZ"
"""Of references: none is taken for another one, and no vowel makes a word of them."""


@dataclass(frozen=True, slots=True)
class Job:
    """A fixed ``verb`` for one ``sandbox``; all times UTC, to the microsecond.

    ``reference`` is read out to others and is no secret; ``once`` is the same where the same was
    asked for twice; ``by`` who asked, in words; ``seen`` the generation that was live when
    somebody decided, None where that does not matter.
    ``step`` is a key of words, the ``number``-th ``of`` so many; ``before`` and ``after`` are the
    live generation when it began and when it was done.
    ``answered`` are seconds from the beginning until the first page was read, ``seconds`` until
    all was done, ``spare`` whether that was ready; ``page`` the HTTP status of that page.
    ``lost`` are services whose data was left behind, ``changed`` how many requests had changed
    something in it, None: nobody counted.
    ``why`` it failed is a key of words, ``code`` one of docs/codes.md, ``told`` what the engine
    said, for who runs the workshop; ``serves``: what was there before still does.
    ``interrupted``: it was under way when the console ended, and was finished later. ``batch`` is
    shared by what was asked for together; ``recipe`` what the sandbox was made from.
    """

    reference: str
    once: str
    sandbox: str
    verb: Verb
    by: str
    asked: datetime
    args: Mapping[str, Any] = field(default_factory=dict)
    state: State = "waiting"
    seen: int | None = None
    step: str = WAITING
    number: int = 0
    of: int = 0
    before: int = 0
    after: int = 0
    began: datetime | None = None
    ended: datetime | None = None
    answered: float | None = None
    seconds: float | None = None
    spare: bool = False
    page: int = 0
    lost: tuple[str, ...] = ()
    changed: int | None = None
    why: str = ""
    code: str = ""
    told: str = ""
    serves: bool = False
    interrupted: bool = False
    batch: str = ""
    recipe: str = ""

    @property
    def active(self) -> bool:
        return self.state in ACTIVE

    @property
    def over(self) -> bool:
        """Whether there is a result to read: also while what it replaced is still put away."""
        return not self.active or self.answered is not None


def reference(sandbox: str) -> str:
    """``HERON-7K2Q``."""
    name = sandbox.rpartition(".")[2]
    return f"{name.upper()}-{''.join(secrets.choice(LETTERS) for _ in range(4))}"


def written(job: Job) -> str:
    """As JSON, for `read`."""
    told = {one.name: getattr(job, one.name) for one in fields(job)}
    return json.dumps(told, default=_moment)


def read(text: str) -> Job:
    told: dict[str, Any] = json.loads(text)
    for name in ("asked", "began", "ended"):
        told[name] = datetime.fromisoformat(told[name]) if told[name] else None
    told["lost"] = tuple(told["lost"])
    return Job(**told)


def _moment(value: object) -> str:
    assert isinstance(value, datetime)
    return value.isoformat()
