"""The networks of a den that are not closed: plain bridges, and no service is ever on one.

On the edge a gateway meets its visitors; on the egress network a proxy goes out.

Before Engine 25 a network's name is no guard: two controllers can make two. Both look again
after making one, keep the older, and remove the younger.
"""

from __future__ import annotations

import contextlib
import time
from ipaddress import IPv4Network
from typing import TYPE_CHECKING, Any

from sandboxctl import clock
from sandboxctl.sandbox import addresses, labels
from sandboxctl.sandbox.labels import Owner

if TYPE_CHECKING:
    from docker import APIClient

    from sandboxctl.sandbox.den import Den

_APART = {"com.docker.network.bridge.enable_icc": "false"}
OPTIONS = {
    "edge": {**_APART, "com.docker.network.bridge.enable_ip_masquerade": "false"},
    "egress": {**_APART, "com.docker.network.bridge.enable_ip_masquerade": "true"},
}
KINDS = tuple(OPTIONS)
_PATIENCE = 1.0


def all_of(api: APIClient, den: Den, install: str, kind: str = "edge") -> list[dict[str, Any]]:
    """Every network of that kind the den has, the oldest first; usually one."""
    marks = {labels.DEN: den.name, labels.INSTALL: install, labels.KIND: kind}
    found = api.networks(filters={"label": [f"{key}={value}" for key, value in marks.items()]})
    return sorted(found, key=lambda network: (network["Created"], network["Id"]))


def find(api: APIClient, den: Den, install: str, kind: str = "edge") -> dict[str, Any] | None:
    return next(iter(all_of(api, den, install, kind)), None)


def one(
    api: APIClient, den: Den, install: str, subnet: IPv4Network, kind: str = "edge"
) -> dict[str, Any]:
    """The one there is, or one made on ``subnet``; of twins the older stays."""
    from docker.errors import APIError

    if find(api, den, install, kind) is None:
        try:
            _create(api, den, install, subnet, kind)
        except APIError:
            if _of_another(api, den, install, kind) is None:
                raise
    first, *younger = all_of(api, den, install, kind)
    for twin in younger:
        with contextlib.suppress(APIError):
            api.remove_network(twin["Id"])
    return first


def _of_another(api: APIClient, den: Den, install: str, kind: str) -> dict[str, Any] | None:
    """The engine holds a subnet for a network some time before it lists that network."""
    end = time.monotonic() + _PATIENCE
    while (first := find(api, den, install, kind)) is None and time.monotonic() < end:
        time.sleep(0.05)
    return first


def beyond(api: APIClient, den: Den, install: str) -> tuple[IPv4Network, ...]:
    """The addresses of sandboxes that are not in the den's range, for it was another one."""
    found = (subnet(network) for network in all_of(api, den, install, "network"))
    return tuple(sorted(net for net in found if not net.subnet_of(den.range)))


def subnet(network: dict[str, Any]) -> IPv4Network:
    """The addresses it was made with."""
    return IPv4Network(network["IPAM"]["Config"][0]["Subnet"])


def _create(api: APIClient, den: Den, install: str, wanted: IPv4Network, kind: str) -> None:
    from docker.types import IPAMConfig, IPAMPool

    pool = IPAMPool(subnet=str(wanted), gateway=str(addresses.bridge(wanted)))
    owner = Owner(den.name, install, clock.now(), kind=kind)
    api.create_network(
        f"{den.name}-{kind}",
        driver="bridge",
        enable_ipv6=False,
        options=OPTIONS[kind],
        ipam=IPAMConfig(pool_configs=[pool]),
        labels=owner.labels(),
        check_duplicate=True,
    )
