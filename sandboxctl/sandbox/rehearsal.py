"""What a rehearsal saw, twice, and whether both times were the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import combinations
from typing import Literal

from pydantic import Field

from sandboxctl.blueprint.forms import Frozen

VERSION: Literal[1] = 1
APART = 1.0
"""Seconds: services that are ready within so little of each other have no order."""


class Round(Frozen):
    """One time through: up, checks, break, reset, undo, close.

    Units   seconds; ``ready`` seconds from the beginning of `up` until a service of a team was
            ready, by service, the slowest team; ``memory`` bytes that a service used at minute
            zero, the most of all teams. ``data``  what there is of it → a fingerprint;
    ``left`` what was still there after the close.
    """

    up: float
    reset: float
    undo: float
    close: float
    ready: dict[str, float] = Field(default_factory=dict)
    memory: dict[str, int] = Field(default_factory=dict)
    data: dict[str, str] = Field(default_factory=dict)
    left: tuple[str, ...] = ()
    failures: tuple[str, ...] = ()


class Receipt(Frozen):
    """What a supplier can send along: that a blueprint was rehearsed, and how it went.

    ``blueprint`` is the SHA-256 of the blueprint as it was understood, its folders' content
    and images; ``recipe`` what the den calls it; ``data`` the fingerprint of its data's
    definition, empty without.
    """

    rehearsal: Literal[1] = VERSION
    name: str
    blueprint: str
    recipe: str
    data: str = ""
    seed: int | None = None
    teams: int
    at: datetime
    sandboxctl: str
    engine: str
    rounds: tuple[Round, ...]
    problems: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        return not self.problems

    @property
    def memory(self) -> int:
        """Bytes that one team used, at most."""
        return max((sum(one.memory.values()) for one in self.rounds), default=0)


def problems(rounds: Sequence[Round]) -> tuple[str, ...]:
    """All that went wrong in a round, and all in which two of them differ."""
    found = [f"time {n}: {why}" for n, one in enumerate(rounds, 1) for why in one.failures]
    found += [
        f"time {n}: left behind: {what}" for n, one in enumerate(rounds, 1) for what in one.left
    ]
    for first, second in combinations(rounds, 2):
        found += [*_data(first.data, second.data), *_order(first.ready, second.ready)]
    return tuple(dict.fromkeys(found))


def _data(first: Mapping[str, str], second: Mapping[str, str]) -> list[str]:
    return [
        f"{name} was not the same both times"
        for name in sorted({*first, *second})
        if first.get(name) != second.get(name)
    ]


def _order(first: Mapping[str, float], second: Mapping[str, float]) -> list[str]:
    """Services of which one was clearly ready before the other, and clearly after it the next
    time."""
    both = sorted(first.keys() & second.keys())
    return [
        f"{a} was ready before {b} one time, and after it the other"
        for a, b in combinations(both, 2)
        if abs(first[a] - first[b]) > APART
        and abs(second[a] - second[b]) > APART
        and (first[a] < first[b]) != (second[a] < second[b])
    ]
