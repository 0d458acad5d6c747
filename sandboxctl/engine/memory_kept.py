"""The engine in memory: what happens to snapshots, and to services that are replaced."""

from __future__ import annotations

from dataclasses import replace
from itertools import count

from sandboxctl.engine.memory_state import seen_in, with_service
from sandboxctl.sandbox import names
from sandboxctl.sandbox.keeping import RemoveSnapshots, TakeSnapshot, WriteSnapshots
from sandboxctl.sandbox.operations import BringBack, Place, PutAside, RemoveAside
from sandboxctl.sandbox.state import Observed, Seen

_MADE = count(1)


def snapshotted(
    before: Observed,
    operation: TakeSnapshot | WriteSnapshots | RemoveSnapshots,
    images: frozenset[str],
    den: str,
) -> tuple[Observed, frozenset[str]]:
    """A sandbox, and the images there are, after something happened to its snapshots."""
    match operation:
        case TakeSnapshot(images=tags):
            return before, images | set(tags.values())
        case WriteSnapshots(snapshots) if before.record:
            record = before.record.model_copy(update={"snapshots": snapshots})
            return replace(before, record=record), images
        case RemoveSnapshots(keep):
            mine = names.snapshots_of(den, before.sandbox)
            return before, frozenset(i for i in images if i in keep or not i.startswith(mine))
        case WriteSnapshots():
            return before, images


def started(before: Observed, service: str, place: Place, image: str) -> Observed:
    """With a service that runs; one that is there already is the same."""
    found = seen_in(before, place.generation, service)
    mark = found.id if found else f"{service} {next(_MADE)}"
    seen = Seen(service, "running", image, address=place.addresses[service], id=mark)
    return with_service(before, place.generation, seen)


def swapped(before: Observed, operation: PutAside | BringBack | RemoveAside) -> Observed:
    """After a service, or what is kept beside it, took another place."""
    generation = before.generations[operation.generation]
    name, services = operation.service, dict(generation.services)
    beside = dict(generation.beside)
    here, there = services.get(name), beside.get(name)
    match operation:
        case PutAside(container=container) if here and here.id == container:
            beside[name] = services.pop(name)
        case BringBack(container=container) if there and there.id == container:
            services[name] = beside.pop(name)
            beside |= {name: here} if here else {}
        case RemoveAside():
            beside.pop(name, None)
        case PutAside() | BringBack():
            pass
    changed = replace(generation, services=services, beside=beside)
    return replace(before, generations={**before.generations, operation.generation: changed})
