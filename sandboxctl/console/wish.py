"""What somebody wants who opens a workshop, and whether it would fit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from sandboxctl.workshop.capacity import Fit


@dataclass(frozen=True, slots=True)
class Wish:
    """A workshop as somebody typed it in. ``teams`` are names for people, or none: then there are
    ``number`` that get names; ``until`` UTC, None for the blueprint's own lifetime; ``set``
    parameters, as ``--set`` gives them."""

    blueprint: str
    name: str
    title: str = ""
    number: int = 0
    teams: tuple[str, ...] = ()
    until: datetime | None = None
    set: Mapping[str, str] = field(default_factory=dict)

    @property
    def args(self) -> dict[str, Any]:
        """As JSON holds it, for `wish`."""
        return {**asdict(self), "until": self.until.isoformat() if self.until else ""}


def wish(args: Mapping[str, Any]) -> Wish:
    until = datetime.fromisoformat(args["until"]) if args["until"] else None
    return Wish(**{**args, "teams": tuple(args["teams"]), "until": until})


@dataclass(frozen=True, slots=True)
class Forecast:
    """What would be there: ``teams`` their names; ``fit`` how many have room."""

    teams: tuple[str, ...]
    fit: Fit
    until: datetime
