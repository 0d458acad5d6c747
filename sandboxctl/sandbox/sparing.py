"""Spares: generations that stand ready and belong to nobody yet.

How one is made, when it goes, and what is known without looking once one is taken.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from sandboxctl.errors import SpareTaken
from sandboxctl.sandbox import addresses
from sandboxctl.sandbox.asides import MOST
from sandboxctl.sandbox.operations import (
    CreateNetwork,
    GoBack,
    Offer,
    Place,
    ReadAll,
    StartService,
    WaitReady,
    Withdraw,
)
from sandboxctl.sandbox.plan import Draft, Key, Plan
from sandboxctl.sandbox.recipe import Recipe
from sandboxctl.sandbox.removing import remove_generation
from sandboxctl.sandbox.state import Capacity, Generation, Observed, Record, Seen, Spare
from sandboxctl.sandbox.switching import Answers
from sandboxctl.sandbox.wanted import Wanted, in_order

NUMBER = 1
"""The generation that stands on the labels of every spare."""
MIB = 1024 * 1024


def make_spare(name: str, wanted: Wanted, observed: Observed, *, read: bool) -> Plan:
    """A generation of its own; nobody's to take before all of it answers, and with ``read``
    before all it was filled with was read once. Raises EngineError where no subnet is free."""
    draft, recipe, why = Draft(name), wanted.recipe, "a spare"
    subnet = addresses.free(observed.range, observed.taken, len(recipe.containers))
    places = addresses.services(subnet, recipe.containers)
    place = Place(NUMBER, subnet, recipe.digest, places, wanted.secrets)
    offer = Offer(recipe, subnet, wanted.since)
    written = draft.add(offer, "whoever finds its objects knows what they are")
    network = draft.add(CreateNetwork(NUMBER, subnet, recipe.digest), why, written)
    ready: dict[str, Key] = {}
    for container in (recipe.containers[service] for service in in_order(recipe.containers)):
        needs = [ready[need] for need in container.depends_on]
        start = StartService(container, place, container.image)
        started = draft.add(start, why, network, *needs)
        waiting = WaitReady(NUMBER, container, places[container.name])
        ready[container.name] = draft.add(waiting, "it was started", started)
        if read and container.read:
            look = ReadAll(NUMBER, container.name, container.read)
            waited = ready[container.name]
            ready[container.name] = draft.add(look, "the first look copies it", waited)
    done = Offer(recipe, subnet, wanted.since, ready=True)
    draft.add(done, "all services are ready", written, *ready.values())
    return Plan(tuple(draft.steps))


def remove_spare(name: str, observed: Observed, why: str) -> Plan:
    """Offered to nobody, then gone; also what an interrupted run left of one."""
    draft = Draft(name)
    withdrawn = draft.add(Withdraw(), why)
    for generation in observed.generations.values():
        remove_generation(draft, generation, why, withdrawn)
    return Plan(tuple(draft.steps))


def go_back(sandbox: str, before: Record, recipe: Recipe) -> Plan:
    """The generation that served before a claim serves again, with all that was decided of it."""
    draft = Draft(sandbox)
    back = draft.add(GoBack(before, recipe), "the spare does not answer")
    draft.add(Answers(before.live), "done means that it was read", back)
    return Plan(tuple(draft.steps))


def asked(
    records: Iterable[Record], workshops: Iterable[Mapping[str, int]], now: datetime
) -> dict[str, int]:
    """Recipe → how many spares of it there should be: what sandboxes ask for, and ``workshops``.
    A sandbox whose lease is over, or that rests, asks for none."""
    wanted: dict[str, int] = {}
    alone = ({r.recipe: r.spares} for r in records if r.until > now and not r.paused)
    for one in (*alone, *workshops):
        for digest, count in one.items():
            wanted[digest] = wanted.get(digest, 0) + count
    return {digest: count for digest, count in wanted.items() if count > 0}


def too_many(spares: Mapping[str, Spare], wanted: Mapping[str, int]) -> list[str]:
    """Spares that nobody asks for, the youngest of each recipe first; those that are still being
    made count, and go first."""
    gone: list[str] = []
    for digest in sorted({spare.recipe for spare in spares.values()}):
        mine = [(s.ready, s.since, name) for name, s in spares.items() if s.recipe == digest]
        extra = len(mine) - wanted.get(digest, 0)
        order = sorted(mine, key=lambda one: (one[0], -one[1].timestamp(), one[2]))
        gone += [name for _, _, name in order[: max(0, extra)]]
    return gone


def too_few(spares: Mapping[str, Spare], wanted: Mapping[str, int]) -> list[str]:
    """Recipes of which another spare is to be made, the one that lacks most first."""
    have = [spare.recipe for spare in spares.values()]
    lack = {digest: count - have.count(digest) for digest, count in wanted.items()}
    return sorted((d for d, n in lack.items() if n > 0), key=lambda d: (-lack[d], d))


def no_room(recipe: Recipe, capacity: Capacity, observed: Observed) -> str:
    """Why no spare can be made now; empty if it can. A spare may take nothing that a reset would
    need: that makes another generation of the same size while the old one still runs."""
    free = capacity.memory - capacity.promised
    if free < 2 * recipe.memory:
        return (
            f"{free // MIB:,} MiB of memory are free, and a spare may take "
            f"{recipe.memory // MIB:,} MiB; as much again is kept for a reset"
        )
    if addresses.room(observed.range, observed.taken, len(recipe.containers)) < 2:
        return f"too few addresses are free in {observed.range}"
    return ""


def broken(spare: Spare, recipe: Recipe, observed: Observed) -> str:
    """Why nobody may be given it; empty if it is well, as far as can be seen."""
    there = observed.generations.get(NUMBER)
    services = there.services if there else {}
    for name in sorted(recipe.containers):
        seen = services.get(name)
        if seen is None:
            return f"its {name} is gone"
        if not seen.runs:
            return f"its {name} ended: {seen.why or seen.condition}"
    return "" if there and there.subnet == spare.subnet else "its network is gone"


def with_claimed(
    own: Mapping[int, Generation],
    looked: Mapping[int, Mapping[int, Generation]],
    homes: Mapping[int, str],
) -> dict[int, Generation]:
    """A sandbox's ``own`` generations and those that were spares, by the number under which it
    knows them; ``looked`` holds what there is of each home. What an interrupted command left under
    the number of one of these is told of under the negative one: it is nobody's, and has to be
    seen to be removed."""
    claimed = {
        number: replace(there[NUMBER], home=homes[number])
        for number, there in looked.items()
        if NUMBER in there
    }
    moved = {-number if number in claimed else number: one for number, one in own.items()}
    return {**moved, **claimed}


def without_looking(
    sandbox: str, record: Record, recipe: Recipe, spares: Mapping[str, Spare], now: datetime
) -> Observed:
    """A sandbox going by what is decided of it: its live generation, and what can still be returned
    to once another one is put aside before it. Enough to take a spare, and for nothing else."""
    generations: dict[int, Generation] = {}
    if record.subnet is not None:
        places = addresses.services(record.subnet, recipe.containers)
        seen = {name: Seen(name, "running", address=at) for name, at in places.items()}
        number = NUMBER if record.home else record.live
        generations[record.live] = Generation(number, record.subnet, seen, record.home)
    for aside in [one for one in record.asides if one.until > now][: MOST - 1]:
        number = NUMBER if aside.home else aside.generation
        generations[aside.generation] = Generation(number, aside.subnet, {}, aside.home)
    return Observed(sandbox, generations, record, spares=spares)


def taken(spare: str) -> SpareTaken:
    return SpareTaken(f"{spare} was given to another sandbox", hint="Run the command again.")


def withdrawn(spare: str) -> SpareTaken:
    return SpareTaken(
        f"{spare} was withdrawn while it was made", hint="`sandboxctl watch` makes another one."
    )
