"""The gateway's container: how it is closed in, and how it starts. Its network is the door's."""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import secrets
import tarfile
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sandboxctl import clock
from sandboxctl.engine import hardening, means, readback, seccomp
from sandboxctl.engine.door import Door
from sandboxctl.engine.door_container import SETTINGS, gone, made_once
from sandboxctl.engine.opening import VERSION
from sandboxctl.errors import BlueprintError, EngineError
from sandboxctl.sandbox import labels
from sandboxctl.sandbox.addresses import INSIDE
from sandboxctl.sandbox.labels import Owner

if TYPE_CHECKING:
    from docker import APIClient

    from sandboxctl.sandbox.den import Den

RELAY = f"{labels.PREFIX}relay"
"""Which version of the line's other end is in it."""

ENDED = f"{labels.PREFIX}ended"
"""When the gateway ended whose place it took, where that one had ended by itself."""

SELF = "DEN_SELF"
"""The variable that names a gateway among those of its den: its socket is called so."""

MEMORY, CPUS, PIDS, FILES = 256 * 1024**2, 1.0, 1024, 10_240
"""Bytes, cores, threads of HAProxy and of all relays together, open files of each. Networks cost
it nothing of these: they are the door's, and the kernel's."""

HAPROXY, RELAYS, SHARED = 10100, 10200, 10300


@dataclass(frozen=True, slots=True)
class Made:
    """What a gateway is made of. ``subnet`` is the edge's, ``pem`` empty without TLS, ``beyond``
    networks of sandboxes that were made while the den had another range."""

    den: Den
    image: str
    install: str
    subnet: IPv4Network
    pem: bytes
    beyond: tuple[IPv4Network, ...] = ()

    @property
    def fingerprint(self) -> str:
        """Changes exactly when the gateway would have to be made anew."""
        keys = {"bind", "port", "ports", "domain"}
        chosen = self.den.gateway.model_dump(mode="json", include=keys)
        pem = hashlib.sha256(self.pem).hexdigest()
        place = [str(self.den.range), str(self.subnet)]
        parts = [self.image, *place, chosen, pem, seccomp.profile(), MEMORY, PIDS, FILES]
        return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:32]


def create(api: APIClient, made: Made, door: Door, title: str, *, ended: str = "") -> str:
    """Makes the container; one that somebody else has just made is as good. ``ended`` is when the
    one before it did: whoever looks what stopped with it would not know any more."""
    asked = _body(made, door, means.read(api))
    asked["Labels"] |= {ENDED: ended} if ended else {}
    return made_once(api, asked, title)


def start(api: APIClient, made: Made, container: str) -> None:
    """Puts in what the volume of an earlier version lacks, and the certificate; starts it."""
    from docker.errors import APIError

    api.put_archive(container, "/den", _packed(made.pem))
    try:
        api.start(container)
    except APIError:
        # What could not start is made anew the next time; one that runs meanwhile is not removed.
        with contextlib.suppress(APIError):
            api.remove_container(container)
        raise
    try:
        readback.gateway(api.inspect_container(container))
    except EngineError:
        gone(api, container)
        raise


def stands_in(seen: Mapping[str, Any], door: Door | None) -> bool:
    """Whether the network of a gateway, as inspected, is that of this door."""
    return door is not None and seen["HostConfig"]["NetworkMode"] == f"container:{door.container}"


def usable(seen: Mapping[str, Any], door: Door, made: Made) -> bool:
    """Whether a gateway, as inspected, can be started, or left to run until it is replaced."""
    runs = bool(seen["State"]["Running"])
    told = (seen["Config"]["Labels"] or {}).get(SETTINGS)
    return stands_in(seen, door) and (runs or told == made.fingerprint)


def called(seen: Mapping[str, Any]) -> str:
    """What a gateway, as inspected, calls itself; empty for one of an earlier version."""
    pairs = (one.partition("=") for one in seen["Config"]["Env"] or ())
    return next((value for name, _, value in pairs if name == SELF), "")


def certificate(den: Den) -> bytes:
    """The PEM file of the den's settings; empty without TLS. BlueprintError if it is no such."""
    if not den.gateway.tls:
        return b""
    path = Path(den.gateway.tls).expanduser()
    hint = "gateway.tls is a PEM file with the certificate, its chain and its private key."
    try:
        pem = path.read_bytes()
    except OSError as problem:
        why = f"{path} cannot be read: {problem.strerror}"
        raise BlueprintError(why, hint=hint, code="DEN240") from None
    if b"-----BEGIN CERTIFICATE-----" not in pem or b"PRIVATE KEY-----" not in pem:
        why = f"{path} does not hold a certificate and its key"
        raise BlueprintError(why, hint=hint, code="DEN240")
    return pem


def _environment(made: Made, door: Door) -> dict[str, str]:
    gate = made.den.gateway
    known = {
        SELF: secrets.token_hex(4),
        "DEN_EDGE": str(door.address),
        "DEN_EDGE_NET": str(made.subnet),
        "DEN_RANGE": " ".join(map(str, (made.den.range, *made.beyond))),
        "DEN_LAST": str(INSIDE + gate.ports),
        "DEN_PORT": str(gate.port),
    }
    return {**known, "DEN_TLS": "1"} if gate.tls else known


def _body(made: Made, door: Door, has: means.Means) -> dict[str, Any]:
    owner = Owner(made.den.name, made.install, clock.now(), kind="gateway", memory=MEMORY)
    told = {SETTINGS: made.fingerprint, RELAY: str(VERSION)}
    return {
        "Image": made.image,
        "User": f"{HAPROXY}:{SHARED}",
        "Env": [f"{key}={value}" for key, value in _environment(made, door).items()],
        "Labels": {**owner.labels(), **told},
        "Healthcheck": {"Test": ["NONE"]},
        "HostConfig": _closed_in(made.den, door, has),
    }


def _closed_in(den: Den, door: Door, has: means.Means) -> dict[str, Any]:
    confined = hardening.confined(MEMORY, CPUS, PIDS, has)
    return {
        **confined,
        # Every team needs it: it is the last of a den's containers to be killed or kept waiting.
        "CpuShares": 1024,
        "OomScoreAdj": 0,
        "Ulimits": [
            {"Name": "nofile", "Soft": FILES, "Hard": FILES},
            *(limit for limit in confined["Ulimits"] if limit["Name"] != "nofile"),
        ],
        # What belongs to a network is set where the network is: on the door.
        "Sysctls": {},
        "NetworkMode": f"container:{door.container}",
        "Mounts": [{"Type": "volume", "Source": f"{den.name}-state", "Target": "/den"}],
        "ReadonlyRootfs": True,
        "RestartPolicy": {"Name": "on-failure", "MaximumRetryCount": 3},
    }


def _packed(pem: bytes) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        folder = tarfile.TarInfo("run")
        folder.type, folder.mode = tarfile.DIRTYPE, 0o770
        folder.uid, folder.gid = HAPROXY, SHARED
        archive.addfile(folder)
        # A volume of an earlier version has no such map, and HAProxy starts with all of them or not
        # at all. What is decided of it comes back with the next greeting.
        told = tarfile.TarInfo("maps/console.map")
        told.mode, told.uid, told.gid = 0o640, RELAYS, SHARED
        archive.addfile(told, io.BytesIO())
        if pem:
            entry = tarfile.TarInfo("tls/gateway.pem")
            entry.size, entry.mode, entry.uid, entry.gid = len(pem), 0o400, HAPROXY, SHARED
            archive.addfile(entry, io.BytesIO(pem))
    return packed.getvalue()
