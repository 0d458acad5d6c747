"""What a verb wants of a sandbox. Time, names and secret values are given, never looked up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from graphlib import TopologicalSorter
from typing import TYPE_CHECKING

from sandboxctl.sandbox.recipe import Baseline, Container, Recipe
from sandboxctl.sandbox.state import Why

if TYPE_CHECKING:
    from sandboxctl.sandbox.build import Build


@dataclass(frozen=True, slots=True)
class Wanted:
    """A recipe, and how to come by its images.

    ``builds`` and ``pulls``  what may be missing, parents first. ``previous``  the recipe of the
    live generation, from which data is carried over. ``fresh``  another generation even if the
    live one is as wanted. ``images``  service → what it starts from in place of its own image:
    a snapshot's. ``spared``  a spare will do. ``now``  when this is wanted; ``grace``  how long
    what is replaced stays aside, None: not at all; ``why``  the verb that is told of it.
    ``workshop`` and ``team``  whose it becomes; empty: whose it is. ``spares``  how
    many should stand ready for it; None: as many as before.
    """

    recipe: Recipe
    since: datetime
    until: datetime
    lease_given: bool = False
    builds: tuple[Build, ...] = ()
    pulls: tuple[str, ...] = ()
    baseline: Baseline | None = None
    previous: Recipe | None = None
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    fresh: bool = False
    images: Mapping[str, str] = field(default_factory=dict)
    spared: bool = False
    now: datetime | None = None
    grace: timedelta | None = None
    why: Why = "up"
    workshop: str = ""
    team: str = ""
    spares: int | None = None

    @property
    def references(self) -> frozenset[str]:
        """Every image whose presence matters to a plan."""
        baseline = self.baseline.containers.values() if self.baseline else ()
        run = {one.image for one in (*self.recipe.containers.values(), *baseline)}
        run |= set(self.images.values())
        return frozenset(run | {build.tag for build in self.builds} | set(self.pulls))


def in_order(containers: Mapping[str, Container]) -> list[str]:
    """Names such that each comes after all it depends on."""
    needs = {
        name: sorted(need for need in containers[name].depends_on if need in containers)
        for name in sorted(containers)
    }
    return list(TopologicalSorter(needs).static_order())


def carried(wanted: Wanted, there: frozenset[str]) -> frozenset[str]:
    """Services whose data goes over into the next generation: they keep state, are there, and
    what the supplier wrote about them did not change."""
    if wanted.fresh or wanted.previous is None:
        return frozenset()
    before = wanted.previous.containers
    return frozenset(
        name
        for name, container in wanted.recipe.containers.items()
        if container.stateful
        and name in there
        and name in before
        and before[name].definition == container.definition
    )


def lost(wanted: Wanted, there: frozenset[str]) -> tuple[str, ...]:
    """Services whose data a change of the blueprint throws away, in the order of their names."""
    if wanted.previous is None:
        return ()
    stateful = {name for name, c in wanted.previous.containers.items() if c.stateful}
    return tuple(sorted((stateful & there) - carried(wanted, there)))
