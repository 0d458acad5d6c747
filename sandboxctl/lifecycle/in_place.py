"""`reset N --service S`: one service back to minute zero in its place, and back from there."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sandboxctl.engine.protocol import Engine
from sandboxctl.errors import EngineError, SandboxError
from sandboxctl.lifecycle.change import Proposal
from sandboxctl.lifecycle.execute import Failures, Listener, execute
from sandboxctl.lifecycle.reset import known
from sandboxctl.lifecycle.trust import demand
from sandboxctl.lifecycle.up import secret_values
from sandboxctl.sandbox.in_place import begin_again, is_undone, undo
from sandboxctl.sandbox.reconcile import restore
from sandboxctl.sandbox.standing import as_it_is
from sandboxctl.sandbox.state import Observed, Why
from sandboxctl.sandbox.wanted import Wanted


def plan_in_place(engine: Engine, sandbox: str, service: str, *, now: datetime) -> Proposal:
    """What `reset N --service S` would do.

    Raises SandboxError for an unknown sandbox or service, or while another one is being replaced;
    EngineError where its image is gone, PolicyError for an exception that is not granted."""
    wanted, observed = _looked(engine, sandbox, service, now=now, why="reset")
    image = wanted.recipe.containers[service].image
    if image not in observed.images:
        raise EngineError(
            f"{service} of {sandbox} cannot begin again: {image} is gone",
            hint="Run `sandboxctl up` again with its blueprint; it makes what is missing.",
        )
    return _proposal(wanted, observed, service, undoing=False)


def plan_in_place_undo(
    engine: Engine, sandbox: str, service: str, *, now: datetime, why: Why = "undo"
) -> Proposal:
    """What `reset N --service S --undo` would do: after another undo only what that one left.
    With ``why`` `restore` the two are exchanged whatever was the last. SandboxError also where
    nothing is kept."""
    wanted, observed = _looked(engine, sandbox, service, now=now, why=why)
    if why == "undo" and is_undone(observed, service, now):
        return Proposal(sandbox, wanted, observed, as_it_is(wanted, observed))
    return _proposal(wanted, observed, service, undoing=True)


def carry_out(engine: Engine, proposal: Proposal, tell: Listener) -> tuple[Failures, bool]:
    """Carry it out; what failed or was interrupted is taken back, so that the sandbox is as it
    was. Gives why it failed, and whether it could be taken back."""
    try:
        failed = execute(proposal.plan, engine, tell=tell)
    except KeyboardInterrupt:
        _take_back(engine, proposal, tell)
        raise
    return failed, bool(failed) and _take_back(engine, proposal, tell)


def _take_back(engine: Engine, proposal: Proposal, tell: Listener) -> bool:
    recipe = proposal.wanted.recipe if proposal.wanted else None
    return not execute(restore(recipe, engine.observe(proposal.sandbox)), engine, tell=tell)


def _looked(
    engine: Engine, sandbox: str, service: str, *, now: datetime, why: Why
) -> tuple[Wanted, Observed]:
    record = known(engine.observe(sandbox))
    recipe = engine.recipe(record.recipe)
    demand(engine, recipe, now)
    if service not in recipe.containers:
        raise SandboxError(
            f"{sandbox} has no service {service}",
            hint=f"It has {', '.join(sorted(recipe.containers))}.",
        )
    observed = engine.observe(sandbox, [recipe.containers[service].image])
    _is_there(observed, recipe.containers.keys(), service)
    given = engine.secrets(sandbox, sorted(recipe.secrets))
    asked = {name: given[name] for name, one in recipe.secrets.items() if one.ask and name in given}
    wanted = Wanted(
        recipe=recipe,
        since=record.since,
        until=record.until,
        previous=recipe,
        # The others go on with what they have: a password between two services stays.
        secrets={**secret_values(recipe, asked), **given},
        now=now,
        grace=engine.den.grace,
        why=why,
    )
    return wanted, observed


def _is_there(observed: Observed, services: Collection[str], service: str) -> None:
    """All of the generation; but for the service, where its replacement was interrupted."""
    live, record = observed.live, observed.record
    there = set(live.services) if live and live.subnet else set()
    wanted = {*services} - ({service} if record and record.swapping else set())
    if not there or not wanted <= there:
        gone = ", ".join(sorted(wanted - there)) or "everything"
        raise SandboxError(
            f"{gone} of {observed.sandbox} is gone, so one service alone cannot begin again",
            hint=f"`sandboxctl reset {observed.sandbox}` makes all of it anew.",
        )


def _proposal(wanted: Wanted, observed: Observed, service: str, *, undoing: bool) -> Proposal:
    plan = (undo if undoing else begin_again)(wanted, observed, service)
    lost = (service,) if wanted.recipe.containers[service].stateful else ()
    return Proposal(observed.sandbox, wanted, observed, plan, lost)
