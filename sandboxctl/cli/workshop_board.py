"""The board of a workshop: a cell for each team, readable from the back of a room.

Pure: what is known of the teams and how wide the terminal is → lines. A state is a word and a
sign, never a colour alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sandboxctl.cli import show
from sandboxctl.cli.visible import line
from sandboxctl.lifecycle.status import State, Status

SIGNS: Mapping[str, str] = {
    "ready": "✓",
    "in trouble": "!",
    "paused": "‖",
    "stopped": "×",
    "not finished": "…",
    "not there": "–",
}
COLOURS: Mapping[str, str] = {
    "ready": "green",
    "in trouble": "bold red",
    "stopped": "bold red",
    "not finished": "yellow",
    "paused": "cyan",
    "not there": "dim",
}
GAP = 3
ORDER: tuple[State, ...] = ("ready", "in trouble", "stopped", "not finished", "paused")


@dataclass(frozen=True, slots=True)
class Cell:
    """One team. ``down`` names its services that do not run; ``left`` is in words; ``address`` as
    people type it."""

    team: str
    state: str
    down: tuple[str, ...] = ()
    resets: int = 0
    left: str = ""
    address: str = ""

    @property
    def first(self) -> str:
        said = f"{SIGNS[self.state]} {self.team}  {self.state.upper()}"
        return f"{said}: {', '.join(self.down)}" if self.down else said

    @property
    def second(self) -> str:
        again = f"{self.resets} reset{'' if self.resets == 1 else 's'}" if self.resets else ""
        return "  " + " · ".join(part for part in (self.left, again, self.address) if part)


def cell(team: str, title: str, status: Status | None) -> Cell:
    """What is shown of a team; None where nothing of it is there."""
    called = line(title or team)
    if status is None:
        return Cell(called, "not there")
    down = () if status.state == "paused" else _down(status)
    left = "" if status.left is None else show.words(status.left)
    ends = f"{left} left" if left and not left.startswith("over") else left
    address = status.url.partition("://")[2].rstrip("/")
    return Cell(called, status.state, down, status.resets, ends, address)


def _down(status: Status) -> tuple[str, ...]:
    if status.state == "stopped" or status.state == "not finished":
        return ()
    return tuple(f"{seen.service} down" for seen in status.services if not seen.runs)


def counted(cells: Sequence[Cell]) -> str:
    """``27 ready, 2 in trouble, 1 paused``."""
    found = Counter(one.state for one in cells)
    states = [*ORDER, "not there"]
    return ", ".join(f"{found[state]} {state}" for state in states if found[state])


@dataclass(frozen=True, slots=True)
class Drawn:
    """Two lines for each cell, beside each other as the width allows; names run down a column."""

    cells: Sequence[Cell]
    width: int

    @property
    def columns(self) -> int:
        return max(1, (self.width + GAP) // (self._widest + GAP))

    @property
    def rows(self) -> list[list[Cell]]:
        """Each a line of the board."""
        deep = -(-len(self.cells) // self.columns)
        return [list(self.cells[at::deep]) for at in range(deep)] if deep else []

    @property
    def cell_width(self) -> int:
        return min(self.width, self._widest)

    @property
    def _widest(self) -> int:
        return max((max(len(one.first), len(one.second)) for one in self.cells), default=1)

    @property
    def lines(self) -> list[str]:
        """As text without colour."""
        found: list[str] = []
        for row in self.rows:
            for text in ([one.first for one in row], [one.second for one in row]):
                padded = (part.ljust(self.cell_width) for part in text)
                found.append((" " * GAP).join(padded).rstrip())
        return found
