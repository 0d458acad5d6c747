"""`workshop close`: the evidence first, then everything goes, and then somebody looks again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from sandboxctl import clock
from sandboxctl.engine.protocol import Engine
from sandboxctl.errors import SandboxError
from sandboxctl.lifecycle.locks import all_held
from sandboxctl.lifecycle.workshops import kept
from sandboxctl.lifecycle.workshops.belongings import Belongings, locks
from sandboxctl.sandbox import names
from sandboxctl.sandbox.operations import RemoveImage
from sandboxctl.sandbox.plan import IMAGES, Draft, Plan
from sandboxctl.sandbox.reconcile import reconcile
from sandboxctl.sandbox.sparing import remove_spare
from sandboxctl.workshop.certificate import IN_USE, Certificate, certify
from sandboxctl.workshop.evidence import Evidence
from sandboxctl.workshop.inventory import Inventory, Thing
from sandboxctl.workshop.record import Workshop


@dataclass(frozen=True, slots=True)
class Begun:
    """A workshop that is being closed: its own things, at the first look that anybody took."""

    workshop: Workshop
    belongings: Belongings
    before: Inventory

    @property
    def labelled(self) -> frozenset[str]:
        """Names that its objects carried before, spares among them."""
        return frozenset(thing.sandbox for thing in self.before.things if thing.sandbox)


def begin(engine: Engine, workshop: Workshop, *, now: datetime) -> Workshop:
    """Written down, so that nothing of it is started any more and a second run knows."""
    if workshop.closing:
        return workshop
    closing = workshop.model_copy(update={"closing": now})
    kept.write(engine, closing)
    return closing


@contextmanager
def held(engine: Engine, workshop: Workshop, *, patience: float) -> Iterator[None]:
    """Nobody else changes anything of it. What it has is looked at once more under the locks;
    SandboxError where somebody gave it another sandbox or recipe meanwhile."""
    wanted = locks(engine, workshop)
    with all_held(engine, wanted, patience=patience):
        if more := sorted(locks(engine, workshop) - wanted):
            raise SandboxError(
                f"another command gave {workshop.name} more meanwhile: {', '.join(more)}",
                hint=f"Run `sandboxctl workshop close {workshop.name}` again.",
            )
        yield


def count(engine: Engine) -> Inventory:
    """Everything of the den, whoever's it is."""
    return Inventory(at=clock.now(), things=tuple(engine.inventory()))


def look(
    engine: Engine,
    belongings: Belongings,
    before: Inventory | None = None,
    whole: Inventory | None = None,
) -> Inventory:
    """What is its own; with what an earlier run saw before it removed some of it. ``whole`` is a
    look at everything that was taken just before."""
    labelled = {thing.sandbox for thing in before.things if thing.sandbox} if before else set()
    mine, _ = belongings.split(whole or count(engine), labelled)
    return mine.with_earlier(before) if before else mine


def plan_close(engine: Engine, begun: Begun) -> Plan:
    """Everything of it, in one plan: sandboxes and spares beside each other, images at the end."""
    belongings = begun.belongings
    spares = {*belongings.spares, *(n for n in begun.labelled if n.startswith(names.SPARE))}
    seen = engine.observe_all(belongings.sandboxes)
    found = sum((reconcile(None, one) for one in seen.values()), Plan())
    nobody_s = engine.observe_all(sorted(spares - belongings.homes))
    why = "its workshop is closed"
    found = sum((remove_spare(name, one, why) for name, one in nobody_s.items()), found)
    draft = Draft(IMAGES)
    gone = [step.key for step in found.steps]
    for image in belongings.images:
        draft.add(RemoveImage(image), "nobody else needs it", *gone)
    return found + Plan(tuple(draft.steps))


def finish(engine: Engine, begun: Begun, evidence: Evidence) -> Certificate:
    """A fresh look, and the certificate; SandboxError naming what is left, if anything is.

    An image from which others run by now is theirs: it stays, and that is said."""
    whole = count(engine)
    left, stays = begun.belongings.split(whole, begun.labelled)
    in_use = _in_use(engine, left)
    after = left.without(in_use)
    others = {*begun.belongings.shared, *(one.name for one in in_use)}
    told = stays.joined(in_use).called(IN_USE, others)
    before = begun.before.without(told.things)
    return certify(evidence, before=before, after=after, stays=told)


def _in_use(engine: Engine, left: Inventory) -> list[Thing]:
    """Images that a container runs from which is not itself left of the workshop."""
    images = [one for one in left.things if one.kind == "image"]
    own = {one.name for one in left.things if one.kind == "container"}
    users = engine.image_users([one.name for one in images]) if images else {}
    return [one for one in images if {*users.get(one.name, ())} - own]
