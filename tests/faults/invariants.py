"""What must be so after every crash, once the verb was run again. A list of what is not."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network
from typing import Any

import docker

from sandboxctl.engine.networks import subnets
from sandboxctl.errors import SandboxError
from sandboxctl.lifecycle.spares import lock_of
from sandboxctl.lifecycle.workshops import kept as workshops
from sandboxctl.sandbox import labels, names
from sandboxctl.sandbox.labels import Owner
from sandboxctl.sandbox.state import Record
from tests.faults.proxy import Made
from tests.faults.rig import NAME, VICTIM, WORKSHOP, Rig

OF_THE_DEN = {"door", "gateway", "state", "edge", "egress"}


@dataclass(frozen=True)
class Untouched:
    """What the second sandbox is, and must still be: (container, since when), and its data."""

    containers: frozenset[tuple[str, str]]
    data: str

    @classmethod
    def now(cls, rig: Rig) -> Untouched:
        of = {"label": [f"{labels.DEN}={rig.den.name}", f"{labels.SANDBOX}={VICTIM}"]}
        ids = [one["Id"] for one in rig.api.containers(all=True, filters=of)]
        seen = (rig.api.inspect_container(one) for one in ids)
        _, text = rig.read("/book/lines", VICTIM) if ids else (0, "")
        return cls(
            frozenset((one["Id"], one["State"]["StartedAt"]) for one in seen),
            hashlib.sha256(text.encode()).hexdigest(),
        )


def violations(rig: Rig, victim: Untouched, made: Sequence[Made] = ()) -> list[str]:
    """In words; none is as it must be. ``made`` is all that the commands were told they made."""
    rig.engine.close()  # what it knows of the den may be no more
    try:
        records = _records(rig)
    except SandboxError as error:
        return [f"the state cannot be read: {error}"]
    found = [*_labelled(rig, records), *_lives(rig, records), *_addresses(rig, records)]
    found += [*_left(rig, made), *_images(rig, records), *rig.canaries.touched()]
    found += _locks(rig, records) if rig.has_den else ()
    if Untouched.now(rig) != victim:
        found.append("the other sandbox is not what it was")
    return found


def _records(rig: Rig) -> Mapping[str, Record]:
    observed = ((name, rig.engine.observe(name).record) for name in rig.engine.sandboxes())
    return {name: record for name, record in observed if record}


def _labelled(rig: Rig, records: Mapping[str, Record]) -> Iterator[str]:
    """Everything with the den's labels belongs to it or to what is live."""
    wanted = {
        (one.homes.get(number, name), 1 if number in one.homes else number)
        for name, one in records.items()
        for number in kept(one)
    } | {(name, 1) for name in rig.engine.spares()}
    for what, owner in _owned(rig):
        if owner is None:
            yield f"{what} has half of our labels"
        elif owner.kind not in OF_THE_DEN and (owner.sandbox, owner.generation) not in wanted:
            yield f"{what} is of no live generation ({owner.sandbox} {owner.generation})"
    kinds = [owner.kind for _, owner in _owned(rig) if owner and owner.kind in OF_THE_DEN]
    for kind in sorted(set(kinds)):
        if kinds.count(kind) > 1:
            yield f"{kinds.count(kind)} times {kind}"


def kept(record: Record) -> set[int]:
    """Numbers of the generations of a sandbox that may be there."""
    return {record.live, *(one.generation for one in record.asides)}


def _owned(rig: Rig) -> list[tuple[str, Owner | None]]:
    of = {"label": [f"{labels.DEN}={rig.den.name}"]}
    containers = rig.api.containers(all=True, filters=of)
    networks = rig.api.networks(filters=of)
    volumes = rig.api.volumes(filters=of)["Volumes"] or []
    return [
        *((f"container {one['Names'][0]}", labels.owner(one["Labels"])) for one in containers),
        *((f"network {one['Name']}", labels.owner(one["Labels"])) for one in networks),
        *((f"volume {one['Name']}", labels.owner(one["Labels"])) for one in volumes),
    ]


def _lives(rig: Rig, records: Mapping[str, Record]) -> Iterator[str]:
    """Every live sandbox is whole: its services run, the gateway is there, and a page comes."""
    for name, record in records.items():
        live = rig.engine.observe(name).live
        recipe = rig.engine.recipe(record.recipe)
        if live is None:
            yield f"nothing is left of {name}"
            continue
        runs = {service for service, seen in live.services.items() if seen.runs}
        if runs != set(recipe.containers):
            yield f"{name} runs {sorted(runs)}, not {sorted(recipe.containers)}"
        if live.subnet is None:
            yield f"{name} has no network"
        elif not _has_gateway(rig, live.home or name, live.number):
            yield f"the gateway is not on the network of {name}"
        for one in record.asides:
            if _runs(rig, name, one.generation):
                yield f"{name} runs generation {one.generation}, which was put aside"
        if record.held:
            yield f"{name} is still held"
        status, _ = rig.read("/", name)
        if status != 200:
            yield f"{name} answers {status}"
    gone = {NAME, VICTIM} - set(records)
    for name in gone if rig.has_den else ():
        answered = rig.engine.fetch(name).status
        if answered != 404:
            yield f"{name} is gone, and answers {answered}"


def _runs(rig: Rig, sandbox: str, number: int) -> bool:
    """Within a while: what is put aside is asked to stop, and nobody waits for it."""
    end = time.monotonic() + 12
    while True:
        there = rig.engine.observe(sandbox).generations.get(number)
        if there is None or not any(seen.runs for seen in there.services.values()):
            return False
        if time.monotonic() > end:
            return True
        time.sleep(0.1)


def _has_gateway(rig: Rig, sandbox: str, number: int) -> bool:
    name = names.network(rig.den.name, sandbox, number)
    found = [one for one in rig.api.networks(names=[name]) if one["Name"] == name]
    attached = rig.api.inspect_network(found[0]["Id"])["Containers"] if found else {}
    return f"{rig.den.name}-door" in {one["Name"] for one in attached.values()}


def _addresses(rig: Rig, records: Mapping[str, Record]) -> Iterator[str]:
    """Of the den's range nothing is in use but the edge and a subnet for each generation."""
    used = [net for one in rig.api.networks() for net in subnets(one) if _inside(rig, net)]
    generations = sum(len(kept(one)) for one in records.values())
    right = int(rig.has_den) + generations + len(rig.engine.spares())
    if len(used) != right:
        yield f"{len(used)} subnets of the den are in use, not {right}"


def _inside(rig: Rig, net: IPv4Network) -> bool:
    return net.subnet_of(rig.den.range)


def _left(rig: Rig, made: Sequence[Made]) -> Iterator[str]:
    """What the engine said it made is part of the den, or gone; labelled or not."""
    for one in made:
        seen = _seen(rig.api, one)
        if seen is None:
            continue
        marks = (seen.get("Config") or seen).get("Labels") or {}
        if one.kind == "image":
            if not seen["RepoTags"]:
                yield f"image {one.id[:19]} without a name"
        elif labels.owner(marks) is None:
            yield f"{one.kind} {one.id[:12]} that nobody can know as ours"


def _seen(api: docker.APIClient, made: Made) -> Mapping[str, Any] | None:
    ask: Any = {
        "container": api.inspect_container,
        "network": api.inspect_network,
        "volume": api.inspect_volume,
        "image": api.inspect_image,
    }[made.kind]
    try:
        found: Mapping[str, Any] = ask(made.id)
    except docker.errors.NotFound:
        return None
    return found


def _images(rig: Rig, records: Mapping[str, Record]) -> Iterator[str]:
    """Nothing that carried data over stays without a container that runs from it, and nothing of
    a snapshot that is not known."""
    ours = f"sandboxctl/carried:{rig.den.name}-"
    of = {"label": [f"{labels.DEN}={rig.den.name}"]}
    used = {one["ImageID"] for one in rig.api.containers(all=True, filters=of)}
    for image in rig.api.images():
        for tag in image["RepoTags"] or ():
            if tag.startswith(ours) and image["Id"] not in used:
                yield f"{tag} is used by nobody"
    kept = {tag for one in records.values() for s in one.snapshots for tag in s.images.values()}
    for image in rig.api.images(filters=of):
        there = set(image["RepoTags"] or ()) - {"<none>:<none>"}
        if not there & kept and image["Id"] not in used:
            yield f"{there or image['Id'][:19]} is of no snapshot"


def _locks(rig: Rig, records: Mapping[str, Record]) -> Iterator[str]:
    """Within a second: the engine has to notice that a connection is gone."""
    spares = {lock_of(one.recipe) for one in records.values()}
    for name in sorted({NAME, VICTIM, workshops.lock(WORKSHOP), *records, *spares}):
        end = time.monotonic() + 1
        while holder := rig.engine.holder(name):
            if time.monotonic() > end:
                yield f"{name} is locked by {holder}"
                break
            time.sleep(0.05)
