"""What is there: one sandbox, one snapshot. Read by an engine, never changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from ipaddress import IPv4Network
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from sandboxctl.blueprint.model import Frozen
from sandboxctl.sandbox.disk import Overfull

if TYPE_CHECKING:
    from sandboxctl.sandbox.operations import GoLive

DEFAULT_RANGE = IPv4Network("10.213.0.0/16")

Condition = Literal[
    "running", "paused", "created", "restarting", "removing", "exited", "dead", "gone"
]


class Record(Frozen):
    """What is decided about a sandbox, as ``den.json`` holds it.

    ``recipe``  digest under which the den keeps it; ``until`` UTC; ``slot`` counts from 1 where
    the room has a port for each sandbox; ``held`` while the gateway says "one moment" because
    data is being carried over; ``over`` why it was stopped, if it was for what it wrote; ``key``
    opens it to a team, and nobody comes in without.
    """

    live: int
    recipe: str
    blueprint: str
    title: str = ""
    since: datetime
    until: datetime
    slot: int | None = None
    held: bool = False
    key: str = Field(default="", repr=False)
    over: Overfull | None = None

    @classmethod
    def of(cls, decided: GoLive, before: Record | None, *, key: str) -> Record:
        """What is written down when a generation goes live; a lease that moves leaves the rest."""
        same = before is not None and before.live == decided.generation
        return cls(
            live=decided.generation,
            recipe=decided.recipe.digest,
            blueprint=decided.recipe.blueprint,
            title=decided.recipe.title,
            since=decided.since,
            until=decided.until,
            key=key,
            over=before.over if before and same else None,
        )


@dataclass(frozen=True, slots=True)
class Seen:
    """A container that is there. ``why`` is in words, and empty while it runs."""

    service: str
    condition: Condition
    image: str = ""
    why: str = ""
    address: str = ""

    @property
    def runs(self) -> bool:
        return self.condition == "running"


@dataclass(frozen=True, slots=True)
class Generation:
    """One set of network and containers; ``subnet`` is None where the network is gone."""

    number: int
    subnet: IPv4Network | None = None
    services: Mapping[str, Seen] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Observed:
    """A sandbox, and what a plan for it has to know of its engine.

    ``images``  references that are present; ``taken`` every subnet in use.
    """

    sandbox: str
    generations: Mapping[int, Generation] = field(default_factory=dict)
    record: Record | None = None
    images: frozenset[str] = frozenset()
    taken: tuple[IPv4Network, ...] = ()
    range: IPv4Network = DEFAULT_RANGE
    den: str = "den"

    @property
    def live(self) -> Generation | None:
        """The generation that teams see; None if nothing of it is left."""
        return self.generations.get(self.record.live) if self.record else None

    @property
    def next(self) -> int:
        """The number of the next generation: higher than any ever seen."""
        decided = self.record.live if self.record else 0
        return max([decided, *self.generations]) + 1

    def __bool__(self) -> bool:
        return bool(self.generations or self.record)


@dataclass(frozen=True, slots=True)
class Capacity:
    """What an engine has, and what the limits of running containers add up to. Bytes and cores."""

    memory: int
    promised: int
    cpus: int
