"""What an engine shows us, as the pure part of this program knows it."""

from __future__ import annotations

import contextlib
import io
import json
import os
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import docker
from docker.errors import NotFound
from pydantic import ValidationError

from sandboxctl.engine.ended import why
from sandboxctl.engine.look import subnets
from sandboxctl.engine.placed import with_container
from sandboxctl.engine.translate import in_our_words
from sandboxctl.errors import EngineError
from sandboxctl.sandbox import labels
from sandboxctl.sandbox.disk import Wrote
from sandboxctl.sandbox.machines import About
from sandboxctl.sandbox.state import Capacity, Generation, Record, Seen, Spare

HERE = "http+docker://localhost"
"""How the library writes the address of an engine on this machine's own socket."""
STATE = "/den/state/den.json"
UNREADABLE = (
    "Nothing is removed while it is so. If it cannot be mended, `sandboxctl down --all "
    "--lost-state` takes away all that carries the den's labels."
)


def capacity(api: docker.APIClient, ours: Mapping[str, Any]) -> Capacity:
    """What the engine has, and what the limits of our running containers add up to."""
    with in_our_words("asking what the engine has"):
        info = api.info()
        running = api.containers(filters=dict(ours))
    owners = [labels.owner(one["Labels"]) for one in running]
    promised = sum(owner.memory for owner in owners if owner)
    root = Path(info["DockerRootDir"])
    free, shares = _disk(root) if api.base_url == HERE else (None, None)
    return Capacity(int(info["MemTotal"]), promised, int(info["NCPU"]), free, shares)


def _disk(root: Path) -> tuple[int | None, bool | None]:
    from sandboxctl.lifecycle import machine

    try:
        found = os.statvfs(root)
    except OSError:
        return None, None
    return found.f_bavail * found.f_frsize, machine.reflinks(root)


def about(api: docker.APIClient, install: str) -> About:
    """Whose den it is, and who runs it."""
    with in_our_words("asking the engine who it is"):
        info, version = api.info(), api.version()
    return About(install, str(info.get("Name", "")), str(version.get("Version", "")))


def found(api: docker.APIClient, ours: Mapping[str, Any], install: str) -> frozenset[str]:
    """Names of all sandboxes that something exists of."""
    with in_our_words("listing sandboxes"):
        objects = [*api.containers(all=True, filters=dict(ours)), *api.networks(filters=dict(ours))]
    owners = [labels.owner(one["Labels"] or {}) for one in objects]
    return frozenset(o.sandbox for o in owners if o and o.sandbox and o.install == install)


def generations(
    api: docker.APIClient,
    ours: Mapping[str, Any],
    install: str,
    sandbox: str,
    aside: Container[int] = (),
) -> dict[int, Generation]:
    """All that exists of one sandbox, by number; look-alikes without our install id are not."""
    mine = {"label": [*ours["label"], f"{labels.SANDBOX}={sandbox}"]}
    found: dict[int, Generation] = {}
    with in_our_words(f"looking at {sandbox}"):
        containers = api.containers(all=True, filters=mine)
        networks = api.networks(filters=mine)
        for one in containers:
            owner = labels.owner(one["Labels"])
            if owner and owner.install == install:
                before = found.get(owner.generation, Generation(owner.generation))
                mine_ = seen(api, one, owner.service, owner.generation not in aside)
                found[owner.generation] = with_container(before, one["Names"][0], mine_)
    for one in networks:
        owner = labels.owner(one["Labels"])
        if owner and owner.install == install:
            before = found.get(owner.generation, Generation(owner.generation))
            found[owner.generation] = replace(before, subnet=subnets(one)[0])
    return {number: found[number] for number in sorted(found)}


def seen(api: docker.APIClient, one: Mapping[str, Any], service: str, asked: bool = True) -> Seen:
    """A container as a list shows it; ``asked``: why it does not run is looked up."""
    endpoints: Sequence[Mapping[str, Any]] = list(
        (one.get("NetworkSettings") or {}).get("Networks", {}).values()
    )
    address = next((e["IPAMConfig"]["IPv4Address"] for e in endpoints if e.get("IPAMConfig")), "")
    stands = "" if one["State"] == "running" else "it stands aside"
    reason = why(api, one["Id"]) if stands and asked else stands
    return Seen(service, one["State"], one["Image"], reason, address, one["Id"])


def records(stored: Mapping[str, Any]) -> dict[str, Record]:
    """All of them; what is in no form that we know is nobody's."""
    found: dict[str, Record] = {}
    for name, one in stored.items():
        with contextlib.suppress(ValidationError):
            found[name] = Record.model_validate(one)
    return found


def whose(found: Iterable[Wrote], known: Mapping[str, Record]) -> list[Wrote]:
    """What was a spare once is told of as its sandbox's."""
    owners = {home: name for name, record in known.items() for home in record.homes.values()}
    return [
        replace(one, sandbox=owners[one.sandbox], home=one.sandbox)
        if one.sandbox in owners
        else one
        for one in found
    ]


def spares(stored: Mapping[str, Any]) -> dict[str, Spare]:
    """What belongs to nobody yet; an entry in a form that we do not know is nobody's to take."""
    found: dict[str, Spare] = {}
    for name, one in stored.items():
        with contextlib.suppress(ValidationError):
            found[name] = Spare.model_validate(one)
    return found


def record(stored: object, sandbox: str) -> Record | None:
    """A sandbox's entry of den.json; EngineError if it is not in a form we know."""
    if stored is None:
        return None
    try:
        return Record.model_validate(stored)
    except ValidationError as error:
        raise EngineError(
            f"the den's state about {sandbox} cannot be read: {error.errors()[0]['msg']}",
            hint="It was written by another version. `sandboxctl down "
            f"{sandbox}` with that version removes it.",
        ) from None


def runs(api: docker.APIClient, container: str) -> bool | None:
    """Whether a container runs; None if there is none."""
    try:
        with in_our_words("looking at the gateway"):
            return bool(api.inspect_container(container)["State"]["Running"])
    except EngineError as error:
        if isinstance(error.__cause__, NotFound):
            return None
        raise


def state_at_rest(api: docker.APIClient, container: str, part: str) -> dict[str, Any]:
    """A part of den.json in the volume of a gateway that does not run: nothing where there is no
    gateway."""
    import tarfile  # it takes a while, and is rarely needed

    with in_our_words("reading the den's state"):
        try:
            parts, _ = api.get_archive(container, STATE)
        except NotFound:
            return {}
        packed = b"".join(parts)
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        file = archive.extractfile("den.json")
        try:
            whole = json.load(file) if file else {}
        except ValueError:
            raise EngineError(
                "the den's state (den.json) cannot be read",
                hint=UNREADABLE,
            ) from None
    return dict(whole.get(part, {}))
