"""`snapshot` and `restore`: state that is kept on purpose, and the way back to it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sandboxctl.engine.protocol import Engine
from sandboxctl.errors import EngineError
from sandboxctl.lifecycle.change import Proposal, propose
from sandboxctl.lifecycle.execute import Failures, Listener, execute
from sandboxctl.lifecycle.in_place import plan_in_place_undo
from sandboxctl.lifecycle.reset import known
from sandboxctl.lifecycle.trust import demand
from sandboxctl.lifecycle.undo import plan_undo
from sandboxctl.lifecycle.up import secret_values
from sandboxctl.sandbox import in_place, snapshots
from sandboxctl.sandbox.asides import lasting
from sandboxctl.sandbox.plan import Plan
from sandboxctl.sandbox.recipe import Recipe
from sandboxctl.sandbox.state import Beside, Why
from sandboxctl.sandbox.wanted import Wanted


@dataclass(frozen=True, slots=True)
class Kept:
    """One state that can be returned to. ``at`` when it was taken or put aside, ``until`` when it
    ends, None: with its sandbox; ``why`` the verb that put it aside, empty for a snapshot;
    ``services`` those whose data is in it."""

    name: str
    generation: int
    at: datetime
    until: datetime | None
    services: tuple[str, ...]
    why: Why | None = None


def kept(engine: Engine, sandbox: str, *, now: datetime) -> Sequence[Kept]:
    """All that a sandbox can return to, newest first. SandboxError if there is no such sandbox."""
    observed = engine.observe(sandbox)
    record = known(observed)
    taken = [
        Kept(one.name, one.generation, one.at, None, tuple(sorted(one.images)))
        for one in snapshots.whole(observed)
    ]
    aside = [
        Kept(
            snapshots.called(one),
            one.generation,
            one.since,
            one.until,
            _stateful(engine.recipe(one.recipe)),
            one.why,
        )
        for one in lasting(observed, now)
    ]
    beside = [
        Kept(snapshots.called_beside(name), record.live, one.since, one.until, (name,), _why(one))
        for name, one in in_place.kept(observed, now).items()
    ]
    return sorted([*aside, *beside, *taken], key=lambda one: one.at, reverse=True)


def plan_snapshot(engine: Engine, sandbox: str, name: str, *, now: datetime) -> Plan:
    """What `snapshot` would do. SandboxError for an unknown sandbox, a name that is taken, too
    many, or where nothing keeps data; BlueprintError for what cannot be a name."""
    observed = engine.observe(sandbox)
    return snapshots.take(observed, engine.recipe(known(observed).recipe), name, now)


def take(engine: Engine, plan: Plan, tell: Listener) -> Failures:
    """Carry it out; of what failed or was interrupted nothing stays."""
    sandbox = plan.steps[0].sandbox
    try:
        failed = execute(plan, engine, tell=tell)
    except KeyboardInterrupt:
        execute(snapshots.forget(engine.observe(sandbox)), engine, tell=tell)
        raise
    if failed:
        execute(snapshots.forget(engine.observe(sandbox)), engine, tell=tell)
    return failed


def plan_forget(engine: Engine, sandbox: str, name: str) -> Plan:
    """What `snapshot rm` would do: also the rest of one that was interrupted. SandboxError where
    there is no such snapshot."""
    observed = engine.observe(sandbox)
    if name not in {one.name for one in known(observed).snapshots if not one.whole}:
        snapshots.found(observed, name)
    return snapshots.forget(observed, name)


def plan_restore(
    engine: Engine,
    sandbox: str,
    name: str,
    *,
    now: datetime,
    given: Mapping[str, str] | None = None,
) -> Proposal:
    """What `restore` would do: the next generation begins with what the snapshot holds; one that
    was put aside comes back itself. ``given`` values of secrets that its recipe asks for and the
    live one does not.

    Raises SandboxError for an unknown sandbox or snapshot, EngineError where an image is gone,
    PolicyError for an exception that is not granted, BlueprintError for a secret nobody gave.
    """
    observed = engine.observe(sandbox)
    record = known(observed)
    if (number := snapshots.automatic(name)) in {one.generation for one in record.asides}:
        return plan_undo(engine, sandbox, now=now, generation=number)
    for service in in_place.kept(observed, now):
        if name == snapshots.called_beside(service):
            return plan_in_place_undo(engine, sandbox, service, now=now, why="restore")
    snapshot = snapshots.found(observed, name)
    recipe = engine.recipe(snapshot.recipe)
    demand(engine, recipe, now)
    asked = [one for one, secret in recipe.secrets.items() if secret.ask]
    before = engine.secrets(sandbox, asked) if asked else {}
    previous = engine.recipe(record.recipe)
    wanted = Wanted(
        recipe=recipe,
        since=record.since,
        until=record.until,
        previous=previous,
        secrets=secret_values(recipe, {**before, **(given or {})}),
        fresh=True,
        images=snapshot.images,
        now=now,
        grace=engine.den.grace,
        why="restore",
    )
    proposal = propose(engine, sandbox, wanted)
    _there(sandbox, name, wanted.references - proposal.observed.images)
    return Proposal(sandbox, wanted, proposal.observed, proposal.plan, _stateful(previous))


def _why(one: Beside) -> Why:
    return "undo" if one.undone else "reset"


def _stateful(recipe: Recipe) -> tuple[str, ...]:
    return tuple(sorted(name for name, one in recipe.containers.items() if one.stateful))


def _there(sandbox: str, name: str, gone: Collection[str]) -> None:
    if gone:
        raise EngineError(
            f"{sandbox} cannot return to {name}: {', '.join(sorted(gone))} is gone",
            hint="Run `sandboxctl up` with the blueprint it was taken of: that makes again what "
            "can be made. Where it is the snapshot's own image, nothing brings it back.",
        )
