"""The floor: the same containers and networks by raw API calls, in the best order, and no more.

What `up` and `down` are measured against (README, "How fast"). Nothing is checked, read back,
planned, locked or written down here.
"""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from ipaddress import IPv4Network
from typing import Any

from docker.types import IPAMConfig, IPAMPool

from sandboxctl import clock
from sandboxctl.engine import door
from sandboxctl.engine.docker import DockerEngine
from sandboxctl.engine.hardening import Identity, body
from sandboxctl.engine.networks import closed
from sandboxctl.sandbox import addresses, labels
from sandboxctl.sandbox.labels import Owner
from sandboxctl.sandbox.operations import Place
from sandboxctl.sandbox.recipe import Container, Recipe
from sandboxctl.sandbox.wanted import Wanted, in_order

NAME = "floor"
AT_ONCE = 8
"""Sandboxes that are made at once: the fastest of 2, 4, 8 and 12 on two cores."""


@dataclass(frozen=True, slots=True)
class Made:
    """``containers`` service → id; ``addresses`` where they answer; ``network`` its name."""

    network: str
    containers: Mapping[str, str]
    addresses: Mapping[str, str]
    wanted: Wanted


def up(
    engine: DockerEngine, wanted: Wanted, name: str = NAME, subnet: IPv4Network | None = None
) -> Made:
    """Network, gateway on it, containers started as soon as what they need answers.

    ``subnet``  chosen already, where many are made at once."""
    api, recipe = engine._api, wanted.recipe  # the raw client is the point
    if subnet is None:
        subnet = addresses.free(
            engine.den.range, engine.observe(name).taken, len(recipe.containers)
        )
    place = Place(1, subnet, "", addresses.services(subnet, recipe.containers), wanted.secrets)
    network = f"{engine.den.name}-{name}"
    made: dict[str, str] = {}
    with ThreadPoolExecutor(8) as pool:
        creating = {
            service: pool.submit(_create, engine, one, place, network)
            for service, one in recipe.containers.items()
        }
        place_of = IPAMPool(subnet=str(subnet), gateway=str(addresses.bridge(subnet)))
        api.create_network(
            network,
            internal=True,
            ipam=IPAMConfig(pool_configs=[place_of]),
            options=closed(api.api_version),
        )
        attached = pool.submit(
            api.connect_container_to_network,
            door.name(engine.den),
            network,
            ipv4_address=str(addresses.gateway(subnet)),
        )
        ready: dict[str, Future[str]] = {}
        for service in in_order(recipe.containers):
            before = [ready[need] for need in recipe.containers[service].depends_on]
            ready[service] = pool.submit(
                _start, engine, recipe, service, place, creating[service], attached, before
            )
        for service, future in ready.items():
            made[service] = future.result()
    return Made(network, made, place.addresses, wanted)


def read(engine: DockerEngine, made: Made) -> None:
    """The page that is opened first, asked for from the gateway until it is there."""
    way = made.wanted.recipe.opens["/"]
    engine._decided.line().ask(
        "wait",
        kind="http",
        address=made.addresses[way.service],
        port=way.port,
        path="/",
        host=engine.den.host(NAME),
        deadline=30,
        every=0.01,
    )


def down(engine: DockerEngine, made: Made) -> None:
    """The containers at once, then the network."""
    api = engine._api
    with ThreadPoolExecutor(8) as pool:
        gone = [
            pool.submit(api.remove_container, one, force=True, v=True)
            for one in made.containers.values()
        ]
        off = pool.submit(
            api.disconnect_container_from_network, door.name(engine.den), made.network
        )
        for future in (*gone, off):
            future.result()
    api.remove_network(made.network)


def many_up(engine: DockerEngine, wanted: Wanted, count: int) -> list[Made]:
    """So many at once; those that wait for an answer wait in threads of their own."""
    taken, subnets = list(engine.observe(NAME).taken), []
    for _ in range(count):
        subnets.append(
            addresses.free(engine.den.range, tuple(taken), len(wanted.recipe.containers))
        )
        taken.append(subnets[-1])
    with ThreadPoolExecutor(AT_ONCE) as pool:
        made = [
            pool.submit(up, engine, wanted, f"{NAME}{n}", subnet)
            for n, subnet in enumerate(subnets)
        ]
        return [one.result() for one in made]


def many_down(engine: DockerEngine, made: list[Made]) -> None:
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for one in [pool.submit(down, engine, one) for one in made]:
            one.result()


def everything(engine: DockerEngine) -> None:
    """All that a den is: containers at once, then networks at once, then the volume."""
    api = engine._api
    ours = {"label": [f"{labels.DEN}={engine.den.name}"]}
    with ThreadPoolExecutor(8) as pool:
        for one in [
            pool.submit(api.remove_container, found["Id"], force=True, v=True)
            for found in api.containers(all=True, filters=ours)
        ]:
            one.result()
        networks = [n["Id"] for n in api.networks() if n["Name"].startswith(f"{engine.den.name}-")]
        for one in [pool.submit(api.remove_network, network) for network in networks]:
            one.result()
    api.remove_volume(f"{engine.den.name}-state")


def _create(engine: DockerEngine, one: Container, place: Place, network: str) -> str:
    user = one.user or engine.images.user_of(one.image)
    owner = Owner(engine.den.name, "floor", clock.now(), sandbox=NAME, service=one.name)
    who = Identity("", network, one.image, user if ":" in user else f"{user}:{user}", owner)
    asked = body(one, place, who)
    return str(engine._api.create_container_from_config(asked)["Id"])  # type: ignore[no-untyped-call]  # the stubs lack it


def _start(
    engine: DockerEngine,
    recipe: Recipe,
    name: str,
    place: Place,
    creating: Any,
    attached: Any,
    before: list[Any],
) -> str:
    """Start it, and wait until it answers: the service's own time is in the floor too."""
    made = str(creating.result())
    for one in before:
        one.result()
    engine._api.start(made)
    probe = recipe.containers[name].probe
    if probe.kind == "test":
        loop = 'until "$@" >/dev/null 2>&1; do sleep 0.02; done'
        argv = ["sh", "-c", loop, "sh", *probe.argv]
        engine._api.exec_start(engine._api.exec_create(made, argv)["Id"])
    elif probe.kind in ("http", "tcp"):
        attached.result()
        engine._decided.line().ask(
            "wait",
            kind=probe.kind,
            address=place.addresses[name],
            port=probe.port,
            path=probe.path,
            host=engine.den.host(NAME),
            deadline=30,
            every=0.01,
        )
    return made
