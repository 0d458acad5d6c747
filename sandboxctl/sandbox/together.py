"""Many sandboxes at once: one look, one plan for each, and nothing that two of them both take."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from sandboxctl.sandbox.operations import CreateNetwork, GoLive
from sandboxctl.sandbox.plan import Plan
from sandboxctl.sandbox.reconcile import reconcile
from sandboxctl.sandbox.state import Observed, Spare
from sandboxctl.sandbox.supply import supply
from sandboxctl.sandbox.wanted import Wanted


def together(
    wanted: Mapping[str, Wanted],
    observed: Mapping[str, Observed],
    making: Mapping[str, Observed],
    spares: Mapping[str, Spare],
) -> dict[str, Plan]:
    """A plan for each, in the order of ``wanted``, that can be added to the others.

    Images and baselines that they share are the same steps; each has a subnet of its own, and a
    spare goes to the first whom it fits. ``making`` by the key of the baseline.
    """
    present = frozenset[str]().union(*(one.images for one in observed.values()))
    shared = supply(wanted.values(), present)
    plans: dict[str, Plan] = {}
    taken, left = {net for one in observed.values() for net in one.taken}, dict(spares)
    for name, one in wanted.items():
        seen = replace(observed[name], taken=tuple(sorted(taken)), spares=dict(left))
        begun = making.get(one.baseline.key) if one.baseline else None
        plan = plans[name] = reconcile(one, seen, begun, shared)
        for step in plan.steps:
            match step.operation:
                case CreateNetwork(subnet=subnet):
                    taken.add(subnet)
                case GoLive(home=home):
                    left.pop(home, None)
                case _:
                    pass
    return plans


def added(plans: Mapping[str, Plan]) -> Plan:
    """All of them as one; what they share is in it once."""
    found, known = [], set()
    for plan in plans.values():
        more = [step for step in plan.steps if step.key not in known]
        known |= {step.key for step in more}
        found += more
    return Plan(tuple(found))
