"""Ways out that a blueprint asks for: a proxy beside its services, and who may go where.

A service does not go out: it asks the proxy, which knows by the asker's address who it is. So no
name outside is resolved in a sandbox, and no packet leaves it but through the proxy.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from operator import attrgetter

from sandboxctl.blueprint import images
from sandboxctl.blueprint.images import Build
from sandboxctl.blueprint.model import MEBIBYTE, Asked, Blueprint
from sandboxctl.sandbox.names import EGRESS
from sandboxctl.sandbox.recipe import Container, Probe, WayOut

TEMPLATE = "images/egress"
PORT = 3128
HTTPS = 443
_VARIABLES = ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy")
_EXCEPT = ("NO_PROXY", "no_proxy")


def asked(blueprint: Blueprint) -> tuple[WayOut, ...]:
    """Every host that some service asks to reach, in the order of services and hosts."""
    return tuple(sorted(map(_way, _egress(blueprint.exceptions)), key=attrgetter("sorting")))


def _egress(exceptions: Iterable[Asked]) -> Iterable[Asked]:
    return (one for one in exceptions if one.kind == "egress")


def _way(one: Asked) -> WayOut:
    host, _, port = one.value.partition(":")
    return WayOut(service=one.service, host=host.rstrip("."), port=int(port or HTTPS))


def builds() -> tuple[Build, ...]:
    """The proxy's image and what it starts from, parents first."""
    return images.chain(TEMPLATE)


def proxy(ways: tuple[WayOut, ...]) -> Container:
    """The proxy as one more container of the generation."""
    return Container(
        name=EGRESS,
        image=builds()[-1].tag,
        user="10001:10001",
        memory=96 * MEBIBYTE,
        cpus=0.5,
        pids=32,
        probe=Probe(kind="tcp", port=PORT, within=20),
        ways_out=ways,
        grace=2,
    )


def with_ways_out(
    containers: Mapping[str, Container], ways: tuple[WayOut, ...]
) -> dict[str, Container]:
    """The proxy beside ``containers``; those that may go out are told where it is, by the
    variables that most programs know. What a supplier wrote in their place stays."""
    if not ways:
        return dict(containers)
    going = {way.service for way in ways}
    told = {
        name: _told(one, containers) if name in going else one for name, one in containers.items()
    }
    return {**told, EGRESS: proxy(ways)}


def _told(container: Container, peers: Iterable[str]) -> Container:
    inside = ",".join(["localhost", "127.0.0.1", *sorted(peers)])
    variables = dict.fromkeys(_VARIABLES, f"http://{EGRESS}:{PORT}") | dict.fromkeys(
        _EXCEPT, inside
    )
    return container.model_copy(
        update={
            "environment": variables | container.environment,
            "depends_on": (*container.depends_on, EGRESS),
        }
    )
