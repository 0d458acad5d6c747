"""A sandbox before and after something happened to it: how the engine in memory remembers."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv4Network

from sandboxctl.engine import keys
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
