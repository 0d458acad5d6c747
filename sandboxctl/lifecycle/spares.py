"""Spares: generations that stand ready for whoever begins again next. Made one after the other,
under a lock for each recipe; taken without one, for the den's state gives each away once."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime

from sandboxctl.engine.protocol import Engine
from sandboxctl.errors import EngineError, SandboxError
from sandboxctl.lifecycle.execute import Failures, Listener, execute
from sandboxctl.lifecycle.locks import SPARES
from sandboxctl.lifecycle.trust import demand
from sandboxctl.lifecycle.up import secret_values, why_none
from sandboxctl.sandbox import names, sparing
from sandboxctl.sandbox.plan import Plan
from sandboxctl.sandbox.recipe import Recipe
from sandboxctl.sandbox.state import Spare
from sandboxctl.sandbox.wanted import Wanted


def lock_of(recipe: str) -> str:
    """The lock under which spares of a recipe are made and removed; no sandbox can be called so."""
    return f"{SPARES}{recipe}"


def plan_spare(engine: Engine, recipe: Recipe, *, now: datetime) -> Plan:
    """One more spare of a recipe.

    Raises PolicyError for an exception that is not granted at ``now``, EngineError where an image
    is gone or no room is left, SandboxError where a spare cannot be anybody's: see `why_none`.
    """
    if why := why_none(recipe):
        raise SandboxError(
            f"{recipe.blueprint} has no spares: {why}",
            hint="Take the address out of the blueprint: a page knows by which one it was asked.",
        )
    demand(engine, recipe, now)
    name = names.spare(recipe.digest, secrets.token_hex(4))
    asked = [name for name, secret in recipe.secrets.items() if secret.ask]
    wanted = Wanted(
        recipe=recipe,
        since=now,
        until=now,
        secrets=secret_values(recipe, _given(engine, recipe.digest, asked)),
    )
    observed = engine.observe(name, wanted.references)
    if gone := wanted.references - observed.images:
        raise EngineError(
            f"no spare of {recipe.blueprint} can be made: {', '.join(sorted(gone))} is gone",
            hint="Run `sandboxctl up` again with its blueprint; it makes what is missing.",
        )
    capacity = engine.capacity()
    if short := sparing.no_room(recipe, capacity, observed):
        raise NoRoom(
            f"no spare of {recipe.blueprint} can be made: {short}",
            hint="Ask for fewer (`sandboxctl up BLUEPRINT --spares 0`), or take sandboxes down.",
        )
    # Where nobody can say whether files share their blocks, a look too many is only slower.
    return sparing.make_spare(name, wanted, observed, read=not capacity.reflinks)


class NoRoom(EngineError):
    """What a spare would take is kept for resets."""


def plan_withdrawal(engine: Engine, name: str, why: str) -> Plan:
    """A spare that nobody is to have any more, or what is left of one."""
    return sparing.remove_spare(name, engine.observe(name), why)


def plan_without_spares(engine: Engine) -> Plan:
    """None left of those that are nobody's: for a den that is taken down."""
    spares = sorted(engine.spares())
    return sum((plan_withdrawal(engine, name, "no longer wanted") for name in spares), Plan())


def bad(engine: Engine, name: str, spare: Spare) -> str:
    """Why nobody may have it; empty if it is well. Under the recipe's lock nobody makes it, so one
    that is not ready was begun by a command that is gone."""
    if not spare.ready:
        return "it was begun and never became ready"
    return sparing.broken(spare, engine.recipe(spare.recipe), engine.observe(name))


def plan_without_bad(engine: Engine, digest: str) -> Plan:
    """None left of those of a recipe that nobody may have, under its lock, which the caller holds;
    nor of what interrupted commands left of such."""
    mine = {name: one for name, one in engine.spares().items() if one.recipe == digest}
    gone = {name: bad(engine, name, one) for name, one in sorted(mine.items())}
    left = (name for name in engine.making() if name.startswith(names.spare(digest, "")))
    gone |= dict.fromkeys(left, "nobody has it")
    return sum((plan_withdrawal(engine, name, why) for name, why in gone.items() if why), Plan())


def make_one(engine: Engine, digest: str, *, now: datetime, tell: Listener) -> Failures:
    """One more, under the recipe's lock, which the caller holds. One that did not become ready is
    taken away again."""
    plan = plan_spare(engine, engine.recipe(digest), now=now)
    failed = execute(plan, engine, tell=tell)
    if failed:
        name = plan.steps[0].sandbox
        execute(plan_withdrawal(engine, name, "it did not become ready"), engine, tell=tell)
    return failed


def _given(engine: Engine, digest: str, asked: list[str]) -> Mapping[str, str]:
    """The secrets that were asked for, from a sandbox that was given them for the same recipe."""
    found: dict[str, str] = {}
    for sandbox, record in sorted(engine.records().items()) if asked else ():
        if record.recipe == digest and not {*asked} <= found.keys():
            found = {**engine.secrets(sandbox, asked)}
    return found
