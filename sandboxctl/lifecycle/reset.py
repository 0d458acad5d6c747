"""`reset`: the next generation from minute zero; the old one serves until that is ready."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sandboxctl import clock
from sandboxctl.engine.protocol import Engine
from sandboxctl.errors import EngineError, SandboxError
from sandboxctl.lifecycle.change import Proposal, propose
from sandboxctl.lifecycle.trust import demand
from sandboxctl.lifecycle.up import secret_values
from sandboxctl.sandbox.state import Observed, Record
from sandboxctl.sandbox.wanted import Wanted


def plan_reset(
    engine: Engine, sandbox: str, *, now: datetime | None = None, spared: bool = True
) -> Proposal:
    """What `reset` would do, from the recipe the den keeps: the supplier's folder is not needed.

    ``spared``  a spare will do, where there is one. Raises SandboxError for an unknown sandbox,
    EngineError where an image is gone, PolicyError for an exception that is not granted at
    ``now``, the present unless said.
    """
    now = now or clock.now()
    record = known(engine.observe(sandbox))
    recipe = engine.recipe(record.recipe)
    demand(engine, recipe, now)
    asked = [name for name, secret in recipe.secrets.items() if secret.ask]
    wanted = Wanted(
        recipe=recipe,
        since=record.since,
        until=record.until,
        previous=recipe,
        secrets=secret_values(recipe, engine.secrets(sandbox, asked) if asked else {}),
        host=engine.den.host(sandbox),
        fresh=True,
        spared=spared and not recipe.names_sandbox,
        now=now,
        grace=engine.den.grace,
        why="reset",
    )
    proposal = propose(engine, sandbox, wanted)
    _there(sandbox, wanted.references - proposal.observed.images)
    stateful = sorted(name for name, c in recipe.containers.items() if c.stateful)
    return replace(proposal, lost=tuple(stateful))


def known(observed: Observed) -> Record:
    """The record of a sandbox that has one; SandboxError if there is no such sandbox."""
    if observed.record is None:
        begun = " It was begun and never became ready." if observed.generations else ""
        raise SandboxError(
            f"There is no running sandbox {observed.sandbox}.{begun}",
            hint="`sandboxctl ls` shows what there is; `sandboxctl up BLUEPRINT --name "
            f"{observed.sandbox}` starts it.",
        )
    return observed.record


def _there(sandbox: str, gone: frozenset[str]) -> None:
    if gone:
        raise EngineError(
            f"{sandbox} cannot start again from minute zero: {', '.join(sorted(gone))} is gone",
            hint="Run `sandboxctl up` again with its blueprint; it makes what is missing.",
        )
