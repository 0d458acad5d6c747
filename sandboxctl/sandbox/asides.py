"""What was live and is kept a while: the way back from what replaced it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from ipaddress import IPv4Network

from sandboxctl.sandbox import addresses
from sandboxctl.sandbox.operations import (
    BringBack,
    Drain,
    GoLive,
    LayAside,
    StartAgain,
    StopService,
    WaitReady,
)
from sandboxctl.sandbox.plan import Draft, Key, Plan
from sandboxctl.sandbox.recipe import Recipe
from sandboxctl.sandbox.removing import remove_generation
from sandboxctl.sandbox.state import Aside, Beside, Generation, Observed
from sandboxctl.sandbox.switching import Answers
from sandboxctl.sandbox.wanted import Wanted, in_order

MOST = 2
"""Generations that a sandbox keeps aside, at most: each has addresses and takes disk."""
NOTHING: Mapping[str, Beside] = {}
LONGEST = 10.0
"""Seconds in which a service that is put aside may finish, at most."""


def switch(
    draft: Draft,
    wanted: Wanted,
    observed: Observed,
    to: GoLive,
    *after: Key | None,
    because: str = "all services are ready",
    theirs: bool = False,
) -> None:
    """The gateway moves to a generation that is ready; the one it leaves goes, or is put aside.
    ``theirs`` as in `Answers`."""
    decided = draft.add(to, because, *after)
    read = Answers(to.generation, theirs)
    answered = draft.add(read, "done means that it was read", decided)
    stay = {one.generation for one in to.asides}
    for number, generation in observed.generations.items():
        if number == to.generation:
            continue
        if observed.record is None or number != observed.record.live:
            if number not in stay:  # what was put aside stays until nobody goes back before it
                known = number in {one.generation for one in observed.asides}
                why = _why_gone(observed, number)
                remove_generation(draft, generation, why, answered if known else None)
            elif any(seen.runs for seen in generation.services.values()):
                lay_aside(draft, wanted, generation, answered)  # whoever put it aside was killed
            continue
        places = tuple(one.address for one in generation.services.values() if one.address)
        drain = Drain(generation.number, places)
        drained = draft.add(drain, "another one is live", answered, home=generation.home)
        if number in stay:
            lay_aside(draft, wanted, generation, drained)
        else:
            remove_generation(draft, generation, "replaced", drained)


def going_live(
    wanted: Wanted,
    number: int,
    subnet: IPv4Network,
    asides: tuple[Aside, ...],
    *,
    home: str = "",
    since: datetime | None = None,
    beside: Mapping[str, Beside] = NOTHING,
) -> GoLive:
    """What is decided when generation ``number`` is to be seen; ``since`` as wanted unless said."""
    return GoLive(
        number,
        wanted.recipe,
        subnet,
        since or wanted.since,
        wanted.until,
        home=home,
        asides=asides,
        why=wanted.why,
        workshop=wanted.workshop,
        team=wanted.team,
        beside=beside,
        spares=wanted.spares,
    )


def lay_aside(draft: Draft, wanted: Wanted, generation: Generation, after: Key | None) -> None:
    """Its services are asked to stop: the recipe they are of says how long that may take."""
    known = wanted.previous.containers if wanted.previous else {}
    graces = {
        name: min(known[name].grace, LONGEST) if name in known else LONGEST
        for name in sorted(generation.services)
    }
    operation = LayAside(generation.number, graces)
    draft.add(operation, "`reset --undo` returns to it", after, home=generation.home)


def after(wanted: Wanted, observed: Observed, going_live: int) -> tuple[Aside, ...]:
    """What stays aside once ``going_live`` is live; the one it replaces first."""
    stay = [one for one in lasting(observed, wanted.now) if one.generation != going_live]
    live, record = observed.live, observed.record
    whole = live and record and live.subnet and live.services
    if wanted.grace and wanted.now and whole and record and live and live.subnet:
        replaced = Aside(
            generation=record.live,
            recipe=record.recipe,
            subnet=live.subnet,
            home=live.home,
            since=wanted.now,
            until=wanted.now + wanted.grace,
            why=wanted.why,
        )
        stay = [replaced, *stay]
    return tuple(stay[:MOST])


def lasting(observed: Observed, now: datetime | None) -> tuple[Aside, ...]:
    """What can still be returned to; None as the time: whatever is there."""
    return tuple(
        one
        for one in observed.asides
        if one.generation in observed.generations and (now is None or one.until > now)
    )


def strays(observed: Observed, now: datetime | None) -> list[tuple[str, Generation]]:
    """Generations that nobody needs, and why: neither live nor kept aside, or no longer."""
    live = observed.record.live if observed.record else 0
    stay = {live, *(one.generation for one in lasting(observed, now))}
    return [
        (_why_gone(observed, number), generation)
        for number, generation in sorted(observed.generations.items())
        if number not in stay
    ]


def undo(wanted: Wanted, observed: Observed, to: Aside) -> Plan:
    """Back to what was put aside: its containers start again, with all that was entered. What is
    live now is put aside in its place, so that an undo can be undone."""
    draft, recipe = Draft(observed.sandbox), wanted.recipe
    generation = observed.generations[to.generation]
    ready = _started(draft, recipe, to, generation)
    stay = after(wanted, observed, to.generation)
    beside = {name: Beside(since=to.since, until=to.until) for name in generation.beside}
    live = going_live(wanted, to.generation, to.subnet, stay, home=to.home, beside=beside)
    switch(draft, wanted, observed, live, *ready.values(), because="it answers again")
    return Plan(tuple(draft.steps))


def _started(draft: Draft, recipe: Recipe, to: Aside, generation: Generation) -> dict[str, Key]:
    places = addresses.services(to.subnet, recipe.containers)
    ready: dict[str, Key] = {}
    for name in in_order(recipe.containers):
        container = recipe.containers[name]
        needs = [ready[need] for need in container.depends_on]
        if name not in generation.services and name in generation.beside:
            back = BringBack(generation.number, name, generation.beside[name].id)
            needs.append(draft.add(back, "its replacement did not come", home=to.home))
        if name in generation.services and generation.services[name].runs:
            # It was asked to stop a moment ago: started before that is over, it would end.
            stop = StopService(generation.number, name, min(container.grace, LONGEST))
            needs.append(draft.add(stop, "it was asked to, and still runs", home=to.home))
        again = StartAgain(generation.number, container)
        started = draft.add(again, "it was put aside", *needs, home=to.home)
        waiting = WaitReady(generation.number, container, places[name])
        ready[name] = draft.add(waiting, "it was started", started, home=to.home)
    return ready


def _why_gone(observed: Observed, number: int) -> str:
    aside = any(one.generation == number for one in observed.asides)
    return "its grace is over" if aside else "it never went live"
