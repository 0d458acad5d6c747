"""Many sandboxes with one container each, made by the engine's own operations: how long it takes
to attach the gateway to the next network, and what a visitor notices of a gateway that is replaced.

`python -m tests.benchmarks networks` prints it for 30, 120 and 250 networks.
"""

from __future__ import annotations

import contextlib
import http.client
import itertools
import statistics
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from ipaddress import IPv4Network

import docker

from sandboxctl import clock
from sandboxctl.blueprint import images as named
from sandboxctl.engine import door, edge, gateway, replacing
from sandboxctl.engine.docker import DockerEngine
from sandboxctl.sandbox import addresses, labels, names
from sandboxctl.sandbox.operations import CreateNetwork, GoLive, Place, StartService
from sandboxctl.sandbox.recipe import Container, Probe, Recipe, Way
from tests import dens

STEPS = (30, 120, 250)
AT_ONCE, PATIENCE = 3, 900
"""Threads, and seconds for one call: a container on 250 networks takes 50 s to stop, and more where
others use the engine, too."""

PAGE = """
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
class Page(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
    def log_message(self, *words):
        pass
ThreadingHTTPServer(("0.0.0.0", 8000), Page).serve_forever()
"""


def title(number: int) -> str:
    return f"team-{number}"


def made(engine: DockerEngine, count: int, begin: int = 0) -> None:
    """Sandboxes number ``begin`` to ``count``, live: the first has a page, the others sleep."""
    subnets = list(itertools.islice(engine.den.range.subnets(new_prefix=29), 8, 8 + count))
    with ThreadPoolExecutor(AT_ONCE) as pool:
        wanted = range(begin, count)
        for _ in pool.map(lambda number: _one(engine, number, subnets[number]), wanted):
            pass


def _one(engine: DockerEngine, number: int, subnet: IPv4Network) -> None:
    image = named.of("images/gateway", named.base().tag).tag
    argv = ("sleep", "infinity") if number else ("python3", "-c", PAGE)
    container = Container(
        name="web",
        image=image,
        entrypoint=argv,
        command=(),
        user="10001:10001",
        memory=64 * 1024**2,
        cpus=0.2,
        pids=16,
        probe=Probe(kind="running" if number else "tcp", port=8000),
    )
    recipe = Recipe(
        blueprint="many",
        title="Many",
        containers={"web": container},
        opens={"/": Way(service="web", port=8000)},
    )
    place = Place(1, subnet, "", addresses.services(subnet, recipe.containers))
    now = clock.now()
    for operation in (
        CreateNetwork(1, subnet, ""),
        StartService(container, place, image),
        GoLive(1, recipe, subnet, now, now + timedelta(hours=8)),
    ):
        engine.apply(title(number), operation, lambda _: None)


def asked(engine: DockerEngine, sandbox: str, cookie: str) -> int:
    """The status of a sandbox's page, asked by somebody of the team over the published port."""
    connection = http.client.HTTPConnection("127.0.0.1", engine.den.gateway.port, timeout=9)
    with contextlib.closing(connection):
        headers = {"Host": engine.den.host(sandbox), "Cookie": cookie}
        connection.request("GET", "/", headers=headers)
        return connection.getresponse().status


def gone(engine: DockerEngine) -> None:
    """All of the den, many at once; nothing of it is left."""
    patient = docker.APIClient(base_url=dens.engine_url(), version="auto", timeout=PATIENCE)
    with contextlib.closing(patient) as api:
        _gone(engine, api)


def _gone(engine: DockerEngine, api: docker.APIClient) -> None:
    den, install = engine.den, gateway.install(api, engine.den) or ""
    ours = {"label": [f"{labels.DEN}={den.name}", f"{labels.INSTALL}={install}"]}
    engine.close()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        services = [
            one["Id"]
            for one in api.containers(all=True, filters=ours)
            if one["Labels"][labels.KIND] not in ("gateway", "door")
        ]
        list(pool.map(lambda one: api.remove_container(one, force=True, v=True), services))
        for one in gateway.all_of(api, den, install):
            api.remove_container(one["Id"], force=True, v=True)
        networks = [one["Id"] for one in edge.all_of(api, den, install, "network")]
        list(pool.map(api.remove_network, networks))
    gateway.remove(api, den, lambda _: None)
    assert dens.leftovers(api, den) == []


def main() -> None:
    engine, api = dens.opened()
    heads = ("networks", "attach", "replace", "refused", "interrupted", "memory")
    print(" ".join(f"{head:>11}" for head in heads))
    try:
        begin = 0
        for count in STEPS:
            made(engine, count, begin)
            begin = count
            attach = statistics.median(_attached(engine, api) for _ in range(5))
            took, refused, interrupted = _replaced(engine, api)
            memory = f"{_memory(engine, api):.0f} MiB"
            found = (count, f"{attach * 1000:.0f} ms", f"{took:.2f} s", refused)
            cells = (*found, f"{interrupted * 1000:.0f} ms", memory)
            print(" ".join(f"{cell:>11}" for cell in cells), flush=True)
    finally:
        gone(engine)
        api.close()


def _attached(engine: DockerEngine, api: docker.APIClient) -> float:
    """Seconds that the engine needs to put the door on a network once more."""
    network = names.network(engine.den.name, title(1), 1)
    place = str(addresses.gateway(IPv4Network(_subnet(api, network))))
    gateway.detach(api, engine.den, network)
    return _timed(lambda: gateway.attach(api, engine.den, network, place))


def _subnet(api: docker.APIClient, network: str) -> str:
    return str(api.inspect_network(network)["IPAM"]["Config"][0]["Subnet"])


def _replaced(engine: DockerEngine, api: docker.APIClient) -> tuple[float, int, float]:
    """Seconds it took, questions without an answer, and seconds between the first of those and the
    next answer; asked every 10 ms."""
    record = engine.observe(title(0)).record
    cookie = names.cookie(title(0), record.key) if record else ""
    answered: list[tuple[float, bool]] = []
    over = threading.Event()

    def ask() -> None:
        while not over.wait(0.01):
            begun = time.monotonic()
            try:
                answered.append((begun, asked(engine, title(0), cookie) == 200))
            except (OSError, http.client.HTTPException):
                answered.append((begun, False))

    asking = threading.Thread(target=ask)
    asking.start()
    tag = f"many-{time.monotonic_ns()}"
    image = named.of("images/gateway", named.base().tag).tag
    api.tag(image, "sandboxctl/gateway", tag)
    try:
        took = _timed(
            lambda: replacing.replace(api, engine.den, f"sandboxctl/gateway:{tag}", lambda _: None)
        )
    finally:
        over.set()
        asking.join()
        api.remove_image(f"sandboxctl/gateway:{tag}", force=True)
    return took, sum(not ok for _, ok in answered), _gap(answered)


def _gap(answered: Sequence[tuple[float, bool]]) -> float:
    refused = [at for at, ok in answered if not ok]
    if not refused:
        return 0.0
    return min((at for at, ok in answered if ok and at > refused[-1]), default=9e9) - refused[0]


def _memory(engine: DockerEngine, api: docker.APIClient) -> float:
    """MiB of the gateway and its door."""
    both = (gateway.name(engine.den), door.name(engine.den))
    used = (api.stats(name, stream=False)["memory_stats"].get("usage", 0) for name in both)
    return float(sum(used)) / 1024**2


def _timed(what: Callable[[], object]) -> float:
    begun = time.perf_counter()
    what()
    return time.perf_counter() - begun
