"""What isolation costs: `up` as it is, against the same `up` of containers that nothing confines.

Both plan, lock, wait and write down alike, with the same images, addresses and names. What is
left out on the other side: limits, capabilities, seccomp, masks, the closed network, and reading
all of it back.
"""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from docker.types import IPAMConfig, IPAMPool

from sandboxctl.engine.containers import Containers
from sandboxctl.engine.docker import DockerEngine
from sandboxctl.engine.networks import Networks
from sandboxctl.sandbox import addresses, names
from sandboxctl.sandbox.operations import CreateNetwork
from sandboxctl.sandbox.recipe import Container
from tests.benchmarks import frame, prototype
from tests.benchmarks.engine import three

ROUNDS = 15

KEPT = ("NetworkMode", "ExtraHosts", "Tmpfs", "Init")
"""Of a HostConfig: without these a service would not find its peers, or not start."""


class Open(Containers):
    """The same containers as `docker run` would make them."""

    def _create(
        self,
        name: str,
        container: Container,
        image: str,
        asked: dict[str, Any],
        beside: tuple[str, ...],
    ) -> str:
        plain = {key: value for key, value in asked["HostConfig"].items() if key in KEPT}
        return super()._create(name, container, image, {**asked, "HostConfig": plain}, beside)

    def _kept_to(self, _made: str, _check: Callable[..., None]) -> Mapping[str, Any]:
        """Nothing is read back."""
        return {"HostConfig": {"MemorySwap": 0}}


class Ordinary(Networks):
    """Bridges as the engine makes them when nobody asks for more."""

    def _create(self, name: str, sandbox: str, wanted: CreateNetwork) -> None:
        pool = IPAMPool(subnet=str(wanted.subnet), gateway=str(addresses.bridge(wanted.subnet)))
        self._api.create_network(
            name,
            driver="bridge",
            ipam=IPAMConfig(pool_configs=[pool]),
            labels=self._owner(sandbox, wanted).labels(),
        )


@contextlib.contextmanager
def without(engine: DockerEngine) -> Iterator[None]:
    """In here the engine confines nothing."""
    confined = engine._containers, engine._networks  # to put another in its place is the point
    api, den, images = engine._api, engine.den, engine.images
    engine._containers = Open(api, den, images, engine._decided.install)
    engine._networks = Ordinary(api, den, engine._decided.install)
    try:
        yield
    finally:
        engine._containers, engine._networks = confined


def is_open(engine: DockerEngine, sandbox: str) -> bool:
    """Whether the last `up` was without; else the figure would compare a thing to itself."""
    generation = max(engine.observe(sandbox).generations)
    network = names.network(engine.den.name, sandbox, generation)
    return not engine._api.inspect_network(network)["Internal"]


def measure() -> None:
    """The same `up`, confined and not, in turns."""
    with tempfile.TemporaryDirectory() as folder, prototype.den() as engine:
        name = "three"
        loaded = prototype.loaded(engine, three(Path(folder)), name)

        def up() -> None:
            prototype.up(engine, loaded, name)

        def down() -> None:
            prototype.down(engine, name)

        up()  # prepared: images and baseline are there from now on
        down()
        confined, opened = [], []
        for _ in range(ROUNDS):
            confined.append(frame.timed(up))
            down()
            with without(engine):
                opened.append(frame.timed(up))
                if not is_open(engine, name):
                    raise SystemExit("both sides are the same")
                down()
    frame.row("up, 3 services / the same without isolation", confined, opened, 1.15)
