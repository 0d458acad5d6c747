"""The container of a den's door: how it is closed in, what it publishes, and how it starts."""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
from collections.abc import Mapping
from ipaddress import IPv4Address, IPv4Network
from typing import TYPE_CHECKING, Any

from sandboxctl import clock
from sandboxctl.engine import edge, hardening, means, readback
from sandboxctl.errors import EngineError
from sandboxctl.sandbox import addresses, labels
from sandboxctl.sandbox.addresses import INSIDE
from sandboxctl.sandbox.labels import Owner

if TYPE_CHECKING:
    from docker import APIClient

    from sandboxctl.sandbox.den import Den

KIND = "door"
SETTINGS = f"{labels.PREFIX}settings"
USER = "10100:10300"
MEMORY, CPUS, PIDS = 16 * 1024**2, 0.1, 16
"""Bytes, cores and processes of a program that sleeps."""

SYSCTLS = {
    "net.ipv4.ip_forward": "0",
    "net.ipv4.conf.all.arp_ignore": "1",
    "net.ipv4.conf.all.rp_filter": "1",
}
_TAKEN = re.compile(
    r":(\d+)(?: failed)?: (?:port is already allocated|bind: address already in use)"
)


def create(
    api: APIClient, den: Den, image: str, install: str, network: dict[str, Any], title: str
) -> str:
    """Makes the container; one that somebody else has just made is as good."""
    asked = _body(den, image, install, network, _address(api, network), means.read(api))
    return made_once(api, asked, title)


def made_once(api: APIClient, asked: dict[str, Any], title: str) -> str:
    """A container of the den's own, confined as asked or not there at all; its id. One that
    somebody else has just made under this name is as good."""
    from docker.errors import APIError

    try:
        made = api.create_container_from_config(asked, title)  # type: ignore[no-untyped-call]  # the stubs lack it
    except APIError as refused:
        if refused.status_code != 409:
            raise
        return str(api.inspect_container(title)["Id"])
    try:
        readback.check(asked, made.get("Warnings"), api.inspect_container(made["Id"]))
    except EngineError:
        gone(api, made["Id"])
        raise
    return str(made["Id"])


def _address(api: APIClient, network: Mapping[str, Any]) -> IPv4Address:
    """The lowest on the edge that no other door has."""
    there = (api.inspect_network(network["Id"]).get("Containers") or {}).values()
    taken = {str(one.get("IPv4Address", "")).partition("/")[0] for one in there}
    subnet = edge.subnet(dict(network))
    first = addresses.gateway(subnet)
    return next((first + n for n in range(3) if str(first + n) not in taken), first)


def start(api: APIClient, den: Den, container: str) -> None:
    from docker.errors import APIError

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
        gone(api, container)
        raise


def published(den: Den) -> frozenset[tuple[str, int]]:
    """The addresses and ports of the host that its settings ask for."""
    gate = den.gateway
    return frozenset((str(gate.bind), gate.port + n) for n in range(gate.ports + 1))


def fingerprint(den: Den, subnet: IPv4Network) -> str:
    """Changes exactly when the door would have to be made anew."""
    parts = [sorted(published(den)), str(subnet), SYSCTLS, MEMORY, PIDS]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:32]


def _body(
    den: Den,
    image: str,
    install: str,
    network: Mapping[str, Any],
    address: IPv4Address,
    has: means.Means,
) -> dict[str, Any]:
    owner = Owner(den.name, install, clock.now(), kind=KIND, memory=MEMORY)
    confined = hardening.confined(MEMORY, CPUS, PIDS, has)
    inside = [f"{INSIDE + n}/tcp" for n in range(den.gateway.ports + 1)]
    subnet = edge.subnet(dict(network))
    return {
        "Image": image,
        "Entrypoint": ["sleep", "infinity"],
        "Cmd": [],
        "User": USER,
        "Hostname": "gateway",
        "Labels": {**owner.labels(), SETTINGS: fingerprint(den, subnet)},
        "ExposedPorts": {port: {} for port in inside},
        "Healthcheck": {"Test": ["NONE"]},
        "HostConfig": {
            **confined,
            "OomScoreAdj": 0,
            "Sysctls": {**confined["Sysctls"], **SYSCTLS},
            "NetworkMode": network["Id"],
            "PortBindings": {
                port: [{"HostIp": str(den.gateway.bind), "HostPort": str(den.gateway.port + n)}]
                for n, port in enumerate(inside)
            },
            "ReadonlyRootfs": True,
            "Dns": ["127.0.0.1"],
            "DnsOptions": ["timeout:1", "attempts:1"],
            "RestartPolicy": {"Name": "no", "MaximumRetryCount": 0},
        },
        "NetworkingConfig": {
            "EndpointsConfig": {network["Id"]: {"IPAMConfig": {"IPv4Address": str(address)}}}
        },
    }


def gone(api: APIClient, container: str) -> None:
    """Not found is as good as removed."""
    from docker.errors import NotFound

    with contextlib.suppress(NotFound):
        api.remove_container(container, force=True, v=True)
