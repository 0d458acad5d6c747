"""`restart`: the same containers with the same data, stopped and started."""

from __future__ import annotations

from datetime import datetime

from sandboxctl import clock
from sandboxctl.engine.protocol import Engine
from sandboxctl.errors import SandboxError
from sandboxctl.lifecycle.reset import known
from sandboxctl.lifecycle.trust import demand
from sandboxctl.sandbox import addresses
from sandboxctl.sandbox.operations import StartAgain, StopService, WaitReady
from sandboxctl.sandbox.plan import Draft, Key, Plan
from sandboxctl.sandbox.wanted import in_order


def plan_restart(
    engine: Engine, sandbox: str, service: str | None, *, now: datetime | None = None
) -> Plan:
    """Stop and start one service, or all of a sandbox in the order they need each other.

    PolicyError for an exception that is not granted at ``now``, the present unless said.
    """
    observed = engine.observe(sandbox)
    recipe = engine.recipe(known(observed).recipe)
    demand(engine, recipe, now or clock.now())
    live = observed.live
    if service is not None and service not in recipe.containers:
        raise SandboxError(
            f"{sandbox} has no service {service}",
            hint=f"It has {', '.join(sorted(recipe.containers))}.",
        )
    if live is None or live.subnet is None:
        raise SandboxError(
            f"Nothing of {sandbox} is left to restart", hint=f"Run `sandboxctl reset {sandbox}`."
        )
    gone = sorted(recipe.containers.keys() - live.services.keys())
    if gone:
        raise SandboxError(
            f"{', '.join(gone)} of {sandbox} is gone and cannot be started again",
            hint=f"Run `sandboxctl reset {sandbox}`; `up` with its blueprint does the same.",
        )
    places = addresses.services(live.subnet, recipe.containers)
    draft, ready = Draft(sandbox), dict[str, Key]()
    allowed = draft.let_go_on(observed)
    for name in in_order(recipe.containers):
        if service not in (None, name):
            continue
        container = recipe.containers[name]
        stop = StopService(live.number, name, container.grace)
        stopped = draft.add(stop, "you asked for it", allowed, home=live.home)
        needs = [ready.get(need) for need in container.depends_on]
        again = StartAgain(live.number, container)
        started = draft.add(again, "it was stopped", stopped, *needs, home=live.home)
        waiting = WaitReady(live.number, container, places[name])
        ready[name] = draft.add(waiting, "it was started", started, home=live.home)
    return Plan(tuple(draft.steps))
