"""Free subnets, worked out from what is observed; the engine is the arbiter (`AddressTaken`)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from ipaddress import IPv4Address, IPv4Network

from sandboxctl.errors import EngineError, SandboxError

RESERVED = 4
"""Network, bridge (.1), gateway (.2) and broadcast."""
INSIDE = 8080
"""The first port of a gateway, inside; the sandbox in slot n of a room without DNS has
``INSIDE + n``."""


def prefix(services: int) -> int:
    """The longest prefix whose subnet holds ``services`` and the gateway: /29 for four."""
    return 32 - (services + RESERVED - 1).bit_length()


def free(range_: IPv4Network, taken: Iterable[IPv4Network], services: int) -> IPv4Network:
    """The lowest subnet for ``services`` that overlaps nothing; EngineError if there is none."""
    blocked = sorted(
        (net for net in taken if net.overlaps(range_)), key=lambda net: net.network_address
    )
    size = 1 << (32 - prefix(services))
    at, last = int(range_.network_address), int(range_.broadcast_address)
    for network in blocked:
        if at + size <= int(network.network_address):
            break
        after = int(network.broadcast_address) + 1
        at = max(at, -(-after // size) * size)
    if at + size - 1 > last:
        raise EngineError(
            f"the den's range {range_} has no free subnet of {size} addresses left",
            hint="Take sandboxes down, or choose a larger one: `sandboxctl den --set range=…`.",
        )
    return IPv4Network((at, prefix(services)))


def room(range_: IPv4Network, taken: Iterable[IPv4Network], services: int) -> int:
    """How many more subnets for ``services`` fit into the range, at least."""
    size = 1 << (32 - prefix(services))
    used = sum(-(-net.num_addresses // size) for net in taken if net.overlaps(range_))
    return max(0, range_.num_addresses // size - used)


def slot(ports: int, used: Collection[int | None]) -> int:
    """The lowest of the den's ``ports`` that no sandbox has; SandboxError if there is none."""
    found = next((one for one in range(1, ports + 1) if one not in used), None)
    if found is None:
        raise SandboxError(
            f"all {ports} ports of the den are taken",
            hint="Take a sandbox down, or allow more: `sandboxctl den --set gateway.ports=…`.",
        )
    return found


def bridge(subnet: IPv4Network) -> IPv4Address:
    return subnet[1]


def gateway(subnet: IPv4Network) -> IPv4Address:
    return subnet[2]


def services(subnet: IPv4Network, names: Iterable[str]) -> dict[str, str]:
    """The address of each service: from .3, in the order of their names."""
    return {name: str(subnet[3 + n]) for n, name in enumerate(sorted(names))}
