"""Exceptions: asked for by a blueprint, granted by a person, looked up before anything runs."""

from __future__ import annotations

import shlex
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sandboxctl import clock
from sandboxctl.blueprint.exceptions import Asked
from sandboxctl.engine.protocol import Engine
from sandboxctl.errors import BlueprintError, EngineError, PolicyError, Refusal
from sandboxctl.sandbox.approval import Approval, Standing, approval, standing, unasked
from sandboxctl.sandbox.plan import Plan
from sandboxctl.sandbox.recipe import Recipe

if TYPE_CHECKING:
    from sandboxctl.blueprint.load import Loaded
    from sandboxctl.lifecycle.assemble import Assembled

_CODES = {
    "nobody granted it": "DEN800",
    "another version": "DEN809",
    "its time is over": "DEN810",
}
REMEMBERED = timedelta(days=7)
"""How long after its end an approval stays in the den's state, to say that it ended."""

ANY = "sandboxctl approve BLUEPRINT"


def standing_of(engine: Engine, recipe: Recipe, now: datetime) -> Standing:
    """Which exceptions of a recipe are in force in this den. Asks the engine only where there
    are any."""
    if not recipe.exceptions:
        return Standing()
    images = engine.approvals.identities(recipe.bound)
    return standing(recipe, engine.approvals.known(), images, now)


def demand(engine: Engine, recipe: Recipe, now: datetime, command: str = ANY) -> Standing:
    """The same, where nothing may run without: PolicyError names what is missing, and
    ``command``, which grants it."""
    if more := unasked(recipe):
        raise PolicyError(
            f"{recipe.blueprint} would have what it does not ask for: {', '.join(more)}",
            hint="Run `sandboxctl up` with its blueprint again; its recipe is not one of ours.",
            code="DEN800",
        )
    found = standing_of(engine, recipe, now)
    if not found.missing:
        return found
    hint = f"`{command}` shows what is asked for and why, and grants it."
    code, why = _CODES[found.why], _why(found)
    refusals = [
        Refusal(f"{asked.grant} {why}", code, recipe.blueprint, key=f"services.{asked.service}")
        for asked in found.missing
    ]
    raise PolicyError("\n".join(map(str, refusals)), hint=hint, code=code, refusals=refusals)


def _why(found: Standing) -> str:
    given = found.approval
    match found.why:
        case "another version" if given:
            changed = ", ".join(found.changed)
            return f"was granted by {given.by} for another version; what changed: {changed}"
        case "its time is over" if given:
            return f"was granted by {given.by} until {_local(given.until)}, which is over"
        case _:
            return "is an exception, and nobody has granted it"


def _local(moment: datetime) -> str:
    return f"{moment.astimezone():%-d %B %Y, %H:%M}"


def command_for(loaded: Loaded) -> str:
    """The command that shows and grants what a blueprint asks for, with its parameters."""
    declared = loaded.blueprint.parameters
    chosen = {n: v for n, v in loaded.values.items() if n in declared and v != declared[n].default}
    more = [word for name, value in chosen.items() for word in ("--set", f"{name}={value}")]
    return shlex.join(["sandboxctl", "approve", str(loaded.folder), *more])


def plan_looked_at(engine: Engine, assembled: Assembled) -> Plan:
    """Steps for the images that an approval is bound to: what is not there cannot be looked at.
    None runs a command of the supplier, which is yet to be granted."""
    from sandboxctl.lifecycle.prepare import plan_images

    made = {build.tag: build for build in assembled.builds}
    ask, needed = [*assembled.recipe.bound], set[str]()
    while ask:
        tag = ask.pop()
        needed.add(tag)
        ask += [made[tag].parent] if tag in made else []
    builds = [build for build in assembled.builds if build.tag in needed]
    pulls = [reference for reference in assembled.pulls if reference in needed]
    references = [*(build.tag for build in builds), *pulls]
    present = engine.observe("images", references).images
    return plan_images(builds, present, pulls)


def chosen(asked: Sequence[Asked], only: Collection[str]) -> tuple[Asked, ...]:
    """Those that are named, as ``cap:CHOWN`` or ``web:cap:CHOWN``; all where nothing is named.

    Raises BlueprintError for one that nobody asked for.
    """
    known = {name for one in asked for name in (one.grant, f"{one.service}:{one.grant}")}
    strange = sorted({*only} - known)
    if strange:
        raise BlueprintError(
            f"nobody asked for {', '.join(strange)}, so it cannot be granted",
            hint=f"Asked for: {', '.join(f'{one.service}:{one.grant}' for one in asked)}.",
        )
    wanted = [one for one in asked if {one.grant, f"{one.service}:{one.grant}"} & {*only}]
    return tuple(wanted if only else asked)


def granted(
    engine: Engine, recipe: Recipe, grants: Sequence[Asked], *, by: str, until: datetime
) -> Approval:
    """An approval of what is there now; EngineError where an image it is bound to is not."""
    images = engine.approvals.identities(recipe.bound)
    gone = sorted({*recipe.bound} - images.keys())
    if gone:
        raise EngineError(
            f"{', '.join(gone)} is not here, so nobody can say what would be approved",
            hint="Run the same command again; it fetches what is missing.",
        )
    return approval(recipe, grants, images, by=by, at=clock.now(), until=until)


def forget_old(engine: Engine, now: datetime) -> None:
    """Take what ended long ago out of the den's state; the ledger still tells of it."""
    for one in engine.approvals.known():
        if one.until < now - REMEMBERED:
            engine.approvals.take_back(one.subject)
