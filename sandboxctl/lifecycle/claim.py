"""A spare is taken: going by what is decided alone, the gateway moves to it."""

from __future__ import annotations

from datetime import datetime

from sandboxctl.engine.protocol import Engine
from sandboxctl.errors import SpareTaken
from sandboxctl.lifecycle.change import Proposal, go_back, is_bad_spare
from sandboxctl.lifecycle.execute import Failures, Listener, execute
from sandboxctl.lifecycle.trust import demand
from sandboxctl.sandbox.operations import GoLive
from sandboxctl.sandbox.reconcile import fitting, reconcile
from sandboxctl.sandbox.wanted import Wanted

TRIES = 20
"""Spares that others may take before us, one after the other, until a generation is built."""


def take_spare(
    engine: Engine, sandbox: str, *, now: datetime, tell: Listener
) -> tuple[Proposal, Failures] | None:
    """A reset from a spare; the caller holds the sandbox's lock. None where there is none, or the
    one that was taken does not answer: then what was there before serves on.

    Raises PolicyError for an exception that is not granted any more.
    """
    for _ in range(TRIES):
        proposal = plan_claim(engine, sandbox, now=now)
        if proposal is None:
            return None
        failed = execute(proposal.plan, engine, tell=tell)
        if is_bad_spare(failed):
            go_back(engine, proposal, tell)
            return None
        if not any(isinstance(error, SpareTaken) for error in failed.values()):
            return proposal, failed
    return None


def plan_claim(engine: Engine, sandbox: str, *, now: datetime) -> Proposal | None:
    """What taking a spare would do; None where none fits. Nothing is looked at on the engine: what
    is decided says all, and what it says wrongly the next look mends."""
    observed = engine.glance(sandbox, now)
    if observed is None or observed.record is None or observed.live is None:
        return None
    record = observed.record
    recipe = engine.recipe(record.recipe)
    wanted = Wanted(
        recipe=recipe,
        since=record.since,
        until=record.until,
        previous=recipe,
        fresh=True,
        spared=not recipe.names_sandbox,
        now=now,
        grace=engine.den.grace,
        why="reset",
    )
    if not fitting(wanted, observed):
        return None
    demand(engine, recipe, now)
    lost = tuple(sorted(name for name, one in recipe.containers.items() if one.stateful))
    return Proposal(sandbox, wanted, observed, reconcile(wanted, observed), lost)


def spare_of(proposal: Proposal) -> str:
    """The spare that a proposal takes; empty where it builds a generation, or starts one again."""
    steps = (step.operation for step in proposal.plan.steps)
    homes = (one.home for one in steps if isinstance(one, GoLive))
    return next((home for home in homes if home in proposal.observed.spares), "")
