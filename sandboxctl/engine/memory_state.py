"""A sandbox before and after something happened to it: how the engine in memory remembers."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from ipaddress import IPv4Network

from sandboxctl.engine import keys
from sandboxctl.sandbox.approval import Approval
from sandboxctl.sandbox.operations import GoLive
from sandboxctl.sandbox.state import Observed, Record, Seen


def went_live(before: Observed, operation: GoLive) -> Observed:
    """With another generation live; its key stays."""
    recipe = operation.recipe
    record = Record(
        live=operation.generation,
        recipe=recipe.digest,
        blueprint=recipe.blueprint,
        title=recipe.title,
        since=operation.since,
        until=operation.until,
        key=before.record.key if before.record else keys.new(),
    )
    return replace(before, record=record)


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


def seen_in(before: Observed, number: int, name: str) -> Seen | None:
    generation = before.generations.get(number)
    return generation.services.get(name) if generation else None


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
    kept = {number: changed} if changed.subnet or changed.services else {}
    return replace(before, generations={**others, **kept})
