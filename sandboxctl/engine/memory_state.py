"""A sandbox before and after something happened to it: how the engine in memory remembers."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from ipaddress import IPv4Network
from typing import TypeAlias

from sandboxctl.engine import keys
from sandboxctl.errors import AddressTaken, EngineError, Held
from sandboxctl.lifecycle.locks import WATCH
from sandboxctl.sandbox import addresses, names, sparing
from sandboxctl.sandbox.approval import Approval
from sandboxctl.sandbox.disk import Wrote
from sandboxctl.sandbox.happening import lasting
from sandboxctl.sandbox.operations import (
    Answers,
    Extend,
    GoLive,
    Hold,
    ReplaceKey,
    Rest,
    WaitReady,
    WriteDown,
    WriteHappened,
)
from sandboxctl.sandbox.recipe import Recipe
from sandboxctl.sandbox.state import Generation, Observed, Record, Seen, Spare
from sandboxctl.workshop.inventory import Thing


def went_live(
    before: Observed, operation: GoLive, ports: int, others: Iterable[Observed]
) -> Observed:
    """With another generation live; its key stays, and its port where the den has such."""
    key = before.record.key if before.record else keys.new()
    record = Record.of(operation, before.record, key=key)
    if ports:
        mine = before.record.slot if before.record else None
        used = {one.record.slot for one in others if one.record}
        record = record.model_copy(update={"slot": mine or addresses.slot(ports, used)})
    return replace(before, record=record)


Written: TypeAlias = WriteDown | WriteHappened | Extend | ReplaceKey | Hold | Rest


def noted(record: Record, operation: Written) -> Record:
    """With what was decided beside the generation that is live."""
    match operation:
        case WriteDown(over):
            return record.model_copy(update={"over": over})
        case WriteHappened(new, again):
            happened = lasting(record.happened, new)
            return record.model_copy(update={"happened": happened, "again": dict(again)})
        case Extend(until):
            return record.model_copy(update={"until": until})
        case ReplaceKey():
            return record.model_copy(update={"key": keys.new()})
        case Hold(swapping):
            return record.model_copy(update={"held": True, "swapping": swapping})
        case Rest():
            return record.model_copy(update={"paused": True})


class MemoryApprovals:
    """What was granted in a den in memory. ``contents`` holds the id of an image that is another
    one than its name says; ``present`` tells which images there are."""

    def __init__(self, present: Callable[[], frozenset[str]]) -> None:
        self.contents: dict[str, str] = {}
        self._present, self._given = present, dict[str, Approval]()

    def known(self) -> Sequence[Approval]:
        return tuple(self._given.values())

    def give(self, approval: Approval) -> None:
        self._given[approval.subject] = approval

    def take_back(self, subject: str) -> None:
        self._given.pop(subject, None)

    def forget(self) -> None:
        self._given.clear()

    def identities(self, references: Collection[str]) -> Mapping[str, str]:
        there = self._present() & set(references)
        return {name: self.contents.get(name, f"id of {name}") for name in sorted(there)}


class MemoryLocks:
    """One command at a time, within this process."""

    def __init__(self) -> None:
        self._held: set[str] = set()
        self._change = threading.Lock()

    @contextmanager
    def lock(self, name: str, *, patience: float = 0) -> Iterator[None]:
        """See `Engine.lock`; nobody is waited for."""
        with self._change:
            if name in self._held:
                raise Held(
                    f"{name} is being changed by another command ({patience:g} s waited)",
                    hint="Wait until it is done, then run this again.",
                )
            self._held.add(name)
        try:
            yield
        finally:
            self._held.discard(name)

    def holder(self, name: str) -> str:
        return "another command" if name in self._held else ""

    def all_free(self, den: str, patience: float) -> None:
        """Held where somebody changes anything; nobody is waited for."""
        if busy := sorted(self._held - {WATCH}):
            raise Held(
                f"the den {den} is not taken away: {', '.join(busy)} is being changed by another "
                f"command ({patience:g} s waited)",
                hint="Wait until it is done, then run this again.",
            )

    def forget(self) -> None:
        self._held.clear()


def inventory(
    sandboxes: Mapping[str, Observed], images: Iterable[str], den: str
) -> Sequence[Thing]:
    """All that is there, as an engine would list it."""
    found = [Thing(kind="image", id=tag, name=tag, role="image") for tag in sorted(images)]
    for name, one in sorted(sandboxes.items()):
        for number, generation in one.generations.items():
            if generation.subnet:
                called = names.network(den, name, number)
                found.append(Thing(kind="network", id=called, name=called, sandbox=name))
            for service in generation.services:
                called = names.container(den, name, number, service)
                found.append(Thing(kind="container", id=called, name=called, sandbox=name))
    return found


def image_users(
    sandboxes: Mapping[str, Observed], references: Iterable[str], den: str
) -> Mapping[str, Sequence[str]]:
    """Container names by the image that they started from."""
    used: dict[str, list[str]] = {image: [] for image in references}
    for name, one in sandboxes.items():
        for number, generation in one.generations.items():
            for service, seen in generation.services.items():
                if seen.image in used:
                    used[seen.image].append(names.container(den, name, number, service))
    return used


def with_homes(found: Observed, all_: Mapping[str, Observed]) -> dict[int, Generation]:
    """A sandbox's own generations, and the spares that are its own by now."""
    homes = found.record.homes if found.record else {}
    looked = {n: all_[home].generations for n, home in homes.items() if home in all_}
    return sparing.with_claimed(found.generations, looked, homes)


def spoken_of(sandboxes: Iterable[Observed], spares: Iterable[Spare]) -> frozenset[str]:
    """Digests of the recipes that something decided speaks of."""
    records = [one.record for one in sandboxes if one.record]
    return frozenset({d for one in records for d in one.recipes} | {s.recipe for s in spares})


def answers(operation: Answers | WaitReady, observed: Observed) -> None:
    """EngineError where a service has to answer and does not run; who waits was told already."""
    services = observed.live.services.values() if observed.live else ()
    theirs = isinstance(operation, Answers) and operation.theirs
    if theirs and not all(one.runs for one in services):
        words = f"generation {observed.record.live if observed.record else 0} answers 503"
        raise EngineError(words, hint="Take it out of the way.")


def laid_aside(before: Observed, number: int, services: Iterable[str]) -> Observed:
    for name in services:
        seen = seen_in(before, number, name)
        if seen:
            stopped = replace(seen, condition="exited", why="it was put aside")
            before = with_service(before, number, stopped)
    return before


def seen_in(before: Observed, number: int, name: str) -> Seen | None:
    generation = before.generations.get(number)
    return generation.services.get(name) if generation else None


def networked(
    before: Observed, number: int, subnet: IPv4Network, taken: Iterable[IPv4Network]
) -> Observed:
    """With a network; AddressTaken where another has its addresses."""
    found = before.generations.get(number, Generation(number))
    if found.subnet is None and any(subnet.overlaps(net) for net in taken):
        raise AddressTaken(f"{subnet} is in use", hint="Observe and plan again.")
    generation = replace(found, subnet=found.subnet or subnet)
    return replace(before, generations={**before.generations, number: generation})


def written(
    sandboxes: Mapping[str, Observed], recipes: Mapping[str, Recipe], wrote: Mapping[str, int]
) -> Sequence[Wrote]:
    """What services that run and keep data wrote, where ``wrote`` says so."""
    return [
        Wrote(name, live.number, seen.service, wrote.get(seen.service, 0), None, kept.disk)
        for name, one in sorted(sandboxes.items())
        if one.record and (live := one.live)
        for seen in live.services.values()
        if seen.runs
        if (kept := recipes[one.record.recipe].containers[seen.service]).stateful
    ]


def with_service(before: Observed, number: int, seen: Seen) -> Observed:
    generation = before.generations[number]
    services = {**generation.services, seen.service: seen}
    changed = replace(generation, services=services)
    return replace(before, generations={**before.generations, number: changed})


def without_service(before: Observed, number: int, name: str) -> Observed:
    if number not in before.generations:
        return before
    generation = before.generations[number]
    left = {key: seen for key, seen in generation.services.items() if key != name}
    changed = replace(generation, services=left)
    return with_subnet(
        replace(before, generations={**before.generations, number: changed}),
        number,
        subnet=changed.subnet,
    )


def with_subnet(before: Observed, number: int, subnet: IPv4Network | None) -> Observed:
    """Without the generation, once neither its network nor a container of it is left."""
    if number not in before.generations:
        return before
    changed = replace(before.generations[number], subnet=subnet)
    others = {n: g for n, g in before.generations.items() if n != number}
    left = changed.subnet or changed.services or changed.beside
    kept = {number: changed} if left else {}
    return replace(before, generations={**others, **kept})
