"""State that is kept on purpose: taken of the live generation, and the way back from it."""

from __future__ import annotations

import re
from datetime import datetime

from sandboxctl.errors import BlueprintError, SandboxError
from sandboxctl.sandbox import in_place, names
from sandboxctl.sandbox.keeping import RemoveSnapshots, TakeSnapshot, WriteSnapshots
from sandboxctl.sandbox.plan import Draft, Key, Plan
from sandboxctl.sandbox.recipe import Recipe
from sandboxctl.sandbox.state import Aside, Generation, Observed, Snapshot

MOST = 5
"""Snapshots that a sandbox may have: each takes as much disk as was written since minute zero."""
AUTO = "auto-"
"""Begins the name of what was put aside, which nobody named: ``auto-`` and its generation."""
_NAME = re.compile(r"(?=.{1,30}$)[a-z0-9]+(-[a-z0-9]+)*")


def checked(name: str) -> str:
    """``name``, if a snapshot can be called so; BlueprintError if not."""
    if name.startswith(AUTO) or not _NAME.fullmatch(name):
        ours = f"{AUTO}… is what a reset puts aside by itself. " if name.startswith(AUTO) else ""
        raise BlueprintError(
            f"{name!r} cannot be the name of a snapshot",
            hint=f"{ours}Use 1 to 30 small letters, digits and single hyphens: before-lunch.",
        )
    return name


def automatic(name: str) -> int:
    """The generation that a name such as ``auto-3`` means; 0 where somebody gave the name."""
    number = name.removeprefix(AUTO)
    return int(number) if name.startswith(AUTO) and number.isdecimal() else 0


def called(aside: Aside) -> str:
    """The name of what was put aside."""
    return f"{AUTO}{aside.generation}"


def called_beside(service: str) -> str:
    """The name of what is kept of one service that was replaced in its place."""
    return f"{AUTO}{service}"


def found(observed: Observed, name: str) -> Snapshot:
    """A snapshot that is whole; SandboxError naming those there are."""
    there = whole(observed)
    for one in there:
        if one.name == name:
            return one
    has = [one.name for one in there] + [called(one) for one in observed.asides]
    has += [called_beside(one) for one in in_place.kept(observed, None)]
    raise SandboxError(
        f"{observed.sandbox} has no snapshot {name}",
        hint=f"It has {', '.join(has)}."
        if has
        else f"`sandboxctl snapshot {observed.sandbox} {name}` takes one.",
    )


def whole(observed: Observed) -> tuple[Snapshot, ...]:
    """Those that can be returned to, oldest first."""
    kept = observed.record.snapshots if observed.record else ()
    return tuple(one for one in kept if one.whole)


def take(observed: Observed, recipe: Recipe, name: str, now: datetime) -> Plan:
    """Keep the live generation's data as ``name``. It is written down first: what is interrupted
    is known, and goes with the next snapshot or with the sandbox.

    SandboxError where there is one of that name, where there are too many, or nothing to keep.
    """
    live, record = _live(observed), observed.record
    assert record is not None
    before = whole(observed)
    _room(observed, before, checked(name))
    stateful = [c for _, c in sorted(recipe.containers.items()) if c.stateful]
    if gone := [c.name for c in stateful if c.name not in live.services]:
        raise SandboxError(
            f"{', '.join(gone)} of {observed.sandbox} is gone, with its data",
            hint=f"`sandboxctl up` with the blueprint of {observed.sandbox} makes it again.",
        )
    if not stateful:
        raise SandboxError(
            f"No service of {observed.sandbox} keeps data: there is nothing in it to return to",
            hint=f"`sandboxctl reset {observed.sandbox}` makes it as it was, at any time.",
        )
    images = {
        c.name: names.snapshot(observed.den, observed.sandbox, name, c.name) for c in stateful
    }
    begun = Snapshot(
        name=name,
        recipe=record.recipe,
        images=images,
        generation=record.live,
        at=now,
        whole=False,
    )
    draft = Draft(observed.sandbox)
    intent = draft.add(WriteSnapshots((*before, begun)), "what is interrupted must be known")
    cleared: Key | None = None
    if len(before) < len(record.snapshots):
        cleared = draft.add(_sweep(before), "an earlier one was interrupted", intent)
    keep = TakeSnapshot(
        sandbox=observed.sandbox,
        generation=live.number,
        name=name,
        blueprint=record.recipe,
        containers=tuple(stateful),
        images=images,
        still=_still(live, resting=record.paused),
    )
    kept = draft.add(keep, "all stands still meanwhile", intent, cleared, home=live.home)
    done = begun.model_copy(update={"whole": True})
    draft.add(WriteSnapshots((*before, done)), "it is whole", kept)
    return Plan(tuple(draft.steps))


def forget(observed: Observed, *gone: str) -> Plan:
    """Remove snapshots of these names, and what interrupted ones left; none named: only that."""
    draft = Draft(observed.sandbox)
    swept(draft, observed, None, *gone)
    return Plan(tuple(draft.steps))


def swept(draft: Draft, observed: Observed, after: Key | None, *gone: str) -> None:
    """The same as steps of something greater."""
    kept = observed.record.snapshots if observed.record else ()
    stay = tuple(one for one in kept if one.whole and one.name not in gone)
    if stay == kept:
        return
    why = "you asked for it" if gone else "it was interrupted"
    begun = tuple(one if one in stay else one.model_copy(update={"whole": False}) for one in kept)
    intent = draft.add(WriteSnapshots(begun), why, after) if begun != kept else after
    cleared = draft.add(_sweep(stay), why, intent)
    draft.add(WriteSnapshots(stay), "their images are gone", cleared)


def _room(observed: Observed, before: tuple[Snapshot, ...], name: str) -> None:
    there, sandbox = [one.name for one in before], observed.sandbox
    if name in there:
        raise SandboxError(
            f"{sandbox} has a snapshot {name} already",
            hint=f"Choose another name, or remove it: `sandboxctl snapshot rm {sandbox} {name}`.",
        )
    if len(there) >= MOST:
        raise SandboxError(
            f"{sandbox} has {MOST} snapshots, and may have no more: {', '.join(there)}",
            hint=f"Remove one: `sandboxctl snapshot rm {sandbox} {there[0]}`.",
        )


def _live(observed: Observed) -> Generation:
    if observed.record is None or observed.live is None:
        raise SandboxError(
            f"There is no running sandbox {observed.sandbox}.",
            hint="`sandboxctl ls` shows what there is.",
        )
    return observed.live


def _still(live: Generation, *, resting: bool) -> tuple[str, ...]:
    """What has to stand still, and to go on: also what an interrupted snapshot left standing."""
    moving = ("running",) if resting else ("running", "paused")
    return tuple(n for n, seen in sorted(live.services.items()) if seen.condition in moving)


def _sweep(stay: tuple[Snapshot, ...]) -> RemoveSnapshots:
    return RemoveSnapshots(tuple(sorted(tag for one in stay for tag in one.images.values())))
