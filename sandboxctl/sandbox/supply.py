"""Images that are not there yet: which are needed, and the steps that make or fetch them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import TypeAlias

from sandboxctl.sandbox.operations import MakeImage, Pull
from sandboxctl.sandbox.plan import IMAGES, Draft, Key, Plan
from sandboxctl.sandbox.wanted import Wanted

Supplied: TypeAlias = tuple[Plan, Mapping[str, Key]]
"""Steps, and the one after which each image is there."""


def supply(wanted: Iterable[Wanted], present: Collection[str]) -> Supplied:
    """Steps for all that any of these needs and that is not ``present``; each image once."""
    draft, ready, several = Draft(IMAGES), dict[str, Key](), tuple(wanted)
    missing = {tag for one in several for tag in needed(one, present)}
    for reference in dict.fromkeys(pull for one in several for pull in one.pulls):
        if reference in missing:
            ready[reference] = draft.add(Pull(reference), "not here yet")
    for build in dict.fromkeys(build for one in several for build in one.builds):
        if build.tag in missing and build.tag not in ready:
            after = ready.get(build.parent)
            ready[build.tag] = draft.add(MakeImage(build), "not here yet", after)
    return Plan(tuple(draft.steps)), ready


def only(
    wanted: Wanted, present: Collection[str], supplied: Supplied
) -> tuple[Plan, dict[str, Key]]:
    """Of what several share, what one of them needs."""
    plan, ready = supplied
    mine = needed(wanted, present)
    kept = {tag: key for tag, key in ready.items() if tag in mine}
    keys = set(kept.values())
    return Plan(tuple(step for step in plan.steps if step.key in keys)), kept


def needed(wanted: Wanted, present: Collection[str]) -> set[str]:
    """References to be had: what containers start from, and the parents of what must be built."""
    builds = {build.tag: build for build in wanted.builds}
    made = wanted.baseline.tags if wanted.baseline else {}
    ask = [c.image for c in wanted.recipe.containers.values() if c.image not in made.values()]
    if wanted.baseline and not set(made.values()) <= set(present):
        ask += [container.image for container in wanted.baseline.containers.values()]
    found: set[str] = set()
    while ask:
        tag = ask.pop()
        if tag and tag not in present and tag not in found:
            found.add(tag)
            ask += [builds[tag].parent] if tag in builds else []
    return found
