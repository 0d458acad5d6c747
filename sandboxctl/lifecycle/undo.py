"""`reset --undo`: back to what the last reset, restore or `up` put aside, with all in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from sandboxctl.engine.protocol import Engine
from sandboxctl.errors import SandboxError
from sandboxctl.lifecycle.change import Proposal
from sandboxctl.lifecycle.reset import known
from sandboxctl.lifecycle.trust import demand
from sandboxctl.sandbox.asides import lasting, undo
from sandboxctl.sandbox.recipe import Container
from sandboxctl.sandbox.standing import as_it_is
from sandboxctl.sandbox.state import Aside, Observed, Record
from sandboxctl.sandbox.wanted import Wanted


def plan_undo(
    engine: Engine, sandbox: str, *, now: datetime, generation: int | None = None
) -> Proposal:
    """What `reset --undo` would do: the newest generation that was put aside, or that one.

    Raises SandboxError for an unknown sandbox, or where nothing can be returned to any more.
    """
    observed = engine.observe(sandbox)
    record = known(observed)
    before = engine.recipe(record.recipe)
    wanted = Wanted(
        recipe=before,
        since=record.since,
        until=record.until,
        previous=before,
        now=now,
        grace=engine.den.grace,
        why="restore" if generation else "undo",
    )
    if generation is None and is_undone(record) and observed.live:
        demand(engine, before, now)
        return Proposal(sandbox, wanted, observed, as_it_is(wanted, observed))
    to = _chosen(observed, now, generation)
    recipe = engine.recipe(to.recipe)
    demand(engine, recipe, now)
    wanted = replace(wanted, recipe=recipe)
    lost = sorted(name for name, one in _before(wanted).items() if one.stateful)
    return Proposal(sandbox, wanted, observed, undo(wanted, observed, to), tuple(lost))


def is_undone(record: Record) -> bool:
    """Whether an undo is the last that happened: another one only finishes it, since no verb does
    anything the second time. Back again is `restore N auto-…`."""
    return bool(record.asides) and record.asides[0].why == "undo"


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
