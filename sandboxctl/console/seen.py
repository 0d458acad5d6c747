"""What there is, as pages show it: one look at the den, never changed, replaced as a whole."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from sandboxctl.console.hands import Hand
from sandboxctl.console.job import Job
from sandboxctl.lifecycle.status import Status
from sandboxctl.sandbox.state import Record, Snapshot
from sandboxctl.workshop.record import Workshop


@dataclass(frozen=True, slots=True)
class Team:
    """One sandbox. ``status`` is without ``left``, which changes every second: it is `until` less
    the time.

    ``key`` is the SHA-256 of the key that opens it, in hexadecimal; ``live`` its generation, 0
    where none is, ``began`` since when that is what the team sees, None where nobody knows;
    ``services`` all it is made of and ``stateful`` those that keep data; ``snapshots`` those that
    are whole, oldest first; ``changed`` requests that changed something since this generation
    began, at least so many, None: nobody counted; ``spares`` how many stand ready for it.
    ``title`` is the team's name for people, ``message`` what the facilitator said last; ``job``
    what is asked for or under way. ``told``: which generation is live is known from a job, and
    nobody has looked since.
    """

    status: Status
    key: str = field(default="", repr=False)
    live: int = 0
    began: datetime | None = None
    recipe: str = ""
    workshop: str = ""
    title: str = ""
    services: tuple[str, ...] = ()
    stateful: tuple[str, ...] = ()
    snapshots: tuple[Snapshot, ...] = ()
    spares: int = 0
    changed: int | None = None
    raised: Hand | None = None
    message: str = ""
    job: Job | None = None
    told: bool = False

    @property
    def sandbox(self) -> str:
        return self.status.sandbox

    @property
    def hand(self) -> datetime | None:
        """Since when its hand is up."""
        return self.raised.raised if self.raised else None


@dataclass(frozen=True, slots=True)
class Seen:
    """``version`` grows with every change that a page would show; ``at`` is when the last look at
    the engine began, UTC: what happened later may not be in it; ``engine`` why it does not answer,
    empty where it does: then all else is as it was when it did. ``ready``: it was looked at at
    least once."""

    version: int
    at: datetime
    teams: Mapping[str, Team] = field(default_factory=dict)
    workshops: Mapping[str, Workshop] = field(default_factory=dict)
    engine: str = ""
    ready: bool = False

    def says_the_same(self, other: Seen) -> bool:
        """Whether a page would look the same."""
        return replace(self, version=0, at=other.at) == replace(other, version=0)


def digest(key: str) -> str:
    """Of a key; empty where there is none, which opens nothing."""
    return hashlib.sha256(key.encode()).hexdigest() if key else ""


def known(status: Status, record: Record | None) -> Team:
    """What a look tells, before anybody's hand or job is added."""
    status = replace(status, left=None)
    if record is None:
        return Team(status, title=titled(status.sandbox))
    return Team(
        status,
        key=digest(record.key),
        live=record.live,
        recipe=record.recipe,
        workshop=record.workshop,
        title=titled(record.team or status.sandbox),
        snapshots=tuple(one for one in record.snapshots if one.whole),
    )


def titled(name: str) -> str:
    """``Blue otter`` for ``blue-otter``."""
    words = name.replace("-", " ")
    return words[:1].upper() + words[1:]
