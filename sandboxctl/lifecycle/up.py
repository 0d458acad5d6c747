"""`up`: a sandbox as its blueprint wants it."""

from __future__ import annotations

import secrets
import string
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sandboxctl.engine.protocol import Engine
from sandboxctl.errors import BlueprintError, EngineError, SandboxError
from sandboxctl.lifecycle.change import Proposal, propose
from sandboxctl.lifecycle.trust import command_for, demand
from sandboxctl.sandbox import addresses
from sandboxctl.sandbox.recipe import Recipe
from sandboxctl.sandbox.state import Observed
from sandboxctl.sandbox.wanted import Wanted

if TYPE_CHECKING:
    from sandboxctl.blueprint.load import Loaded

MEBIBYTE = 1024 * 1024
_LETTERS = string.ascii_letters + string.digits


def plan_up(
    engine: Engine,
    loaded: Loaded,
    sandbox: str,
    *,
    now: datetime,
    until: datetime | None = None,
    given: Mapping[str, str] | None = None,
    spares: int | None = None,
) -> Proposal:
    """What `up` would do. ``until`` is the lease that was asked for, None the blueprint's own;
    ``given`` the values of secrets the blueprint asks for; ``spares`` how many generations should
    stand ready for the next resets, None as many as before.

    Raises BlueprintError for a name another blueprint has, or a secret nobody gave; EngineError
    where memory or addresses are short, saying by how much; SandboxError where every port of the
    den is taken; PolicyError for an exception that nobody has granted.
    """
    from sandboxctl.lifecycle.assemble import assemble  # `reset` needs no blueprint, only us

    observed = engine.observe(sandbox)
    _is_its_own(observed, loaded.blueprint.name)
    assembled = assemble(loaded)
    if spares and (why := why_none(assembled.recipe)):
        raise BlueprintError(
            f"{loaded.blueprint.name} has no spares: {why}",
            hint="Leave --spares out, or take the address out of the blueprint: a page learns from "
            "each request by which one it was asked.",
        )
    demand(engine, assembled.recipe, now, command_for(loaded))
    record = observed.record
    if until is None and (record is None or record.until <= now):
        until = now + timedelta(seconds=loaded.blueprint.lifetime)
    wanted = Wanted(
        recipe=assembled.recipe,
        since=record.since if record else now,
        until=until or (record.until if record else now),
        lease_given=until is not None,
        builds=assembled.builds,
        pulls=assembled.pulls,
        baseline=assembled.baseline,
        previous=_previous(engine, observed),
        now=now,
        grace=engine.den.grace,
        spares=spares,
    )
    proposal = propose(engine, sandbox, wanted)
    if not proposal.plan:
        return proposal
    _fits(engine, wanted.recipe, observed)
    values = secret_values(
        wanted.recipe, {**_known(engine, wanted.recipe, observed), **(given or {})}
    )
    return propose(engine, sandbox, replace(wanted, secrets=values))


def why_none(recipe: Recipe) -> str:
    """Why there can be no spares of a recipe; empty if there can."""
    if recipe.names_sandbox:
        return (
            "it puts the name or the address of its sandbox into a container, "
            "and a spare has neither yet"
        )
    if any(secret.ask for secret in recipe.secrets.values()):
        return "it asks for a secret, which may be another one for each sandbox"
    return ""


def secret_values(recipe: Recipe, given: Mapping[str, str]) -> dict[str, str]:
    """A new value for every secret that is generated, the given one for every one asked for.

    Raises BlueprintError naming all that are missing."""
    strange = sorted(name for name in given if not _is_asked(recipe, name))
    if strange:
        asked = ", ".join(sorted(n for n, s in recipe.secrets.items() if s.ask)) or "none"
        raise BlueprintError(
            f"{recipe.blueprint} does not ask for the secret {', '.join(strange)}",
            hint=f"It asks for {asked}; those it generates cannot be given.",
            code="DEN893",
        )
    missing = [name for name, secret in recipe.secrets.items() if secret.ask and name not in given]
    if missing:
        questions = "; ".join(f"{name}: {recipe.secrets[name].ask}" for name in missing)
        raise BlueprintError(
            f"{recipe.blueprint} asks for {questions}",
            hint=" ".join(f"--secret {name}=@FILE" for name in missing)
            + " (the file holds the value, so that it stays out of your shell's history)",
            code="DEN892",
        )
    return {
        name: given[name] if secret.ask else _generated(secret.generate or 32)
        for name, secret in recipe.secrets.items()
    }


def _is_asked(recipe: Recipe, name: str) -> bool:
    return name in recipe.secrets and recipe.secrets[name].ask is not None


def _generated(length: int) -> str:
    return "".join(secrets.choice(_LETTERS) for _ in range(length))


def _is_its_own(observed: Observed, blueprint: str) -> None:
    if observed.record and observed.record.blueprint != blueprint:
        raise BlueprintError(
            f"{observed.sandbox} is a sandbox of {observed.record.blueprint}, not of {blueprint}",
            hint=f"Choose another --name, or first run `sandboxctl down {observed.sandbox}`.",
            code="DEN234",
        )


def _previous(engine: Engine, observed: Observed) -> Recipe | None:
    """The live recipe; None also where the den lost it, and then nothing is carried over."""
    if observed.record is None:
        return None
    try:
        return engine.recipe(observed.record.recipe)
    except SandboxError:
        return None


def _known(engine: Engine, recipe: Recipe, observed: Observed) -> Mapping[str, str]:
    asked = [name for name, secret in recipe.secrets.items() if secret.ask]
    return engine.secrets(observed.sandbox, asked) if asked and observed.live else {}


def _fits(engine: Engine, recipe: Recipe, observed: Observed) -> None:
    """Said before anything is created, with how much is short."""
    capacity = engine.capacity()
    short = capacity.promised + recipe.memory - capacity.memory
    if short > 0 and not observed.live:
        raise EngineError(
            f"{observed.sandbox} may take {_mib(recipe.memory)} of memory; the engine has "
            f"{_mib(capacity.memory)}, of which {_mib(capacity.promised)} are promised already: "
            f"{_mib(short)} are short",
            hint="Take sandboxes down (`sandboxctl ls`), or lower mem_limit in the blueprint.",
        )
    if not addresses.room(observed.range, observed.taken, len(recipe.containers)):
        addresses.free(observed.range, observed.taken, len(recipe.containers))
    if engine.den.gateway.ports and not (observed.record and observed.record.slot):
        _has_a_port(engine, engine.den.gateway.ports)


def _has_a_port(engine: Engine, ports: int) -> None:
    """For one sandbox more; fewer than there are ports need no closer look."""
    there = engine.sandboxes()
    if len(there) >= ports:
        others = (engine.observe(one).record for one in there)
        addresses.slot(ports, {one.slot for one in others if one})


def _mib(size: int) -> str:
    return f"{round(size / MEBIBYTE):,} MiB"
