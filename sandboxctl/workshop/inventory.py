"""What is there by our labels: containers, networks, images and volumes, before and after."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from typing import Literal, TypeAlias

from pydantic import AwareDatetime

from sandboxctl.blueprint.forms import Frozen
from sandboxctl.sandbox import names

Kind: TypeAlias = Literal["container", "network", "image", "volume"]
KINDS: tuple[Kind, ...] = ("container", "network", "image", "volume")


class Thing(Frozen):
    """An object of an engine that carries the den's install label. ``sandbox`` as the label has
    it; ``role`` as the label `kind`."""

    kind: Kind
    id: str
    name: str
    sandbox: str = ""
    role: str = ""

    def __str__(self) -> str:
        whose = f" of {self.sandbox}" if self.sandbox and self.sandbox not in self.name else ""
        return f"{self.kind} {self.name}{whose} ({self.id[:19]})"


class Inventory(Frozen):
    """Everything of a den at one moment, UTC."""

    at: AwareDatetime
    things: tuple[Thing, ...] = ()

    @property
    def counts(self) -> dict[Kind, int]:
        """All four kinds, those that are not there too."""
        found = Counter(thing.kind for thing in self.things)
        return {kind: found[kind] for kind in KINDS}

    def with_earlier(self, earlier: Inventory) -> Inventory:
        """What was seen at either time, each once: of a close that was interrupted, and that had
        removed some of it already. It is as old as the earlier one."""
        found = {(thing.kind, thing.id): thing for thing in (*earlier.things, *self.things)}
        return Inventory(at=min(earlier.at, self.at), things=tuple(found.values()))

    def without(self, others: Iterable[Thing]) -> Inventory:
        """But for these; an image that has two names is two things."""
        gone = {(one.kind, one.id, one.name) for one in others}
        rest = (one for one in self.things if (one.kind, one.id, one.name) not in gone)
        return Inventory(at=self.at, things=tuple(rest))

    def joined(self, others: Iterable[Thing]) -> Inventory:
        """With these."""
        return Inventory(at=self.at, things=(*self.things, *others))

    def called(self, role: str, images: Collection[str]) -> Inventory:
        """With another ``role`` for images of these names."""
        told = (
            one.model_copy(update={"role": role})
            if one.kind == "image" and one.name in images
            else one
            for one in self.things
        )
        return Inventory(at=self.at, things=tuple(told))

    def split(
        self, sandboxes: Collection[str], recipes: Iterable[str], *, images: Collection[str] = ()
    ) -> tuple[Inventory, Inventory]:
        """What belongs to a workshop, and what stays in the den.

        ``sandboxes`` of its teams, and the names under which spares that they took were made
        (`Record.homes`); ``recipes`` whose spares nobody else has; ``images`` by name that only it
        needs, such as its baselines.
        """
        spares = tuple(names.spare(recipe, "") for recipe in recipes)
        ours = [
            thing
            for thing in self.things
            if thing.sandbox in sandboxes
            or thing.sandbox.startswith(spares)
            or (thing.kind == "image" and thing.name in images)
        ]
        rest = [thing for thing in self.things if thing not in ours]
        return (
            Inventory(at=self.at, things=tuple(ours)),
            Inventory(at=self.at, things=tuple(rest)),
        )
