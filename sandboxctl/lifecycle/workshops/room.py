"""How many teams a den has room for, asked of its engine."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sandboxctl.engine.protocol import Engine
from sandboxctl.lifecycle.change import Proposal
from sandboxctl.lifecycle.rehearsed import last
from sandboxctl.lifecycle.workshops import kept
from sandboxctl.sandbox.operations import CreateNetwork
from sandboxctl.sandbox.recipe import Recipe
from sandboxctl.workshop.capacity import Fit, Ground, fit
from sandboxctl.workshop.needs import Need, need


def fits(engine: Engine, proposals: Mapping[str, Proposal], spares: int) -> Fit | None:
    """For the teams that have nothing yet, and for what stands by; None where none is new."""
    new = [one for name, one in proposals.items() if not one.observed.live and _is_built(name, one)]
    if not new:
        return None
    seen = new[0].observed
    capacity = engine.capacity()
    recipes = [one.wanted.recipe for one in new if one.wanted]
    needs = _needs(engine, recipes, reflinks=capacity.reflinks)
    slots = [one for one in kept.records(engine).values() if one.get("slot")]
    ground = Ground(
        memory=capacity.memory,
        promised=capacity.promised,
        cpus=capacity.cpus,
        disk=capacity.disk,
        range=seen.range,
        taken=seen.taken,
        ports=engine.den.gateway.ports,
        used=len(slots),
        there=len(proposals) - len(new),
    )
    standing_by = spares if not any(one.names_sandbox for one in recipes) else 0
    return fit(needs, ground, spares=standing_by, asides=1 if engine.den.grace else 0)


def _is_built(name: str, proposal: Proposal) -> bool:
    """Whether it takes room that nothing has yet: a spare that is claimed has it already."""
    return any(
        step.sandbox == name and isinstance(step.operation, CreateNetwork)
        for step in proposal.plan.steps
    )


def _needs(engine: Engine, recipes: Iterable[Recipe], *, reflinks: bool | None) -> list[Need]:
    several = list(recipes)
    images = {c.image for one in several for c in one.containers.values() if c.stateful}
    filled = engine.filled(sorted(images))
    known: dict[str, Need] = {}
    for one in several:
        if one.digest not in known:
            rehearsed = last(engine.den.name, one.digest)
            measured = rehearsed.measured if rehearsed else None
            known[one.digest] = need(one, filled, reflinks=reflinks, measured=measured)
    return [known[one.digest] for one in several]
