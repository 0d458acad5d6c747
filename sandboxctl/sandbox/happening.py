"""What happened to a sandbox that nobody asked for, kept where every controller sees it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sandboxctl.blueprint.forms import Frozen

MOST = 10
"""How much is kept of one sandbox; the oldest goes."""


class Happening(Frozen):
    """One thing that happened, and when: UTC."""

    at: datetime
    words: str


@dataclass(frozen=True, slots=True)
class WriteHappened:
    """Add to what happened, and keep how often each service was started again by itself."""

    happened: tuple[Happening, ...] = ()
    again: Mapping[str, int] = field(default_factory=dict)

    def __str__(self) -> str:
        return "write down what happened" if self.happened else "begin to count anew"


def lasting(before: tuple[Happening, ...], new: tuple[Happening, ...]) -> tuple[Happening, ...]:
    """What is kept, oldest first."""
    return (*before, *new)[-MOST:]
