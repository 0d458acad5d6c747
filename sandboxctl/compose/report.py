"""What became of a Compose file: one decision for each key that did not stay as it was."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from sandboxctl.blueprint.problem import Key

Verdict = Literal["to be answered", "left out", "replaced", "added", "kept"]
ORDER: tuple[Verdict, ...] = ("to be answered", "left out", "replaced", "added", "kept")


@dataclass(frozen=True, slots=True)
class Decision:
    """One of them.

    ``service``  as Compose names it; "" for what is above services
    ``key``      as it stands in the Compose file
    ``found``    what was there, on one short line, secrets never
    ``instead``  what takes its place in the blueprint; "" for nothing
    ``at``       where the blueprint has the question, or what takes its place
    """

    verdict: Verdict
    service: str
    key: str
    found: str
    instead: str
    why: str
    line: int | None = None
    at: Key = ()


@dataclass
class Report:
    """Decisions in the order in which they were taken."""

    decisions: list[Decision] = field(default_factory=list)

    @property
    def questions(self) -> list[Decision]:
        return [item for item in self.decisions if item.verdict == "to be answered"]

    def sorted(self) -> list[Decision]:
        """Questions first, then what was lost; each said once."""
        once = dict.fromkeys(self.decisions)
        return sorted(once, key=lambda item: ORDER.index(item.verdict))

    def of(self, verdict: Verdict) -> list[Decision]:
        return [item for item in self.sorted() if item.verdict == verdict]
