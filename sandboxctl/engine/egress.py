"""The way out of a sandbox that somebody granted: Squid, allowed a short list of hosts.

Who asks is known by the address on the generation's own network, which a service cannot change
(it has no NET_ADMIN and no NET_RAW). A name is looked up only after it was found on the list, so
that nothing can be told by asking for names; and what it leads to is checked before anything
connects, so that no name can lead into the building.

Source  https://www.squid-cache.org/Doc/config/acl/
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from sandboxctl.engine import edge
from sandboxctl.engine.look import subnets
from sandboxctl.sandbox import addresses
from sandboxctl.sandbox.names import EGRESS

if TYPE_CHECKING:
    from docker import APIClient

    from sandboxctl.sandbox.den import Den
    from sandboxctl.sandbox.operations import Place
    from sandboxctl.sandbox.recipe import Container, WayOut

KIND = "egress"
VARIABLE = "DEN_EGRESS"
"""The proxy's own settings, as text: its image is the same for every prototype."""

MOST = 120
"""Sandboxes of one den that may go out at once: what one network holds."""

NEVER = (
    "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
    "192.0.0.0/24", "192.168.0.0/16", "198.18.0.0/15", "224.0.0.0/3",
)  # fmt: skip
"""Private, of the host, link-local with the metadata address, multicast, and not in use.
Source: IANA IPv4 Special-Purpose Address Registry."""

_SETTINGS = """\
visible_hostname egress
pid_filename none
cache deny all
cache_mem 8 MB
memory_pools off
max_filedescriptors 1024
pinger_enable off
netdb_filename none
coredump_dir none
shutdown_lifetime 1 second
httpd_suppress_version_string on
via off
forwarded_for delete
debug_options ALL,0
cache_log stdio:/dev/stderr
logfile_rotate 0
logformat den den-egress %{{%Y-%m-%dT%H:%M:%SZ}}tg %>a %rm %ru %>Hs %<st %<a
acl service src {services}
access_log stdio:/dev/stdout den service
connect_timeout 10 seconds
request_timeout 30 seconds
client_lifetime 30 minutes
client_ip_max_connections 64
request_body_max_size 64 MB
acl inside dst {never}
acl six dst ipv6
acl tunnel method CONNECT
"""


def configuration(ways: Iterable[WayOut], places: Mapping[str, str]) -> str:
    """What Squid is told; ``places`` has the address of every service and of the proxy itself.

    It listens on the generation's own network only, and writes down what services ask, not the
    gateway that looks whether it answers. Rules are read from left to right, so that a name is
    resolved (``dst``) after everything else about a request was found to be granted."""
    settings = _SETTINGS.format(never=" ".join(NEVER), services=" ".join(places.values()))
    lines = [f"http_port {places[EGRESS]}:3128", settings.rstrip()]
    for number, way in enumerate(ways):
        lines += [
            f"acl from{number} src {places[way.service]}",
            f"acl to{number} dstdomain -n {way.host}",
            f"acl at{number} port {way.port}",
            f"http_access allow from{number} to{number} at{number} {_how(way)} !inside !six",
        ]
    return "\n".join([*lines, "http_access deny all", ""])


def _how(way: WayOut) -> str:
    """HTTPS is a tunnel, and a tunnel to anything but HTTPS could carry anything."""
    return "tunnel" if way.port == 443 else "!tunnel"


def opened(
    asked: Mapping[str, Any], container: Container, place: Place, den: Den
) -> dict[str, Any]:
    """The body of a proxy's create request: what it may do, and a resolver to ask."""
    told = f"{VARIABLE}={configuration(container.ways_out, place.addresses)}"
    resolver = [str(den.egress.resolver)] if den.egress.resolver else []
    return {
        **asked,
        "Env": [*asked["Env"], told],
        "HostConfig": {**asked["HostConfig"], "Dns": resolver, "ExtraHosts": []},
    }


def connect(api: APIClient, den: Den, install: str, container: str) -> None:
    """Puts a proxy on the den's network that leads out, made when it is first needed; being on it
    already is the same."""
    from docker.errors import APIError

    network = edge.find(api, den, install, KIND)
    if network is None:
        taken = [net for one in api.networks() for net in subnets(one)]
        subnet = addresses.free(den.range, taken, MOST)
        network = edge.one(api, den, install, subnet, KIND)
    try:
        api.connect_container_to_network(container, network["Id"])
    except APIError as refused:
        if "already exists in network" not in str(refused.explanation):
            raise
