"""Where a den's gateway stands: a container that only holds its network.

It has the published ports, a leg on the edge and one in each generation's network, and runs
nothing but `sleep`. The gateway joins its network namespace, so that one gateway takes the place
of another without a single network being attached anew: the engine needs 30 to 140 ms for each.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network
from typing import TYPE_CHECKING, Any

from sandboxctl.engine import door_container, edge
from sandboxctl.engine.door_container import KIND, SETTINGS
from sandboxctl.engine.look import inspect, ours
from sandboxctl.engine.translate import in_our_words
from sandboxctl.sandbox import addresses

if TYPE_CHECKING:
    from docker import APIClient

    from sandboxctl.sandbox.den import Den


@dataclass(frozen=True, slots=True)
class Door:
    """What is there of it. ``address``  on the edge; ``legs``  names of the networks it is on;
    ``ports``  what it publishes on which address of the host."""

    container: str
    address: IPv4Address
    legs: frozenset[str]
    ports: frozenset[tuple[str, int]]
    runs: bool
    current: bool


def name(den: Den) -> str:
    return f"{den.name}-door"


def find(api: APIClient, den: Den, subnet: IPv4Network) -> Door | None:
    """The one there is; ``subnet`` is the edge's."""
    seen = inspect(api, "container", name(den))
    if seen is None:
        return None
    ours(den, KIND, name(den), seen["Config"]["Labels"])
    return _told(den, seen, subnet)


def ensure(
    api: APIClient, den: Den, image: str, install: str, network: dict[str, Any], title: str = ""
) -> Door:
    """The one that runs, or one that is made and started; on no network yet but the edge.

    One that has stopped is made anew: starting it again attaches all its networks before it
    publishes anything, which took 74 s for 250 of them. EngineError names a port that is taken."""
    title, subnet = title or name(den), edge.subnet(network)
    _promoted(api, den, title)
    seen = inspect(api, "container", title)
    if seen is not None:
        ours(den, KIND, title, seen["Config"]["Labels"])
        if seen["State"]["Running"]:
            return _told(den, seen, subnet)
        if seen["State"]["Status"] != "created":
            door_container.gone(api, seen["Id"])
    made = door_container.create(api, den, image, install, network, title)
    door_container.start(api, den, made)
    return _told(den, api.inspect_container(made), subnet)


def attach(api: APIClient, den: Den, network: str, address: str) -> None:
    """Puts the gateway on a generation's network; being there already is the same."""
    with in_our_words(f"attaching the gateway to {network}"):
        from docker.errors import APIError

        try:
            api.connect_container_to_network(name(den), network, ipv4_address=address)
        except APIError as refused:
            if "already exists in network" not in str(refused.explanation):
                raise


def detach(api: APIClient, den: Den, network: str) -> None:
    """Takes it off; not being there already is the same."""
    with in_our_words(f"taking the gateway off {network}"):
        from docker.errors import APIError, NotFound

        try:
            api.disconnect_container_from_network(name(den), network, force=True)
        except NotFound:
            return
        except APIError as refused:
            if "is not connected" not in str(refused.explanation):
                raise


def _told(den: Den, seen: Mapping[str, Any], subnet: IPv4Network) -> Door:
    legs = seen["NetworkSettings"]["Networks"] or {}
    at_edge = legs.get(f"{den.name}-edge") or {}
    planned = (at_edge.get("IPAMConfig") or {}).get("IPv4Address")
    bound = seen["HostConfig"].get("PortBindings") or {}
    return Door(
        container=seen["Id"],
        address=IPv4Address(at_edge.get("IPAddress") or planned or addresses.gateway(subnet)),
        legs=frozenset(legs),
        ports=frozenset(
            (one["HostIp"], int(one["HostPort"])) for all_ in bound.values() for one in all_
        ),
        runs=bool(seen["State"]["Running"]),
        current=seen["Config"]["Labels"].get(SETTINGS) == door_container.fingerprint(den, subnet),
    )


def _promoted(api: APIClient, den: Den, title: str) -> None:
    """Somebody who put another door in the place of this one may have ended between two names."""
    from docker.errors import APIError

    if title == name(den) and inspect(api, "container", title) is None:
        with contextlib.suppress(APIError):
            api.rename(f"{title}.next", title)
