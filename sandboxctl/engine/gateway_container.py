"""The gateway's container: how it is closed in, what it publishes, and how it starts."""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import re
import tarfile
from ipaddress import IPv4Network
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sandboxctl import clock
from sandboxctl.engine import edge, hardening, means, readback, seccomp
from sandboxctl.errors import BlueprintError, EngineError
from sandboxctl.sandbox import addresses, labels
from sandboxctl.sandbox.labels import Owner

if TYPE_CHECKING:
    from docker import APIClient

    from sandboxctl.sandbox.den import Den

INSIDE = 8080
"""The first port inside; the sandbox in slot n of a room without DNS has ``INSIDE + n``."""

SETTINGS = f"{labels.PREFIX}settings"
MEMORY, CPUS, PIDS, FILES = 256 * 1024**2, 1.0, 1024, 10_240
"""Bytes, cores, threads of HAProxy and of all relays together, open files of each."""

HAPROXY, SHARED = 10100, 10300
SYSCTLS = {
    "net.ipv4.ip_forward": "0",
    "net.ipv4.conf.all.arp_ignore": "1",
    "net.ipv4.conf.all.rp_filter": "1",
}
LOG = {"max-size": "10m", "max-file": "3", "mode": "non-blocking", "max-buffer-size": "1m"}
_TAKEN = re.compile(
    r":(\d+)(?: failed)?: (?:port is already allocated|bind: address already in use)"
)


def create(api: APIClient, den: Den, image: str, install: str, network: dict[str, Any]) -> None:
    """Makes the container; one that somebody else has just made is as good."""
    from docker.errors import APIError

    asked = _body(den, image, install, network["Id"], edge.subnet(network), means.read(api))
    try:
        made = api.create_container_from_config(  # type: ignore[no-untyped-call]
            asked, f"{den.name}-gateway"
        )
    except APIError as refused:
        if refused.status_code != 409:
            raise
        return
    try:
        readback.check(asked, made.get("Warnings"), api.inspect_container(made["Id"]))
    except EngineError:
        api.remove_container(made["Id"], force=True)
        raise


def start(api: APIClient, den: Den, container: str, pem: bytes) -> None:
    """Puts the certificate in, and starts it; EngineError names a port that is taken."""
    from docker.errors import APIError

    if pem:
        api.put_archive(container, "/den/tls", _packed(pem))
    try:
        api.start(container)
    except APIError as refused:
        # What could not start is made anew the next time; one that runs meanwhile is not removed.
        with contextlib.suppress(APIError):
            api.remove_container(container)
        taken = _TAKEN.search(str(refused.explanation))
        if not taken:
            raise
        port = int(taken[1])
        raise EngineError(
            f"port {port} on {den.gateway.bind} is taken by another program",
            hint=f"Choose a free one: `sandboxctl den --set gateway.port={port + 1}`.",
        ) from None
    try:
        readback.gateway(api.inspect_container(container))
    except EngineError:
        api.remove_container(container, force=True)
        raise


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


def fingerprint(den: Den, image: str, subnet: IPv4Network) -> str:
    """Changes exactly when the gateway would have to be made anew."""
    chosen = den.gateway.model_dump(mode="json", include={"bind", "port", "ports"})
    pem = hashlib.sha256(certificate(den)).hexdigest()
    parts = [image, str(den.range), str(subnet), chosen, pem, seccomp.profile()]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:32]


def _environment(den: Den, subnet: IPv4Network) -> dict[str, str]:
    known = {
        "DEN_EDGE": str(addresses.gateway(subnet)),
        "DEN_EDGE_NET": str(subnet),
        "DEN_RANGE": str(den.range),
        "DEN_LAST": str(INSIDE + den.gateway.ports),
        "DEN_PORT": str(den.gateway.port),
    }
    return {**known, "DEN_TLS": "1"} if den.gateway.tls else known


def _body(
    den: Den, image: str, install: str, network: str, subnet: IPv4Network, has: means.Means
) -> dict[str, Any]:
    owner = Owner(den.name, install, clock.now(), kind="gateway", memory=MEMORY)
    inside = [f"{INSIDE + n}/tcp" for n in range(den.gateway.ports + 1)]
    address = {"IPAMConfig": {"IPv4Address": str(addresses.gateway(subnet))}}
    return {
        "Image": image,
        "User": f"{HAPROXY}:{SHARED}",
        "Hostname": "gateway",
        "Env": [f"{key}={value}" for key, value in _environment(den, subnet).items()],
        "Labels": {**owner.labels(), SETTINGS: fingerprint(den, image, subnet)},
        "ExposedPorts": {port: {} for port in inside},
        "Healthcheck": {"Test": ["NONE"]},
        "HostConfig": _closed_in(den, network, inside, has),
        "NetworkingConfig": {"EndpointsConfig": {network: address}},
    }


def _closed_in(den: Den, network: str, inside: list[str], has: means.Means) -> dict[str, Any]:
    bind = str(den.gateway.bind)
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
        "Sysctls": {**confined["Sysctls"], **SYSCTLS},
        "NetworkMode": network,
        "PortBindings": {
            port: [{"HostIp": bind, "HostPort": str(den.gateway.port + n)}]
            for n, port in enumerate(inside)
        },
        "Mounts": [{"Type": "volume", "Source": f"{den.name}-state", "Target": "/den"}],
        "ReadonlyRootfs": True,
        "Tmpfs": {
            "/run/haproxy": "rw,noexec,nosuid,nodev,size=1m,nr_inodes=64,mode=0750,"
            f"uid={HAPROXY},gid={SHARED}"
        },
        "Dns": ["127.0.0.1"],
        "DnsOptions": ["timeout:1", "attempts:1"],
        "RestartPolicy": {"Name": "on-failure", "MaximumRetryCount": 3},
    }


def _packed(pem: bytes) -> bytes:
    entry = tarfile.TarInfo("gateway.pem")
    entry.size, entry.mode, entry.uid, entry.gid = len(pem), 0o400, HAPROXY, SHARED
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        archive.addfile(entry, io.BytesIO(pem))
    return packed.getvalue()
