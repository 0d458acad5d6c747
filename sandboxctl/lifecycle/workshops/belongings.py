"""What belongs to a workshop and to nobody else: sandboxes, spares that were made for it, and the
images that only it needs."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from sandboxctl.blueprint.images import REPOSITORY
from sandboxctl.engine.protocol import Engine
from sandboxctl.errors import SandboxError
from sandboxctl.lifecycle import prepare
from sandboxctl.lifecycle.workshops import kept
from sandboxctl.sandbox import names
from sandboxctl.sandbox.recipe import Recipe
from sandboxctl.sandbox.state import Record
from sandboxctl.workshop.inventory import Inventory
from sandboxctl.workshop.record import Workshop


@dataclass(frozen=True, slots=True)
class Belongings:
    """``sandboxes`` of its teams; ``homes`` the spares that these were; ``recipes`` that nobody
    else has, and so their spares; ``images`` by reference."""

    sandboxes: tuple[str, ...]
    homes: frozenset[str] = frozenset()
    recipes: frozenset[str] = frozenset()
    images: tuple[str, ...] = ()
    spares: tuple[str, ...] = field(default=())

    def split(
        self, found: Inventory, labelled: Collection[str] = ()
    ) -> tuple[Inventory, Inventory]:
        """What is its own, and what stays; ``labelled`` are names that its objects had before."""
        mine = {*self.sandboxes, *self.homes, *self.spares, *labelled}
        return found.split(mine, sorted(self.recipes), images=self.images)


def of(
    engine: Engine,
    workshop: Workshop,
    whole: Inventory | None = None,
    before: Inventory | None = None,
) -> Belongings:
    """As it is now; ``whole`` is a look at everything that was taken just before, ``before`` what
    an interrupted close found: by now nobody may know any more what some of it was made for."""
    stored = kept.records(engine)
    mine = dict.fromkeys([*workshop.sandboxes, *kept.owned(engine, workshop.name)])
    records = {n: Record.model_validate(stored[n]) for n in mine if n in stored}
    others = [Record.model_validate(one) for n, one in stored.items() if n not in mine]
    elsewhere = {recipe for one in others for recipe in one.recipes}
    for name, another in kept.all_of(engine).items():
        if name != workshop.name:
            elsewhere |= {member.recipe for member in another.teams.values()}
    own = {*workshop.made_of, *(member.recipe for member in workshop.teams.values())}
    own |= {recipe for one in records.values() for recipe in one.recipes}
    exclusive = frozenset(own - elsewhere)
    return Belongings(
        sandboxes=tuple(mine),
        homes=frozenset(home for one in records.values() for home in one.homes.values()),
        recipes=exclusive,
        images=_images(engine, own, elsewhere, records, others, before),
        spares=tuple(sorted({*_spares(engine, whole, exclusive, records), *_lost(engine, own)})),
    )


def _spares(
    engine: Engine,
    whole: Inventory | None,
    recipes: Collection[str],
    records: Mapping[str, Record],
) -> tuple[str, ...]:
    """Of recipes that nobody else has, by label and by the state, but for those that were taken."""
    prefixes = tuple(names.spare(recipe, "") for recipe in recipes)
    taken = {home for one in records.values() for home in one.homes.values()}
    things = whole.things if whole else engine.inventory()
    found = {thing.sandbox for thing in things} | set(engine.part("spares"))
    mine = (one for one in found - taken if prefixes and one.startswith(prefixes))
    return tuple(sorted(mine))


def _lost(engine: Engine, recipes: Collection[str]) -> set[str]:
    """What was a team's once and is in nobody's record any more, whoever else has its recipe."""
    prefixes = tuple(names.spare(recipe, "") for recipe in recipes)
    return {name for name in engine.making() if prefixes and name.startswith(prefixes)}


def _images(
    engine: Engine,
    own: Iterable[str],
    elsewhere: Iterable[str],
    records: Mapping[str, Record],
    others: Iterable[Record],
    before: Inventory | None,
) -> tuple[str, ...]:
    """Made by us for its recipes, needed by no other of the den, used by nobody on the engine.
    Runtimes, service templates and the base stay, and so does what a registry gave."""
    needed = _run(engine, elsewhere) | _snapshots(others)
    needed |= {build.tag for build in prepare.shared()}
    found = _run(engine, own) | _snapshots(records.values())
    found |= {one.name for one in before.things if one.kind == "image"} if before else set()
    asked = {one for one in found - needed if one.startswith(f"{REPOSITORY}/")}
    users = engine.image_users(asked)
    mine = tuple(f"{engine.den.name}-{name}-" for name in records)
    homes = tuple(
        f"{engine.den.name}-{home}-" for one in records.values() for home in one.homes.values()
    )
    spares = f"{engine.den.name}-{names.SPARE}"
    return tuple(
        sorted(
            one
            for one in asked
            if one in users and all(user.startswith((*mine, *homes, spares)) for user in users[one])
        )
    )


def _snapshots(records: Iterable[Record]) -> set[str]:
    several = (one.images.values() for record in records for one in record.snapshots)
    return {image for images in several for image in images}


def _run(engine: Engine, recipes: Iterable[str]) -> set[str]:
    """Images that their services start from."""
    found: set[str] = set()
    for digest in recipes:
        if recipe := _recipe(engine, digest):
            found |= {container.image for container in recipe.containers.values()}
    return found


def _recipe(engine: Engine, digest: str) -> Recipe | None:
    try:
        return engine.recipe(digest)
    except SandboxError:  # it was swept: what it was made from is found by nobody any more
        return None
