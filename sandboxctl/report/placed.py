"""Where the boxes of a picture stand: columns by the longest way from the left, and lines that go
between boxes and never through one."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise
from typing import TypeAlias

GAP_X, GAP_Y, LANE = 64.0, 20.0, 24.0
"""Between columns, between boxes, and the height of a place that a line passes through."""

Edge: TypeAlias = tuple[str, str]
Slot: TypeAlias = tuple[str, str, int]
"""A box (its name, nothing, its column), or the place in a column where a line passes by."""


@dataclass(frozen=True, slots=True)
class Place:
    """Of a box: its left upper corner, and how high it is, in pixels."""

    x: float
    y: float
    height: float


@dataclass(frozen=True, slots=True)
class Placed:
    """``lines`` have the points that each goes through, from its box to the other."""

    places: Mapping[str, Place]
    lines: Mapping[Edge, tuple[tuple[float, float], ...]]
    width: float
    height: float


def columns(
    names: Sequence[str], edges: Collection[Edge], least: Mapping[str, int]
) -> dict[str, int]:
    """The length of the longest way to each, and at ``least`` so much; ``names`` so that edges lead
    forwards only."""
    found: dict[str, int] = {}
    for name in names:
        before = [found[a] + 1 for a, b in edges if b == name]
        found[name] = max([least.get(name, 0), *before])
    return found


def placed(
    heights: Mapping[str, float], edges: Collection[Edge], at: Mapping[str, int], width: float
) -> Placed:
    """``heights`` of the boxes, which are ``width`` wide; ``at`` their columns, without a gap."""
    ways = {(a, b): _way(a, b, at) for a, b in edges}
    slots: list[list[Slot]] = [[] for _ in range(max(at.values()) + 1)]
    for slot in dict.fromkeys(
        [*((n, "", at[n]) for n in heights), *chain.from_iterable(ways.values())]
    ):
        slots[slot[2]].append(slot)
    size = {slot: LANE if slot[1] else heights[slot[0]] for column in slots for slot in column}
    _sort(slots, list(ways.values()))
    tall = max(_tall(column, size) for column in slots)
    middles: dict[Slot, float] = {}
    for column in slots:
        y = (tall - _tall(column, size)) / 2
        for slot in column:
            middles[slot] = y + size[slot] / 2
            y += size[slot] + GAP_Y
    step = width + GAP_X
    places = {
        name: Place(at[name] * step, middles[name, "", at[name]] - height / 2, height)
        for name, height in heights.items()
    }
    lines = {edge: _points(way, middles, step, width) for edge, way in ways.items()}
    return Placed(places, lines, len(slots) * step - GAP_X, tall)


def _way(a: str, b: str, at: Mapping[str, int]) -> list[Slot]:
    between = [(a, b, column) for column in range(at[a] + 1, at[b])]
    return [(a, "", at[a]), *between, (b, "", at[b])]


def _sort(slots: Sequence[list[Slot]], ways: Sequence[Sequence[Slot]]) -> None:
    """Each column by the mean place of what leads to it, so that few lines cross."""
    for column, before in zip(slots[1:], slots, strict=False):
        rank = {slot: n - (len(before) - 1) / 2 for n, slot in enumerate(before)}
        into: dict[Slot, list[float]] = {slot: [] for slot in column}
        for way in ways:
            for a, b in pairwise(way):
                if b in into:
                    into[b].append(rank[a])
        column.sort(key=lambda slot: sum(into[slot]) / len(into[slot]) if into[slot] else 0.5)


def _tall(column: Sequence[Slot], size: Mapping[Slot, float]) -> float:
    return sum(size[slot] for slot in column) + GAP_Y * (len(column) - 1)


def _points(
    way: Sequence[Slot], middles: Mapping[Slot, float], step: float, width: float
) -> tuple[tuple[float, float], ...]:
    """From the right side of the first to the left side of the last, straight through lanes."""
    first, *between, last = way
    points = [(first[2] * step + width, middles[first])]
    for slot in between:
        points += [(slot[2] * step, middles[slot]), (slot[2] * step + width, middles[slot])]
    return (*points, (last[2] * step, middles[last]))
