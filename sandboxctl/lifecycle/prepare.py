"""`image prepare`: what every den needs, made ahead, so that the first `up` does not wait."""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Iterable, Mapping
from functools import cache

from sandboxctl.blueprint import images
from sandboxctl.blueprint.templates import bundled
from sandboxctl.engine.protocol import Engine
from sandboxctl.errors import EngineError
from sandboxctl.sandbox.build import Build
from sandboxctl.sandbox.operations import MakeImage, Pull
from sandboxctl.sandbox.plan import IMAGES, Draft, Key, Plan
from sandboxctl.sandbox.snapshots import called
from sandboxctl.workshop.record import kept

GATEWAY = "images/gateway"


def shared() -> tuple[Build, ...]:
    """The base, the gateway, and what runtimes and service templates start from; parents first."""
    base = images.base()
    found = [base, images.of(GATEWAY, base.tag)]
    for runtime in _folders("runtimes"):
        if (bundled("templates") / runtime / "parent").is_dir():
            found += images.chain(f"{runtime}/parent")
        if runtime == "runtimes/node":
            found.append(images.of(images.NODE_BUILDER, found[-1].tag))
    for service in _folders("services"):  # one that has a parent is made for each blueprint
        has_parent = (bundled("templates") / service / "parent").is_dir()
        found += images.chain(f"{service}/parent" if has_parent else service)
    return tuple(dict.fromkeys(found))


def plan_images(
    builds: Iterable[Build], present: Collection[str], pulls: Iterable[str] = ()
) -> Plan:
    """Steps for those that are not there; each once, after what it starts from."""
    draft, ready = Draft(IMAGES), dict[str, Key]()
    for reference in dict.fromkeys(pulls):
        if reference not in present:
            ready[reference] = draft.add(Pull(reference), "not here yet")
    for build in dict.fromkeys(builds):
        if build.tag not in present:
            ready[build.tag] = draft.add(MakeImage(build), "not here yet", ready.get(build.parent))
    return Plan(tuple(draft.steps))


def uses(engine: Engine) -> Mapping[str, tuple[str, ...]]:
    """Image → what of this den needs it, in words: to be reset, undone or restored. EngineError
    where the den does not say what something was made from: then nobody knows what is needed."""
    found: dict[str, dict[str, None]] = {}
    images = cache(lambda digest: [c.image for c in engine.recipe(digest).containers.values()])

    def needs(who: str, references: Iterable[str]) -> None:
        for reference in references:
            found.setdefault(reference, {})[who] = None

    for name in engine.sandboxes():
        if record := engine.observe(name).record:
            needs(name, images(record.recipe))
            for aside in record.asides:
                needs(f"{name}, {called(aside)}", images(aside.recipe))
            for one in record.snapshots:
                if one.whole:
                    needs(f"{name}, {one.name}", [*one.images.values(), *images(one.recipe)])
    for spare in engine.spares().values():
        needs(f"spares of {spare.recipe}", images(spare.recipe))
    for name, entry in engine.part("workshops").items():
        for member in kept(name, entry).teams.values():
            with contextlib.suppress(EngineError):  # nothing was made of it yet
                needs(f"workshop {name}", images(member.recipe))
    return {reference: tuple(who) for reference, who in found.items()}


def needed(engine: Engine) -> frozenset[str]:
    """Images without which something of this den could not be reset, undone or restored."""
    return frozenset(uses(engine))


def _folders(kind: str) -> list[str]:
    root = bundled("templates") / kind
    return sorted(f"{kind}/{path.name}" for path in root.iterdir() if path.is_dir())
