"""States, what may follow each of them, and for how long they last."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from graphlib import CycleError, TopologicalSorter


@dataclass(frozen=True)
class Machine:
    """``start`` has a weight for each state; ``moves`` for each state the positions of those that
    may follow and their weights; ``stays`` the shortest and longest time in it, in seconds.
    A path ends in a state that nothing follows, or after ``at_most`` states."""

    states: tuple[str, ...]
    start: tuple[float, ...]
    moves: tuple[tuple[tuple[int, float], ...], ...]
    stays: tuple[tuple[int, int], ...]
    at_most: int

    @cached_property
    def _after(self) -> tuple[frozenset[int], ...]:
        return tuple(frozenset(to for to, weight in moves if weight > 0) for moves in self.moves)

    def follow(self, states: frozenset[int]) -> frozenset[int]:
        """The states that may come right after one of these."""
        return frozenset().union(*(self._after[state] for state in states))

    @cached_property
    def first(self) -> frozenset[int]:
        return frozenset(state for state, weight in enumerate(self.start) if weight > 0)

    @cached_property
    def reachable(self) -> frozenset[int]:
        """Every state that a path could come to, were it long enough."""
        found = edge = self.first
        while edge := self.follow(edge) - found:
            found |= edge
        return found

    @cached_property
    def levels(self) -> tuple[frozenset[int], ...]:
        """The states that may come first, second … on a path."""
        found = [self.first]
        while len(found) < self.at_most and (here := self.follow(found[-1])):
            found.append(here)
        return tuple(found)

    @property
    def longest(self) -> int:
        """How many states a path has at most."""
        return len(self.levels)

    @property
    def passed(self) -> frozenset[int]:
        """The states that a path may come to."""
        return frozenset().union(*self.levels)

    @cached_property
    def lasts(self) -> frozenset[int]:
        """The states that a path may end in."""
        cut = self.levels[-1] if self.longest == self.at_most else frozenset()
        return cut | {state for state in self.passed if not self.moves[state]}

    @cached_property
    def has_circles(self) -> bool:
        """Whether a path may come to the same state twice."""
        graph = {state: self.follow(frozenset([state])) for state in self.reachable}
        try:
            TopologicalSorter(graph).prepare()
        except CycleError:
            return True
        return False
