"""A den of its own for every test run: a name, a range and a port that nobody else has."""

from __future__ import annotations

import contextlib
import random
import secrets
import socket
import time
from collections.abc import Callable, Iterator, Mapping
from ipaddress import IPv4Network
from types import MappingProxyType
from typing import Any, TypeAlias

import docker
import pytest

from sandboxctl.engine.connect import where
from sandboxctl.engine.docker import DockerEngine
from sandboxctl.engine.networks import host_routes, subnets
from sandboxctl.errors import AddressTaken, EngineError
from sandboxctl.sandbox import labels
from sandboxctl.sandbox.den import Den, GatewaySettings
from tests import pipeline

Opened: TypeAlias = tuple[DockerEngine, docker.APIClient]
POOL = IPv4Network("10.64.0.0/10")
TRIES = 20


def opened(settings: Mapping[str, Any] = MappingProxyType({})) -> Opened:
    """An engine in a new den that was entered; tried again if another run was faster.

    ``settings``  what the den has beside a name, a range and a port of its own."""
    for _ in range(TRIES):
        api = docker.APIClient(base_url=engine_url(), version="auto", timeout=120)
        den = Den.model_validate({**chosen(api).model_dump(exclude_unset=True), **settings})
        engine = DockerEngine(den, engine_url())
        try:
            engine.enter(lambda _: None)
        except EngineError as refused:
            engine.leave(lambda _: None)
            if isinstance(refused, AddressTaken) or "port" in str(refused):
                continue
            raise
        return engine, api
    raise AssertionError(f"no free range and port in {TRIES} tries")


def engine_url() -> str | None:
    """The engine that the command line would take too; None is the usual socket."""
    return where(Den()) or None


def chosen(api: docker.APIClient) -> Den:
    taken = [*host_routes(), *(net for one in api.networks() for net in subnets(one))]
    pool = list(POOL.subnets(new_prefix=20))
    free = [net for net in pool if not any(net.overlaps(other) for other in taken)]
    return Den(
        name=f"t-{secrets.token_hex(4)}",
        range=random.choice(free),
        gateway=GatewaySettings(port=free_port(), domain="test.localhost"),
    )


def free_port() -> int:
    """One that nobody listens on, below those that the kernel gives to clients."""
    while True:
        port = random.randrange(20_000, 32_000)
        with contextlib.suppress(OSError), socket.socket() as tried:
            tried.bind(("127.0.0.1", port))
            return port


def closed(engine: DockerEngine, api: docker.APIClient) -> None:
    """`down --all`; nothing of the den may be left on the engine, whatever the tests did."""
    try:
        pipeline.sweep(engine)
        engine.leave(lambda _: None)
        left = leftovers(api, engine.den)
    finally:
        _remove_by_force(api, engine.den)
        engine.close()
        api.close()
    assert not left, f"the den {engine.den.name} left {left}"


def leftovers(api: docker.APIClient, den: Den, sandbox: str | None = None) -> list[str]:
    """Containers, networks and volumes of the den, or of one sandbox of it."""
    wanted = [f"{labels.DEN}={den.name}"]
    wanted += [f"{labels.SANDBOX}={sandbox}"] if sandbox else []
    of = {"label": wanted}
    volumes = api.volumes(filters={"label": wanted})["Volumes"] or []
    return [
        *(f"container {one['Names'][0]}" for one in api.containers(all=True, filters=of)),
        *(f"network {one['Name']}" for one in api.networks(filters=of)),
        *(f"volume {one['Name']}" for one in volumes),
    ]


def _remove_by_force(api: docker.APIClient, den: Den) -> None:
    """So that a bug of ours does not fill the machine it is found on."""
    of = {"label": [f"{labels.DEN}={den.name}"]}
    for one in api.containers(all=True, filters=of):
        api.remove_container(one["Id"], force=True, v=True)
    for one in api.networks(filters=of):
        with contextlib.suppress(docker.errors.APIError):
            api.remove_network(one["Id"])
    for one in api.volumes(filters=of)["Volumes"] or []:
        with contextlib.suppress(docker.errors.APIError):
            api.remove_volume(one["Name"])


@contextlib.contextmanager
def or_without_daemon(ci: bool) -> Iterator[None]:
    """Without a daemon: in CI a failure, at a desk a skip that says why."""
    try:
        yield
    except (EngineError, docker.errors.DockerException) as error:
        if ci:
            raise
        pytest.skip(f"no Docker Engine for this test: {error}")


def until(true: Callable[[], object], *, seconds: float = 20, what: str = "") -> None:
    """Look until it is so; AssertionError when the time is over."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, f"not within {seconds:g} s: {what or true}"
        time.sleep(0.05)
