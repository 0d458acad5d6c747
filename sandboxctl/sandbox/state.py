"""What is there: one sandbox, one snapshot. Read by an engine, never changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from ipaddress import IPv4Network
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from sandboxctl.blueprint.forms import Frozen
from sandboxctl.sandbox.disk import Overfull
from sandboxctl.sandbox.happening import Happening
from sandboxctl.sandbox.machines import Capacity as Capacity

if TYPE_CHECKING:
    from sandboxctl.sandbox.switching import GoLive

DEFAULT_RANGE = IPv4Network("10.213.0.0/16")

Condition = Literal[
    "running", "paused", "created", "restarting", "removing", "exited", "dead", "gone"
]


Why = Literal["reset", "restore", "up", "undo"]
"""What put a generation aside."""


class Aside(Frozen):
    """A generation that was live, stopped and kept for a grace time: the automatic snapshot.

    ``since`` when it was put aside, ``until`` when nobody can return to it any more, both UTC;
    ``why`` the verb that did it; ``home`` as in `Record`.
    """

    generation: int
    recipe: str
    subnet: IPv4Network
    home: str = ""
    since: datetime
    until: datetime
    why: Why = "reset"


class Snapshot(Frozen):
    """State kept on purpose: the image of each service that keeps data, and the recipe they are
    of. ``at`` UTC, ``generation`` what it was taken of; ``whole`` once all images are there."""

    name: str
    recipe: str
    images: dict[str, str]
    generation: int
    at: datetime
    whole: bool = True

    def __str__(self) -> str:
        return self.name if self.whole else f"{self.name}, not finished"


class Beside(Frozen):
    """A container that was a service and is kept beside it; ``until`` when nobody can have it
    back any more, both UTC. ``undone``: an undo put it there, which another one only finishes."""

    since: datetime
    until: datetime
    undone: bool = False


class Swapping(Frozen):
    """A service that is being replaced in its place: the container ``away`` makes room for
    another one, or for the container ``to`` that was kept beside. Both are ids."""

    service: str
    away: str
    to: str = ""


class Spare(Frozen):
    """A generation that belongs to nobody yet; ``ready`` once all of it answers."""

    recipe: str
    subnet: IPv4Network
    since: datetime
    ready: bool = False


class Record(Frozen):
    """What is decided about a sandbox, as ``den.json`` holds it.

    ``recipe``  digest under which the den keeps it; ``until`` UTC; ``subnet`` of the live
    generation, ``home`` the spare it was, whose labels its objects carry; ``slot`` counts from 1
    where the room has a port for each sandbox; ``held`` while the gateway says "one moment"
    because data is being carried over; ``over`` why it was stopped, if it was for what it wrote;
    ``key`` opens it to a team, and nobody comes in without; ``asides`` newest first;
    ``swapping`` while a service is replaced in its place, ``beside`` what is kept of those that
    were; ``paused`` while somebody wants it to rest; ``workshop`` and ``team`` whose it is, where
    it is one of many; ``resets`` how often it began again; ``happened`` what nobody asked for,
    oldest first; ``again`` how often `watch` started a service that had died, since somebody
    last did; ``spares`` how many generations of its recipe should stand ready, beside those its
    workshop asks for.
    """

    live: int
    recipe: str
    blueprint: str
    title: str = ""
    since: datetime
    until: datetime
    subnet: IPv4Network | None = None
    home: str = ""
    slot: int | None = None
    held: bool = False
    paused: bool = False
    key: str = Field(default="", repr=False)
    over: Overfull | None = None
    asides: tuple[Aside, ...] = ()
    snapshots: tuple[Snapshot, ...] = ()
    swapping: Swapping | None = None
    beside: dict[str, Beside] = Field(default_factory=dict)
    workshop: str = ""
    team: str = ""
    resets: int = 0
    happened: tuple[Happening, ...] = ()
    again: dict[str, int] = Field(default_factory=dict)
    spares: int = 0

    @classmethod
    def of(cls, decided: GoLive, before: Record | None, *, key: str) -> Record:
        """What is written down when a generation goes live; a lease that moves leaves the rest."""
        same = before is not None and before.live == decided.generation
        again = before is not None and decided.why in ("reset", "restore") and not same
        return cls(
            live=decided.generation,
            recipe=decided.recipe.digest,
            blueprint=decided.recipe.blueprint,
            title=decided.recipe.title,
            since=decided.since,
            until=decided.until,
            subnet=decided.subnet,
            home=decided.home,
            key=key,
            over=before.over if before and same else None,
            asides=decided.asides,
            snapshots=before.snapshots if before else (),
            beside=dict(decided.beside),
            workshop=decided.workshop or (before.workshop if before else ""),
            team=decided.team or (before.team if before else ""),
            resets=(before.resets if before else 0) + again,
            happened=before.happened if before else (),
            again=before.again if before and same else {},
            spares=(before.spares if before else 0) if decided.spares is None else decided.spares,
        )

    @property
    def recipes(self) -> frozenset[str]:
        """Digests of all recipes that something of it was made from."""
        asides, kept = (a.recipe for a in self.asides), (s.recipe for s in self.snapshots)
        return frozenset({self.recipe, *asides, *kept})

    @property
    def homes(self) -> dict[int, str]:
        """Generation → the spare it was, for those that were one."""
        found = {self.live: self.home} | {a.generation: a.home for a in self.asides}
        return {number: home for number, home in found.items() if home}


@dataclass(frozen=True, slots=True)
class Seen:
    """A container that is there. ``why`` is in words, and empty while it runs; ``id`` is the
    engine's own."""

    service: str
    condition: Condition
    image: str = ""
    why: str = ""
    address: str = ""
    id: str = ""

    @property
    def runs(self) -> bool:
        return self.condition == "running"


@dataclass(frozen=True, slots=True)
class Generation:
    """One set of network and containers; ``subnet`` is None where the network is gone.

    ``number`` is the one on its objects' labels. ``home`` is whose labels they are, where they
    are not the sandbox's own: a spare's, and then that number is 1. ``beside`` are containers
    that were a service until it was replaced in its place.
    """

    number: int
    subnet: IPv4Network | None = None
    services: Mapping[str, Seen] = field(default_factory=dict)
    home: str = ""
    beside: Mapping[str, Seen] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Observed:
    """A sandbox, and what a plan for it has to know of its engine.

    ``generations`` by the number under which the sandbox knows them; ``spares`` that fit nobody
    yet, by name; ``images``  references that are present; ``taken`` every subnet in use.
    """

    sandbox: str
    generations: Mapping[int, Generation] = field(default_factory=dict)
    record: Record | None = None
    images: frozenset[str] = frozenset()
    taken: tuple[IPv4Network, ...] = ()
    range: IPv4Network = DEFAULT_RANGE
    den: str = "den"
    spares: Mapping[str, Spare] = field(default_factory=dict)

    @property
    def live(self) -> Generation | None:
        """The generation that teams see; None if nothing of it is left."""
        return self.generations.get(self.record.live) if self.record else None

    @property
    def next(self) -> int:
        """The number of the next generation: higher than any ever seen."""
        record = self.record
        decided = [record.live, *(a.generation for a in record.asides)] if record else []
        return max([0, *decided, *self.generations]) + 1

    @property
    def asides(self) -> tuple[Aside, ...]:
        """What was put aside, newest first."""
        return self.record.asides if self.record else ()

    def __bool__(self) -> bool:
        return bool(self.generations or self.record)
