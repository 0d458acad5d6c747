"""(wanted, observed) → Plan. Pure: no input or output, no clock, no randomness."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from hashlib import sha256
from ipaddress import IPv4Network

from sandboxctl.sandbox import addresses, names
from sandboxctl.sandbox.asides import after, going_live, strays, switch
from sandboxctl.sandbox.baseline import make_baseline
from sandboxctl.sandbox.in_place import is_away
from sandboxctl.sandbox.operations import (
    Close,
    Commit,
    CreateNetwork,
    Drain,
    Hold,
    Place,
    RemoveSnapshots,
    StartService,
    StopService,
    WaitReady,
)
from sandboxctl.sandbox.plan import IMAGES, Draft, Key, Plan
from sandboxctl.sandbox.recipe import Recipe
from sandboxctl.sandbox.removing import remove_generation
from sandboxctl.sandbox.standing import as_it_is
from sandboxctl.sandbox.state import Generation, Observed, Record
from sandboxctl.sandbox.supply import Supplied, only, supply
from sandboxctl.sandbox.wanted import Wanted, carried, in_order

_GRACE = 2.0
"""Seconds in which a service of the old generation may finish before data is carried over."""


def reconcile(
    wanted: Wanted | None,
    observed: Observed,
    making: Observed | None = None,
    supplied: Supplied | None = None,
) -> Plan:
    """The steps from ``observed`` to ``wanted``; wanting None means wanting nothing left.

    ``making`` is what an interrupted run left of the baseline that is wanted; ``supplied`` the
    images that several plans share.
    """
    if wanted is None:
        return remove(observed)
    missing = _missing(wanted, observed)
    made = not wanted.baseline or set(wanted.baseline.tags.values()) <= observed.images
    begun = remove(making, "minute zero is kept") if making and made else Plan()
    if not missing:
        return as_it_is(wanted, observed) + begun
    if spare := fitting(wanted, observed):
        return _claim(wanted, observed, spare) + begun
    images, ready = only(wanted, observed.images, supplied or supply([wanted], observed.images))
    taken = observed.taken
    if wanted.baseline and not made:
        begun, committed, subnet = make_baseline(wanted, observed, making, ready)
        ready |= committed
        taken = (*taken, subnet)
    return images + begun + _next(wanted, observed, missing, ready, taken)


def remove(observed: Observed, why: str = "no longer wanted") -> Plan:
    """Everything of a sandbox, whatever state it is in."""
    draft, record = Draft(observed.sandbox), observed.record
    swept = draft.add(RemoveSnapshots(), why) if record and record.snapshots else None
    # That objects which were a spare's are this sandbox's stands in its record alone: it goes last.
    homed = bool(record and record.homes)
    closed = draft.add(Hold() if homed else Close(), why, swept) if record else None
    gone = [
        key
        for generation in observed.generations.values()
        for key in remove_generation(draft, generation, why, closed)
    ]
    if homed:
        draft.add(Close(), why, closed, *gone)
    return Plan(tuple(draft.steps))


def restore(previous: Recipe | None, observed: Observed) -> Plan:
    """After a change that failed: the live generation serves as before, beside it is nothing."""
    record = observed.record
    if record and _rests(record):
        return _leftovers(observed)
    if previous and record and record.recipe == previous.digest:
        before = Wanted(previous, record.since, record.until)
        if not _missing(before, observed):
            return as_it_is(before, observed)
    return _leftovers(observed)


def _rests(record: Record) -> bool:
    """Whether somebody stopped it, and nothing is under way: a failure beside it wakes nobody."""
    stopped = record.paused or bool(record.over and record.over.stopped)
    return stopped and not record.held and record.swapping is None


def _leftovers(observed: Observed) -> Plan:
    """All generations but the live one and what was put aside."""
    draft = Draft(observed.sandbox)
    for _, generation in strays(observed, None):
        remove_generation(draft, generation, "it never went live")
    return Plan(tuple(draft.steps))


def _missing(wanted: Wanted, observed: Observed) -> str:
    """Why another generation is needed; empty if the live one will do."""
    live, record = observed.live, observed.record
    if record is None:
        return "not there yet"
    if wanted.fresh:
        return "restore" if wanted.why == "restore" else "reset"
    if record.recipe != wanted.recipe.digest:
        return "the blueprint changed"
    if live is None or live.subnet is None:
        return "its network is gone"
    gone = sorted(wanted.recipe.containers.keys() - live.services.keys())
    if record.swapping and is_away(live, record.swapping):  # it is taken back
        gone = [name for name in gone if name != record.swapping.service]
    return f"{', '.join(gone)} is gone" if gone else ""


def _next(
    wanted: Wanted,
    observed: Observed,
    why: str,
    ready: Mapping[str, Key],
    taken: Iterable[IPv4Network],
) -> Plan:
    """The next generation beside the old one; then the gateway moves, then the old one goes."""
    draft, number, recipe = Draft(observed.sandbox), observed.next, wanted.recipe
    subnet = addresses.free(observed.range, taken, len(recipe.containers))
    place = place_of(wanted, number, subnet)
    made = [key for key in ready.values() if key[0] == IMAGES]
    network = draft.add(CreateNetwork(number, subnet, recipe.digest), why, *made)
    over = _carry_over(draft, wanted, observed, (network, *ready.values()))
    answering: dict[str, Key] = {}
    for name in in_order(recipe.containers):
        container = recipe.containers[name]
        image, kept = over.get(name, (wanted.images.get(name, container.image), None))
        needs = [answering[need] for need in container.depends_on]
        started = draft.add(
            StartService(container, place, image), why, network, ready.get(image), kept, *needs
        )
        waiting = WaitReady(number, container, place.addresses[name])
        answering[name] = draft.add(waiting, "it was started", started)
    stay = after(wanted, observed, number)
    live = going_live(wanted, number, subnet, stay)
    switch(draft, wanted, observed, live, *answering.values())
    return Plan(tuple(draft.steps))


def _claim(wanted: Wanted, observed: Observed, name: str) -> Plan:
    """A spare becomes the next generation: it is ready, so only the gateway has to move."""
    draft, number = Draft(observed.sandbox), observed.next
    stay = after(wanted, observed, number)
    live = going_live(wanted, number, observed.spares[name].subnet, stay, home=name)
    switch(draft, wanted, observed, live, because="a spare is ready", theirs=True)
    return Plan(tuple(draft.steps))


def fitting(wanted: Wanted, observed: Observed) -> str:
    """The spare that can be claimed; empty if there is none."""
    asks = any(secret.ask for secret in wanted.recipe.secrets.values())  # another one for each
    if not wanted.spared or wanted.images or asks:
        return ""
    found = [
        name
        for name, spare in observed.spares.items()
        if spare.ready and spare.recipe == wanted.recipe.digest
    ]
    # Each sandbox has an order of its own: a whole workshop that begins again at once finds many.
    mine = observed.sandbox
    return min(found, key=lambda name: sha256(f"{mine} {name}".encode()).digest(), default="")


def _carry_over(
    draft: Draft, wanted: Wanted, observed: Observed, before: Iterable[Key]
) -> dict[str, tuple[str, Key | None]]:
    """Service → the image its data goes over in, and the step that makes it. Nothing that was
    answered may be lost: the gateway lets nobody in, and what else could write is stopped."""
    live = observed.live
    over = carried(wanted, _there(live))
    if live is None or not over:
        return {}
    home = live.home
    held = draft.add(Hold(), "nothing may be entered while data is carried over", *before)
    quiet = [draft.add(Drain(live.number), "it is held", held, home=home)]
    for name in sorted(_there(live) - over):
        stop = StopService(live.number, name, _GRACE)
        why = "it might write to what is carried over"
        quiet.append(draft.add(stop, why, quiet[0], home=home))
    images: dict[str, tuple[str, Key | None]] = {}
    for name in sorted(over):
        image = names.carried(observed.den, observed.sandbox, observed.next, name)
        keep = Commit(live.number, wanted.recipe.containers[name], image, stop=False)
        images[name] = image, draft.add(keep, "its definition stays", *quiet, home=home)
    return images


def place_of(wanted: Wanted, number: int, subnet: IPv4Network) -> Place:
    services = wanted.recipe.containers
    return Place(
        number,
        subnet,
        wanted.recipe.digest,
        addresses.services(subnet, services),
        wanted.secrets,
    )


def _there(generation: Generation | None) -> frozenset[str]:
    return frozenset(generation.services) if generation else frozenset()
