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
    def alone(self) -> str:
        """What is told where there is room for no more."""
        return f"{SIGNS[self.state]} {self.team}  {self.state.upper()}"

    @property
    def first(self) -> str:
        return f"{self.alone}: {', '.join(self.down)}" if self.down else self.alone

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
    """Two lines for each cell, beside each other as the width allows; names run down a column.

    ``tall``: lines that there is room for. Where two for each do not fit, one has to do; where
    that is too much as well, teams that need somebody stand first, and the last line says how
    many are left out. None: as many as it takes.
    """

    cells: Sequence[Cell]
    width: int
    tall: int | None = None

    @property
    def brief(self) -> bool:
        """Whether each cell has its first line only."""
        return self.tall is not None and 2 * self._deep(self._widest_of_both) > self.tall

    def told(self, cell: Cell) -> Sequence[str]:
        """The lines of one cell."""
        return [cell.alone] if self.brief else [cell.first, cell.second]

    @property
    def left_out(self) -> int:
        """How many teams there is no room for."""
        return len(self.cells) - len(self.shown)

    @property
    def shown(self) -> Sequence[Cell]:
        if self.tall is None or not self.brief or self._deep(self._widest) <= self.tall:
            return self.cells
        calm = {"ready": 1, "paused": 1}
        room = max(1, self.tall - 1) * self.columns
        return sorted(self.cells, key=lambda one: calm.get(one.state, 0))[:room]

    @property
    def columns(self) -> int:
        return self._beside(self._widest)

    @property
    def rows(self) -> list[list[Cell]]:
        """Each a line of the board."""
        shown = self.shown
        deep = -(-len(shown) // self.columns)
        return [list(shown[at::deep]) for at in range(deep)] if deep else []

    @property
    def cell_width(self) -> int:
        return min(self.width, self._widest)

    @property
    def _widest(self) -> int:
        if self.brief:
            return max(len(one.alone) for one in self.cells)
        return self._widest_of_both

    @property
    def _widest_of_both(self) -> int:
        return max((max(len(one.first), len(one.second)) for one in self.cells), default=1)

    def _beside(self, widest: int) -> int:
        return max(1, (self.width + GAP) // (widest + GAP))

    def _deep(self, widest: int) -> int:
        return -(-len(self.cells) // self._beside(widest))

    @property
    def lines(self) -> list[str]:
        """As text without colour."""
        found: list[str] = []
        for row in self.rows:
            told = [self.told(one) for one in row]
            for n in range(len(told[0])):
                padded = (lines[n].ljust(self.cell_width) for lines in told)
                found.append((" " * GAP).join(padded).rstrip())
        return [*found, f"… and {self.left_out} more"] if self.left_out else found
