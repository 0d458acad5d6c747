"""What belongs to a workshop and to nobody else: sandboxes, spares that were made for it, and the
images that only it needs."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from sandboxctl.blueprint.images import REPOSITORY
from sandboxctl.engine.protocol import Engine
from sandboxctl.errors import SandboxError
from sandboxctl.lifecycle import prepare
from sandboxctl.lifecycle.spares import lock_of
from sandboxctl.lifecycle.workshops import kept
from sandboxctl.sandbox import names
from sandboxctl.sandbox.recipe import Recipe
from sandboxctl.sandbox.state import Record
from sandboxctl.workshop.inventory import Inventory
from sandboxctl.workshop.record import Workshop


@dataclass(frozen=True, slots=True)
class Belongings:
    """``sandboxes`` of its teams; ``homes`` the spares that these were; ``recipes`` that nobody
    else has, and so their spares; ``images`` by reference, ``shared`` those that it ran from and
    that others need too."""

    sandboxes: tuple[str, ...]
    homes: frozenset[str] = frozenset()
    recipes: frozenset[str] = frozenset()
    images: tuple[str, ...] = ()
    spares: tuple[str, ...] = ()
    shared: frozenset[str] = frozenset()

    def split(
        self, found: Inventory, labelled: Collection[str] = ()
    ) -> tuple[Inventory, Inventory]:
        """What is its own, and what stays; ``labelled`` are names that its objects had before."""
        mine = {*self.sandboxes, *self.homes, *self.spares, *labelled}
        return found.split(mine, sorted(self.recipes), images=self.images)


@dataclass(frozen=True, slots=True)
class _Decided:
    """What of it stands in the den's state: the records of its ``sandboxes`` and of ``others``, the
    recipes that were its ``own`` and those that are needed ``elsewhere``."""

    sandboxes: tuple[str, ...]
    records: Mapping[str, Record]
    others: Sequence[Record]
    own: frozenset[str]
    elsewhere: frozenset[str]


def locks(engine: Engine, workshop: Workshop) -> frozenset[str]:
    """What has to be held so that nothing comes to it or goes from it, as it is now."""
    found = _decided(engine, workshop)
    return frozenset({*found.sandboxes, *map(lock_of, found.own - found.elsewhere)})


def _decided(engine: Engine, workshop: Workshop) -> _Decided:
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
    return _Decided(tuple(mine), records, others, frozenset(own), frozenset(elsewhere))


def of(
    engine: Engine,
    workshop: Workshop,
    whole: Inventory | None = None,
    before: Inventory | None = None,
) -> Belongings:
    """As it is now, so the caller holds its `locks`; ``whole`` is a look at everything that was
    taken just before, ``before`` what an interrupted close found: by now nobody may know any more
    what some of it was made for."""
    found = _decided(engine, workshop)
    own, records, exclusive = found.own, found.records, found.own - found.elsewhere
    images, shared = _images(engine, found, before)
    return Belongings(
        sandboxes=found.sandboxes,
        homes=frozenset(home for one in records.values() for home in one.homes.values()),
        recipes=exclusive,
        images=images,
        shared=shared,
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
    engine: Engine, decided: _Decided, before: Inventory | None
) -> tuple[tuple[str, ...], frozenset[str]]:
    """Made by us for its recipes, needed by no other of the den, used by nobody on the engine; and
    those that are. Runtimes, service templates and the base stay, and what a registry gave."""
    records = decided.records
    needed = _run(engine, decided.elsewhere) | _snapshots(decided.others)
    found = _run(engine, decided.own) | _snapshots(records.values())
    found |= {one.name for one in before.things if one.kind == "image"} if before else set()
    found -= {build.tag for build in prepare.shared()}
    made = {one for one in found if one.startswith(f"{REPOSITORY}/")}
    asked = made - needed
    users = engine.image_users(asked)
    mine = tuple(f"{engine.den.name}-{name}-" for name in decided.sandboxes)
    homes = tuple(
        f"{engine.den.name}-{home}-" for one in records.values() for home in one.homes.values()
    )
    spares = f"{engine.den.name}-{names.SPARE}"
    only = {
        one
        for one in asked
        if one in users and all(user.startswith((*mine, *homes, spares)) for user in users[one])
    }
    return tuple(sorted(only)), frozenset(made - only)


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
