"""What would be done to many sandboxes: one look, and a plan for each that fits the others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from ipaddress import IPv4Network
from typing import TypeAlias

from sandboxctl.engine.protocol import Engine
from sandboxctl.lifecycle.change import NOWHERE, Proposal
from sandboxctl.sandbox import names
from sandboxctl.sandbox.plan import Plan
from sandboxctl.sandbox.state import Observed
from sandboxctl.sandbox.together import added, together
from sandboxctl.sandbox.wanted import Wanted, lost

Proposals: TypeAlias = Mapping[str, Proposal]
"""What would be done, by sandbox."""


@dataclass(frozen=True, slots=True)
class Looked:
    """One look at many sandboxes, from which plans can be made more than once."""

    observed: Mapping[str, Observed]
    making: Mapping[str, Observed]


def look(
    engine: Engine, wanted: Mapping[str, Wanted], avoid: frozenset[IPv4Network] = NOWHERE
) -> Looked:
    """All that plans for these have to know."""
    references = {image for one in wanted.values() for image in one.references}
    keys = {one.baseline.key for one in wanted.values() if one.baseline}
    making = {key: engine.observe(names.BASELINE + key) for key in sorted(keys)}
    observed = engine.observe_all(wanted.keys(), references)
    also = tuple(sorted(avoid))
    seen = {name: replace(one, taken=(*one.taken, *also)) for name, one in observed.items()}
    return Looked(seen if avoid else observed, making)


def propose_all(
    engine: Engine,
    wanted: Mapping[str, Wanted],
    looked: Looked | None = None,
    avoid: frozenset[IPv4Network] = NOWHERE,
) -> dict[str, Proposal]:
    """Look once unless it was done, and decide for all together. ``avoid`` as in `propose`."""
    seen = looked or look(engine, wanted, avoid)
    spared = any(one.spared for one in wanted.values())
    spares = engine.spares() if spared else {}
    plans = together(wanted, seen.observed, seen.making, spares)
    return {
        name: Proposal(name, one, seen.observed[name], plans[name], _lost(one, seen.observed[name]))
        for name, one in wanted.items()
    }


def plan_of(proposals: Proposals) -> Plan:
    """All as one; what they share is done once."""
    return added({name: one.plan for name, one in proposals.items()})


def _lost(wanted: Wanted, observed: Observed) -> tuple[str, ...]:
    there = frozenset(observed.live.services) if observed.live else frozenset()
    return lost(wanted, there)
