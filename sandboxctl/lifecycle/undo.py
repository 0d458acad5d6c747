"""`reset --undo`: back to what the last reset, restore or `up` put aside, with all in it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sandboxctl.engine.protocol import Engine
from sandboxctl.errors import SandboxError
from sandboxctl.lifecycle.change import Proposal
from sandboxctl.lifecycle.reset import known
from sandboxctl.lifecycle.trust import demand
from sandboxctl.sandbox.asides import lasting, undo
from sandboxctl.sandbox.recipe import Container
from sandboxctl.sandbox.state import Aside, Observed
from sandboxctl.sandbox.wanted import Wanted


def plan_undo(
    engine: Engine, sandbox: str, *, now: datetime, generation: int | None = None
) -> Proposal:
    """What `reset --undo` would do: the newest generation that was put aside, or that one.

    Raises SandboxError for an unknown sandbox, or where nothing can be returned to any more.
    """
    observed = engine.observe(sandbox)
    record = known(observed)
    to = _chosen(observed, now, generation)
    recipe = engine.recipe(to.recipe)
    demand(engine, recipe, now)
    wanted = Wanted(
        recipe=recipe,
        since=record.since,
        until=record.until,
        previous=engine.recipe(record.recipe),
        now=now,
        grace=engine.den.grace,
        why="undo",
    )
    lost = sorted(name for name, one in _before(wanted).items() if one.stateful)
    return Proposal(sandbox, wanted, observed, undo(wanted, observed, to), tuple(lost))


def _before(wanted: Wanted) -> Mapping[str, Container]:
    return wanted.previous.containers if wanted.previous else {}


def _chosen(observed: Observed, now: datetime, generation: int | None) -> Aside:
    found = [
        one
        for one in lasting(observed, now)
        if generation in (None, one.generation) and _whole(observed, one)
    ]
    if found:
        return found[0]
    over = observed.asides and not lasting(observed, now)
    why = "its grace is over" if over else "nothing was put aside"
    raise SandboxError(
        f"There is nothing of {observed.sandbox} to return to: {why}.",
        hint="`sandboxctl snapshot` keeps a state for longer; `sandboxctl den --set undo=2h` "
        "gives the next reset more time.",
    )


def _whole(observed: Observed, one: Aside) -> bool:
    return bool(observed.generations[one.generation].services)
