"""A bad neighbour is only bad to itself: what it does stays inside, and another sandbox answers."""

from __future__ import annotations

import contextlib
import os
import select
import shutil
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import docker
import pytest

from sandboxctl.engine.docker import DockerEngine
from sandboxctl.sandbox import names
from tests import dens, pipeline, prototypes
from tests.visitor import Visitor, key_of

pytestmark = pytest.mark.engine

BAD, GOOD = "bad", "good"
APP = Path(__file__).parent / "bad" / "app.py"
MIB = 1024**2
MEMORY, PIDS = 96 * MIB, 48
SLOTS = 250
"""Requests of one sandbox that may be under way: haproxy.cfg."""


def bad(folder: Path, *words: str) -> Path:
    web = {
        "source": "./app",
        "runtime": "python",
        "command": ["python3", "app.py", *words],
        "expose": [8000],
        "mem_limit": "96m",
        "pids_limit": PIDS,
        "cpus": 0.5,
        "stop_grace_period": "1s",
    }
    document: prototypes.Document = {
        "blueprint": 1,
        "name": BAD,
        "opens": {"/": "web", "/slow": "slow"},
        "services": {"web": web, "slow": {**web, "command": ["python3", "app.py", "slow"]}},
    }
    prototypes.written(folder, document)
    shutil.copy(APP, folder / "app")
    return folder


@pytest.fixture(scope="module", autouse=True)
def _neighbours(
    docker_engine: DockerEngine, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[None]:
    pipeline.up(docker_engine, bad(tmp_path_factory.mktemp("bad")), BAD)
    page = prototypes.written(tmp_path_factory.mktemp("good"), prototypes.page())
    pipeline.up(docker_engine, page, GOOD)
    yield
    pipeline.down(docker_engine, BAD)
    pipeline.down(docker_engine, GOOD)


@pytest.fixture
def good(docker_engine: DockerEngine) -> Visitor:
    return Visitor(docker_engine.den, GOOD, None, key_of(docker_engine, GOOD))


@pytest.fixture
def seen(docker_engine: DockerEngine, api: docker.APIClient) -> Iterator[dict[str, Any]]:
    """The bad one's container; afterwards it is put back, within half a minute."""
    live = docker_engine.observe(BAD).live
    assert live is not None
    container = names.container(docker_engine.den.name, BAD, live.number, "web")
    yield api.inspect_container(container)
    began = time.monotonic()
    pipeline.reset(docker_engine, BAD)
    assert time.monotonic() - began < 30


def do(engine: DockerEngine, way: str) -> None:
    with contextlib.suppress(OSError):  # it may be too busy to say so
        Visitor(engine.den, BAD, None, key_of(engine, BAD)).get(f"/{way}")


def answers(good: Visitor, *, seconds: float = 3) -> None:
    """The other sandbox answers every request, for a while."""
    end, asked = time.monotonic() + seconds, 0
    while time.monotonic() < end:
        assert good.get("/health").status == 200
        asked += 1
    assert asked > 5


def stats(api: docker.APIClient, seen: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = api.stats(seen["Id"], stream=False)
    return found


def inside(seen: dict[str, Any]) -> os.statvfs_result:
    """Its /tmp as the host sees it."""
    return os.statvfs(f"/proc/{seen['State']['Pid']}/root/tmp")


def descriptors(seen: dict[str, Any]) -> int:
    listed = Path(f"/proc/{seen['State']['Pid']}/task").glob(f"{seen['State']['Pid']}/children")
    children = [int(pid) for one in listed for pid in one.read_text().split()]
    return max((len(list(Path(f"/proc/{pid}/fd").iterdir())) for pid in children), default=0)


def logged(seen: dict[str, Any]) -> int:
    path = Path(seen["LogPath"])
    return sum(one.stat().st_size for one in path.parent.glob(f"{path.name}*"))


@pytest.mark.parametrize("way", ["forks", "zombies"])
def test_processes_stay_within_their_number(
    docker_engine: DockerEngine, api: docker.APIClient, good: Visitor, seen: Any, way: str
) -> None:
    do(docker_engine, way)
    dens.until(lambda: stats(api, seen)["pids_stats"]["current"] >= PIDS - 1, what=way)
    answers(good)
    found = stats(api, seen)["pids_stats"]
    assert found["current"] <= PIDS
    assert found["limit"] == PIDS


def test_memory_ends_the_one_that_takes_it(
    docker_engine: DockerEngine, api: docker.APIClient, good: Visitor, seen: Any
) -> None:
    do(docker_engine, "memory")
    dens.until(
        lambda: api.inspect_container(seen["Id"])["RestartCount"] > 0, what="it was ended for it"
    )
    answers(good)
    assert api.inspect_container(seen["Id"])["HostConfig"]["MemorySwap"] == MEMORY
    assert stats(api, seen)["memory_stats"].get("usage", 0) <= MEMORY


def test_processors_are_shared(
    docker_engine: DockerEngine, api: docker.APIClient, good: Visitor, seen: Any
) -> None:
    do(docker_engine, "cpu")
    before, began = stats(api, seen)["cpu_stats"], time.monotonic()
    answers(good)
    after, took = stats(api, seen)["cpu_stats"], time.monotonic() - began
    used = (after["cpu_usage"]["total_usage"] - before["cpu_usage"]["total_usage"]) / 1e9
    assert used <= 0.5 * took * 1.3


def test_descriptors_stay_within_their_number(
    docker_engine: DockerEngine, good: Visitor, seen: Any
) -> None:
    do(docker_engine, "descriptors")
    dens.until(lambda: descriptors(seen) >= 4000, what="it has opened what it may")
    answers(good)
    assert descriptors(seen) <= 4096


def test_a_flood_of_logs_turns_round_in_little_disk(
    docker_engine: DockerEngine, good: Visitor, seen: Any
) -> None:
    do(docker_engine, "logs")
    dens.until(lambda: logged(seen) > 25 * MIB, seconds=90, what="it has written a lot")
    answers(good)
    assert logged(seen) <= 31 * MIB


@pytest.mark.parametrize("way", ["tmpfs", "inodes"])
def test_folders_in_memory_have_an_end(
    docker_engine: DockerEngine, good: Visitor, seen: Any, way: str
) -> None:
    do(docker_engine, way)
    dens.until(
        lambda: inside(seen).f_bavail == 0 or inside(seen).f_favail < 2,
        seconds=60,
        what="it is full",
    )
    answers(good)
    found = inside(seen)
    assert found.f_blocks * found.f_frsize == 64 * MIB
    assert found.f_files == 16_384


def test_the_gateway_lets_nobody_in_from_within(
    docker_engine: DockerEngine, api: docker.APIClient, good: Visitor, seen: Any
) -> None:
    do(docker_engine, "connections")
    answers(good)
    assert b"let us in" not in api.logs(seen["Id"])


def test_a_service_that_hears_no_signal_is_put_back_all_the_same(
    docker_engine: DockerEngine, good: Visitor, seen: Any
) -> None:
    do(docker_engine, "deaf")
    answers(good, seconds=1)
    began = time.monotonic()
    pipeline.restart(docker_engine, BAD)
    assert time.monotonic() - began < 30
    assert seen["State"]["Running"]


def test_who_crashes_is_started_again_three_times_at_most(
    docker_engine: DockerEngine, api: docker.APIClient, tmp_path: Path, sandbox: str
) -> None:
    outcome = pipeline.try_up(docker_engine, bad(tmp_path, "crash"), sandbox)
    container = names.container(docker_engine.den.name, sandbox, 1, "web")
    found = api.inspect_container(container)

    assert outcome.failed
    assert "exit 3" in outcome.why
    assert found["RestartCount"] <= 3
    assert not found["State"]["Running"]
    pipeline.down(docker_engine, sandbox)


@pytest.fixture
def many(docker_engine: DockerEngine) -> Iterator[Callable[[int, bytes], list[socket.socket]]]:
    """Opens connections that send so much and then wait."""
    opened: list[socket.socket] = []
    gateway = str(docker_engine.den.gateway.bind), docker_engine.den.gateway.port

    def open_(number: int, sent: bytes) -> list[socket.socket]:
        for _ in range(number):
            opened.append(socket.create_connection(gateway, timeout=10))
            opened[-1].sendall(sent)
        return opened[-number:]

    yield open_
    for one in opened:
        one.close()


def answered(opened: list[socket.socket]) -> list[socket.socket]:
    poll = select.poll()
    for one in opened:
        poll.register(one, select.POLLIN)
    there = {number for number, _ in poll.poll(0)}
    return [one for one in opened if one.fileno() in there]


def request(engine: DockerEngine, path: str) -> bytes:
    cookie = names.cookie(BAD, key_of(engine, BAD)())
    host = engine.den.host(BAD)
    return f"GET {path} HTTP/1.1\r\nHost: {host}\r\nCookie: {cookie}\r\n\r\n".encode()


def test_a_sandbox_cannot_take_all_of_the_gateway(
    docker_engine: DockerEngine,
    good: Visitor,
    seen: Any,
    many: Callable[[int, bytes], list[socket.socket]],
) -> None:
    """More are let wait for one sandbox than it may have; the others get a page that says so."""
    opened = many(SLOTS + 20, request(docker_engine, "/slow"))
    dens.until(lambda: len(answered(opened)) >= 20, what="those that are too many are told so")
    answers(good)
    said = [one.recv(65_536).decode() for one in answered(opened)]
    assert len(said) == 20
    assert all(" 503 " in text and "Very busy" in text for text in said)
    assert seen["State"]["Running"]


@pytest.mark.parametrize(
    "sent",
    [
        pytest.param(b"", id="silent"),
        pytest.param(b"GET / HTTP/1.1\r\nHost: bad", id="half a request"),
    ],
)
def test_slow_clients_leave_room_for_others(
    docker_engine: DockerEngine,
    good: Visitor,
    many: Callable[[int, bytes], list[socket.socket]],
    sent: bytes,
) -> None:
    many(600, sent)
    answers(good)
    assert docker_engine.fetch(GOOD).status == 200


def test_answers_without_end_stay_with_who_asked(
    docker_engine: DockerEngine,
    good: Visitor,
    seen: Any,
    many: Callable[[int, bytes], list[socket.socket]],
) -> None:
    many(20, request(docker_engine, "/huge"))
    answers(good)
    assert seen["State"]["Running"]
