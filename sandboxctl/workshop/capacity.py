"""How many teams fit, and what keeps more from it: said before anything is started.

Memory, disk, addresses and ports are hard: what is short there fails somebody. CPU is not.

What is counted, beside the live generation of each team:

- spares run, so they take of everything;
- where there are no spares a reset builds the next generation beside the live one, so there is
  room for one more;
- a generation that was put aside for undo is stopped: it takes disk and addresses, and no memory.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from ipaddress import IPv4Network
from typing import Literal, TypeAlias

from sandboxctl.errors import EngineError
from sandboxctl.sandbox import addresses, disk
from sandboxctl.workshop.needs import MEBIBYTE, Need

Kind: TypeAlias = Literal["memory", "cpus", "disk", "addresses", "ports"]
KEPT_FREE = 0.05
"""Of the disk: an engine that has none left can neither write a log nor stop a container."""

MOST = 100_000
_CALLED = {"memory": "memory", "cpus": "CPU", "disk": "disk", "addresses": "addresses"}


@dataclass(frozen=True, slots=True)
class Ground:
    """What an engine and its den have, and what of it is gone already.

    Units   ``memory`` and ``promised`` (the limits of what runs) bytes; ``cpus`` cores and
            ``busy`` those that others are likely to take; ``disk`` bytes free where the engine
            keeps its data, None where nobody knows.
    ``range`` and ``taken`` are the den's addresses; ``ports`` how many the room has, 0 where it
    has names instead, and ``used`` of them. ``there`` teams of this workshop are in all of that
    already.
    """

    memory: int
    cpus: int
    range: IPv4Network
    promised: int = 0
    busy: float = 0
    disk: int | None = None
    taken: tuple[IPv4Network, ...] = ()
    ports: int = 0
    used: int = 0
    there: int = 0


@dataclass(frozen=True, slots=True)
class Bound:
    """One thing that teams take of. ``fit`` teams have room by it; ``short`` is how much more there
    would have to be for all: bytes, cores, addresses or ports; 0 where all fit."""

    kind: Kind
    fit: int
    short: float

    @property
    def is_hard(self) -> bool:
        return self.kind != "cpus"

    def __str__(self) -> str:
        match self.kind:
            case "memory" | "disk":
                size = disk.words(max(MEBIBYTE, round(self.short)))
                return f"{self.kind} binds, {size} short"
            case "cpus":
                return f"CPU would be {self.short:.1f} cores short"
            case kind:
                return f"{kind} bind, {round(self.short):,} short"


@dataclass(frozen=True, slots=True)
class Fit:
    """How many of the teams that were ``asked`` for have room."""

    asked: int
    bounds: tuple[Bound, ...]

    @property
    def binds(self) -> Bound:
        """The hard one with the least room."""
        return min((one for one in self.bounds if one.is_hard), key=lambda one: one.fit)

    @property
    def teams(self) -> int:
        return self.binds.fit

    @property
    def all_fit(self) -> bool:
        return self.teams >= self.asked

    def of(self, kind: Kind) -> Bound | None:
        return next((one for one in self.bounds if one.kind == kind), None)

    def __str__(self) -> str:
        asked = f"{self.asked:,} team{'' if self.asked == 1 else 's'} asked for"
        others = _others(one for one in self.bounds if one.is_hard and one != self.binds)
        if self.all_fit:
            kind = _CALLED.get(self.binds.kind, self.binds.kind)
            said = f"{asked}, {self.teams:,} fit; {kind} would bind first"
        else:
            said = f"{asked}, {self.teams:,} fit: {self.binds}"
        return f"{said}; {others}{self._slow()}" if others else f"{said}{self._slow()}"

    def _slow(self) -> str:
        """CPU is told of only where it will be felt."""
        cpus = self.of("cpus")
        if cpus is None or cpus.fit >= min(self.asked, self.teams):
            return ""
        return f". From {cpus.fit + 1:,} teams on they share CPU: everything works, more slowly"


def fit(needs: Sequence[Need], ground: Ground, *, spares: int, asides: int = 1) -> Fit:
    """``needs`` of the teams that are not there yet, in their order; ``spares`` of each recipe;
    ``asides`` generations kept for undo by each team."""
    widest = max(needs, key=lambda one: one.services)
    room = addresses.room(ground.range, ground.taken, widest.services)
    some = partial(_bound, needs, ground.there, spares)
    most = max(needs, key=lambda one: one.memory)
    free = ground.memory - ground.promised
    bounds = [
        some("memory", free, lambda one: one.memory, beside=most.memory),
        some("cpus", max(0.0, ground.cpus - ground.busy), lambda one: one.cpus, beside=0),
    ]
    if ground.disk is not None:
        usable = round(ground.disk * (1 - KEPT_FREE))
        kept = 1 + asides
        bounds.append(some("disk", usable, lambda one: one.disk, times=kept, beside=0))
    bounds.append(some("addresses", room, lambda _: 1, times=1 + asides, beside=1))
    if ground.ports:
        left = ground.ports - ground.used
        bounds.append(_bound(needs, ground.there, 0, "ports", left, lambda _: 1, beside=0))
    return Fit(ground.there + len(needs), tuple(bounds))


def demand(found: Fit) -> None:
    """EngineError unless all teams fit."""
    if found.all_fit:
        return
    raise EngineError(str(found), hint=_way_out(found), code="DEN953")


def _bound(
    needs: Sequence[Need],
    there: int,
    spares: int,
    kind: Kind,
    room: float,
    takes: Callable[[Need], float],
    *,
    times: int = 1,
    beside: float,
) -> Bound:
    """Teams one after the other, then as many more of the one that takes most as there is room
    for."""
    distinct = {one.recipe: takes(one) for one in needs}.values()
    left = room - (sum(distinct) * spares if spares else beside)
    largest = max(distinct) * times
    count = 0
    for one in needs:
        if left < takes(one) * times:
            missing = sum(takes(other) * times for other in needs[count:]) - left
            return Bound(kind, there + count, missing)
        left -= takes(one) * times
        count += 1
    more = min(MOST, int(left // largest)) if largest else MOST
    return Bound(kind, there + count + more, 0)


def _others(bounds: Iterable[Bound]) -> str:
    """``disk would hold 40, addresses 1,300``."""
    said = [f"{_CALLED.get(one.kind, one.kind)} {one.fit:,}" for one in bounds if one.fit < MOST]
    if not said:
        return ""
    first, *rest = said
    kind, _, count = first.rpartition(" ")
    return ", ".join([f"{kind} would hold {count}", *rest])


def _way_out(found: Fit) -> str:
    fewer = f"Start {found.teams:,} teams (`--teams {found.teams}`)" if found.teams else ""
    ways: dict[Kind, str] = {
        "memory": "keep fewer spares, take other sandboxes down, or lower mem_limit in the "
        "blueprint; `sandboxctl rehearse` measures what a team really takes",
        "disk": "make room, keep nothing for undo, or let the engine's data lie on XFS with "
        "reflinks: `sandboxctl doctor` says what it lies on",
        "addresses": "give the den a larger range: `sandboxctl den --set range=…`",
        "ports": "give the room more ports: `sandboxctl den --set gateway.ports=…`",
        "cpus": "",
    }
    way = ways[found.binds.kind]
    return f"{fewer}, {way}." if fewer else f"{way[0].upper()}{way[1:]}."
