"""What this controller's last rehearsal of a recipe measured, out of its ledger."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from statistics import mean
from typing import Any

from sandboxctl.errors import SandboxError
from sandboxctl.lifecycle import ledger
from sandboxctl.sandbox.rehearsal import Receipt
from sandboxctl.workshop.needs import Measured

VERB = "rehearse"
_EVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """``seconds`` by verb, the mean of both times; ``memory`` bytes that one team used."""

    at: datetime
    teams: int
    seconds: Mapping[str, float]
    memory: int

    @property
    def measured(self) -> Measured:
        return Measured(memory=self.memory)


def facts(seen: Receipt) -> dict[str, Any]:
    """What is written into the ledger, for `last` to find."""
    verbs = ("up", "reset", "undo", "close")
    return {
        "blueprint": seen.name,
        "recipe": seen.recipe,
        "teams": seen.teams,
        "took": {verb: round(mean(getattr(one, verb) for one in seen.rounds), 2) for verb in verbs},
        "memory": seen.memory,
        "problems": list(seen.problems),
    }


def last(den: str, recipe: str) -> Rehearsed | None:
    """The last one of this recipe that went well; None if there is none, or no ledger to ask."""
    try:
        events = ledger.events(den, since=_EVER)
    except SandboxError:
        return None
    for event in reversed(events):
        told: Mapping[str, Any] = event.detail
        if event.verb == VERB and told.get("recipe") == recipe and not told.get("problems"):
            return Rehearsed(event.at, told["teams"], told["took"], told["memory"])
    return None
