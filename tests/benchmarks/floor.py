"""The floor: the same containers and networks by raw API calls, in the best order, and no more.

What `up` and `down` are measured against (README, "How fast"). Nothing is checked, read back,
planned, locked or written down here.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from sandboxctl.engine import gateway
from sandboxctl.engine.docker import DockerEngine
from sandboxctl.engine.hardening import Identity, body
from sandboxctl.engine.networks import closed
from sandboxctl.sandbox import addresses
from sandboxctl.sandbox.labels import Owner
from sandboxctl.sandbox.operations import Place
from sandboxctl.sandbox.recipe import Container, Recipe
from sandboxctl.sandbox.wanted import Wanted, in_order

NAME = "floor"


def up(engine: DockerEngine, wanted: Wanted) -> dict[str, Any]:
    """Network, gateway on it, containers started as soon as what they need answers."""
    api, recipe = engine._api, wanted.recipe  # the raw client is the point
    subnet = addresses.free(engine.den.range, engine.observe(NAME).taken, len(recipe.containers))
    place = Place(
        1,
        subnet,
        "",
        addresses.services(subnet, recipe.containers),
        wanted.secrets,
        engine.den.host(NAME),
    )
    network = f"{engine.den.name}-{NAME}"
    made = {"network": network, "containers": {}}
    with ThreadPoolExecutor(8) as pool:
        creating = {
            name: pool.submit(_create, engine, one, place, network)
            for name, one in recipe.containers.items()
        }
        pool_config = {"Subnet": str(subnet), "Gateway": str(addresses.bridge(subnet))}
        api.create_network(
            network,
            internal=True,
            ipam={"Driver": "default", "Config": [pool_config]},
            options=closed(api.api_version),
        )
        attached = pool.submit(
            api.connect_container_to_network,
            gateway.name(engine.den),
            network,
            ipv4_address=str(addresses.gateway(subnet)),
        )
        ready = {}
        for name in in_order(recipe.containers):
            before = [ready[need] for need in recipe.containers[name].depends_on]
            ready[name] = pool.submit(
                _start, engine, recipe, name, place, creating[name], attached, before
            )
        for name, future in ready.items():
            made["containers"][name] = future.result()
    return made


def down(engine: DockerEngine, made: dict[str, Any]) -> None:
    """The containers at once, then the network."""
    api = engine._api
    with ThreadPoolExecutor(8) as pool:
        gone = [
            pool.submit(api.remove_container, one, force=True, v=True)
            for one in made["containers"].values()
        ]
        off = pool.submit(
            api.disconnect_container_from_network, gateway.name(engine.den), made["network"]
        )
        for future in (*gone, off):
            future.result()
    api.remove_network(made["network"])


def _create(engine: DockerEngine, one: Container, place: Place, network: str) -> str:
    user = one.user or engine.images.user_of(one.image)
    owner = Owner(engine.den.name, "floor", engine_time(), sandbox=NAME, service=one.name)
    who = Identity("", network, one.image, user if ":" in user else f"{user}:{user}", owner)
    asked = body(one, place, who)
    return str(engine._api.create_container_from_config(asked)["Id"])  # type: ignore[no-untyped-call]  # the stubs lack it


def engine_time() -> Any:
    from sandboxctl import clock

    return clock.now()


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
