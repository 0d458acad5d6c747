"""A service tries everything that `attempts.py` knows. It fails inside, and nothing happens on the
host: each case looks at both sides."""

from __future__ import annotations

import contextlib
import json
import platform
import signal
import socket
import subprocess
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Network
from itertools import pairwise
from pathlib import Path
from typing import Any

import docker
import pytest

from sandboxctl.engine.docker import DockerEngine
from sandboxctl.engine.root import as_root
from sandboxctl.sandbox import names
from tests import dens, pipeline, prototypes
from tests.hostile import attempts

pytestmark = pytest.mark.engine

SANDBOX, VICTIM = "hostile", "victim"
PROGRAM = Path(attempts.__file__).read_text(encoding="utf-8")
SERVICES = ("web", "book")
ADDRESSES = ("own bridge", "another bridge", "edge bridge", "docker0", "loopback of the host")

REFUSED = {
    "namespace": {"EPERM"},
    "clone": {"EPERM"},
    "call": {"EPERM", "ENOSYS"},
    "family": {"EPERM"},
    "kernel": {"EPERM", "EACCES", "EROFS", "ENOENT"},
    "masked": {"ENODATA", "ENOENT", "EACCES"},
    "device": {"EPERM", "EACCES", "ENOENT"},
    "root": {"EPERM", "EACCES", "EROFS", "EINVAL", "ValueError"},
    "files": {"EROFS", "EACCES", "EPERM", "ENOENT", "EBADF"},
    "cgroup": {"EROFS", "EACCES", "EPERM", "ENOENT"},
    "processes": {"ESRCH"},
    "network": {
        *("timeout", "unknown name", "ENETUNREACH", "EHOSTUNREACH", "EPERM", "EACCES", "ENODATA"),
        *("EADDRNOTAVAIL", "ENOENT"),
    },
    "gateway": {"ENOENT", "ECONNREFUSED"},
    "host": {"timeout", "ENETUNREACH", "EHOSTUNREACH"},
    "reach": {"timeout", "ENETUNREACH", "EHOSTUNREACH", "ECONNREFUSED"},
}
"""What an attempt of each kind has to get. Anything else, `done` above all, is a hole."""


@dataclass
class Canary:
    """Listens on every address of the host, to connections and to datagrams."""

    port: int
    datagrams: int
    heard: list[str] = field(default_factory=list)


@contextlib.contextmanager
def singing() -> Iterator[Canary]:
    with socket.socket() as door, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as letters:
        door.bind(("0.0.0.0", 0))
        letters.bind(("0.0.0.0", 0))
        door.listen()
        canary = Canary(door.getsockname()[1], letters.getsockname()[1])
        over = threading.Event()

        def listen() -> None:
            door.settimeout(0.05)
            letters.settimeout(0.05)
            while not over.is_set():
                with contextlib.suppress(TimeoutError):
                    near, (who, _) = door.accept()
                    canary.heard.append(who)
                    near.close()
                with contextlib.suppress(TimeoutError):
                    canary.heard.append(letters.recvfrom(64)[1][0])

        thread = threading.Thread(target=listen)
        thread.start()
        try:
            yield canary
        finally:
            over.set()
            thread.join()


@dataclass(frozen=True)
class World:
    """The host, before or after."""

    kernel: Mapping[str, str]
    file: tuple[str, int]
    strays: tuple[str, ...]
    rules: str
    victim: tuple[str, str, int]


@dataclass(frozen=True)
class Tried:
    """What came of it: service → attempt → outcome; the host before and after; who was heard."""

    found: Mapping[str, Mapping[str, str]]
    before: World
    after: World
    heard: list[str]
    range: IPv4Network
    processes: Mapping[str, list[Mapping[str, str]]]
    namespaces: Mapping[str, int]
    routes: Mapping[str, list[str]]


KERNEL = (
    *("/proc/sys/kernel/core_pattern", "/proc/sys/kernel/modprobe", "/proc/sys/kernel/hostname"),
    *("/proc/sys/net/ipv4/ip_forward", "/proc/sys/kernel/domainname", "/proc/sys/kernel/sysrq"),
    "/proc/sys/net/ipv6/conf/all/disable_ipv6",
)


PLACES = ("/", "/tmp", "/run", "/etc", "/usr/bin", "/dev", "/dev/shm", "/sys/fs/cgroup")


def world(engine: DockerEngine, api: docker.APIClient, file: Path) -> World:
    readable = [path for path in map(Path, KERNEL) if path.exists()]
    victim = names.container(engine.den.name, VICTIM, 1, "web")
    seen = api.inspect_container(victim)
    rules = as_root("iptables-save").splitlines()
    subnets = [f"{one.subnet}" for one in engine.observe(SANDBOX).generations.values()]
    strays = subprocess.run(
        ["find", *PLACES, "-maxdepth", "2", "-xdev", "-name", "*den-canary*"],
        capture_output=True,
        text=True,
        check=False,
    ).stdout.split()
    return World(
        {str(path): path.read_text() for path in readable},
        (file.read_text(), file.stat().st_mtime_ns),
        tuple(strays),
        "\n".join(line for line in rules if any(net in line for net in subnets)),
        (seen["Id"], seen["State"]["StartedAt"], len(api.logs(victim))),
    )


@pytest.fixture(scope="module")
def tried(
    docker_engine: DockerEngine, api: docker.APIClient, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Tried]:
    """Two sandboxes; everything is tried from two services of the one, all at once."""
    folder = prototypes.written(tmp_path_factory.mktemp("hostile"), prototypes.notebook())
    page = prototypes.written(tmp_path_factory.mktemp("victim"), prototypes.page())
    file = tmp_path_factory.mktemp("canary") / "den-canary"
    file.write_text("sings")
    pipeline.up(docker_engine, folder, SANDBOX)
    pipeline.up(docker_engine, page, VICTIM)
    with singing() as canary:
        _can_be_heard(docker_engine, api, canary)
        given = _given(docker_engine, api, canary, file)
        before = world(docker_engine, api, file)
        found = {name: _attempts(docker_engine, name, given) for name in SERVICES}
        after = world(docker_engine, api, file)
        inside = {name: _pids(docker_engine, api, name) for name in SERVICES}
        yield Tried(
            found,
            before,
            after,
            list(canary.heard),
            docker_engine.den.range,
            {name: [_status(pid) for pid in pids] for name, pids in inside.items()},
            {name: _kinds_of_namespaces(pids) for name, pids in inside.items()},
            {
                name: Path(f"/proc/{p[0]}/net/route").read_text().split("\n")
                for name, p in inside.items()
            },
        )
    pipeline.down(docker_engine, SANDBOX)
    pipeline.down(docker_engine, VICTIM)


def _given(
    engine: DockerEngine, api: docker.APIClient, canary: Canary, file: Path
) -> dict[str, Any]:
    own, other = (engine.observe(name).live for name in (SANDBOX, VICTIM))
    assert own
    assert own.subnet
    assert other
    assert other.subnet
    edge = api.inspect_network(f"{engine.den.name}-edge")["IPAM"]["Config"][0]
    gateway = api.inspect_container(f"{engine.den.name}-door")["NetworkSettings"]["Networks"]
    bridges = dict(zip(ADDRESSES, (str(own.subnet[1]), str(other.subnet[1]), edge["Gateway"],
                                   "172.17.0.1", "127.0.0.1"), strict=True))  # fmt: skip
    places: dict[str, tuple[str, int]] = {
        f"host by {name}": (address, canary.port) for name, address in bridges.items()
    }
    places |= {
        f"host by its address {n}": (a, canary.port) for n, a in enumerate(_of_this_machine())
    }
    places |= {
        "published port": (bridges["docker0"], engine.den.gateway.port),
        "published port by the edge": (edge["Gateway"], engine.den.gateway.port),
        "gateway": (str(own.subnet[2]), 8080),
        "gateway by the edge": (gateway[f"{engine.den.name}-edge"]["IPAddress"], 8080),
        "gateway by another's leg": (str(other.subnet[2]), 8080),
        "victim": (other.services["web"].address, 8000),
        "engine over tcp": (bridges["docker0"], 2375),
        "peer": (own.services["web"].address, 8000),
        "other peer": (own.services["book"].address, 8000),
    }
    container = names.container(engine.den.name, VICTIM, 1, "web")
    return {
        "places": places,
        "canary": bridges["docker0"],
        "datagrams": canary.datagrams,
        "file": str(file),
        "container": container,
    }


def _of_this_machine() -> list[str]:
    """Every address of the host but the loopback. Source: proc(5), net/fib_trie."""
    lines = Path("/proc/net/fib_trie").read_text().splitlines()
    found = {
        IPv4Address(before.split()[-1])
        for before, line in pairwise(lines)
        if "/32 host LOCAL" in line
    }
    return [str(address) for address in sorted(found) if not address.is_loopback][:12]


CONTROL = "import socket; socket.create_connection(({!r}, {}), timeout=3)"


def _can_be_heard(engine: DockerEngine, api: docker.APIClient, canary: Canary) -> None:
    """From a container on an ordinary bridge the host answers: so silence means something."""
    image = next(tag for tag in engine.images.tags() if tag.startswith("sandboxctl/gateway:"))
    program = CONTROL.format("172.17.0.1", canary.port)
    made = api.create_container(
        image, entrypoint=["python3", "-c", program], host_config=api.create_host_config()
    )
    try:
        api.start(made["Id"])
        assert api.wait(made["Id"])["StatusCode"] == 0, api.logs(made["Id"])
    finally:
        api.remove_container(made["Id"], force=True)
    dens.until(lambda: canary.heard, what="the canary is heard")
    canary.heard.clear()


def _attempts(engine: DockerEngine, service: str, given: Mapping[str, Any]) -> dict[str, str]:
    answer = engine.run(SANDBOX, service, ["python3", "-", json.dumps(given)], PROGRAM.encode())
    assert answer.status == 0, answer.output.decode()
    found: dict[str, str] = json.loads(answer.output.decode().splitlines()[-1])
    return found


def _pids(engine: DockerEngine, api: docker.APIClient, service: str) -> list[int]:
    table = api.top(names.container(engine.den.name, SANDBOX, 1, service))
    column = table["Titles"].index("PID")
    return [int(row[column]) for row in table["Processes"]]


def _status(pid: int) -> dict[str, str]:
    text = Path(f"/proc/{pid}/status").read_text()
    return dict(line.split(":\t", 1) for line in text.splitlines() if ":\t" in line)


def _kinds_of_namespaces(pids: list[int]) -> int:
    """1 if all processes are in the same ones, and their users are the host's own."""
    kinds = ("user", "net", "mnt", "ipc", "uts")
    found = {tuple(as_root("readlink", f"/proc/{pid}/ns/{kind}") for kind in kinds) for pid in pids}
    return len(found)


def cases() -> list[str]:
    """Every attempt there is, but the two that have to succeed."""
    attempts.ARGUMENTS.update(places={}, canary="", file="", container="", datagrams=0)
    return [*attempts.attempts(), *(f"reach: host by {name}" for name in ADDRESSES), *REACHED]


REACHED = (
    "reach: host by its address 0",
    "reach: published port",
    "reach: published port by the edge",
    "reach: gateway",
    "reach: gateway by the edge",
    "reach: gateway by another's leg",
    "reach: victim",
    "reach: engine over tcp",
)


@pytest.mark.parametrize("case", cases())
@pytest.mark.parametrize("service", SERVICES)
def test_it_fails_inside_and_nothing_happens_on_the_host(
    tried: Tried, service: str, case: str
) -> None:
    kind = case.partition(":")[0]
    assert tried.found[service][case] in REFUSED[kind]
    assert on_the_host(tried, service, kind) == []


def on_the_host(tried: Tried, service: str, kind: str) -> list[str]:
    """What an attempt of this kind would have changed, if it did."""
    match kind:
        case "network" | "gateway" | "host" | "reach":
            wrong = [who for who in tried.heard if IPv4Address(who) in tried.range]
            wrong += [] if tried.after.victim == tried.before.victim else ["the victim"]
            wrong += [] if tried.after.rules == tried.before.rules else ["the firewall's rules"]
            return wrong + _new_routes(tried.routes[service])
        case "namespace" | "clone":
            return [] if tried.namespaces[service] == 1 else ["a namespace of its own"]
        case "files" | "device" | "cgroup":
            same = tried.after.file == tried.before.file
            return [*tried.after.strays, *([] if same else ["the canary's file"])]
        case "kernel" | "masked" | "call":
            return [k for k, v in tried.after.kernel.items() if tried.before.kernel[k] != v]
        case _:
            return [found for one in tried.processes[service] for found in _privileges(one)]


def _new_routes(lines: list[str]) -> list[str]:
    """A route by the gateway's leg, which ends in .2."""
    return [line for line in lines[1:] if line and line.split()[2].startswith("02")]


def _privileges(status: Mapping[str, str]) -> list[str]:
    held = ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")
    wrong = [name for name in held if int(status[name], 16)]
    wrong += ["root"] if "0" in status["Uid"].split() + status["Gid"].split() else []
    wrong += ["new privileges"] if status["NoNewPrivs"] != "1" else []
    return wrong + (["no filter"] if status["Seccomp"] != "2" else [])


def test_every_address_of_the_host_was_tried(tried: Tried) -> None:
    for service in SERVICES:
        by_address = {
            name: came for name, came in tried.found[service].items() if "reach: host" in name
        }
        assert len(by_address) > len(ADDRESSES)
        assert {n: c for n, c in by_address.items() if c not in REFUSED["reach"]} == {}


@pytest.mark.parametrize("service", SERVICES)
def test_peers_are_reached_by_the_same_attempt(tried: Tried, service: str) -> None:
    """The control of all that cannot be reached: the attempt itself is one that works."""
    assert tried.found[service]["reach: peer"] == "done"
    assert tried.found[service]["reach: other peer"] == "done"


def test_calls_that_a_program_needs_are_left(docker_engine: DockerEngine, tried: Tried) -> None:
    """And the control of all calls that are refused."""
    program = """
import ctypes, json, os, socket, threading, subprocess, select, mmap
done = []
for family, kind in ((1, 1), (1, 2), (1, 5), (2, 1), (2, 2), (10, 1), (10, 2), (16, 3)):
    socket.socket(family, kind).close(); done.append(family)
socket.socket(2, 1, 6).close(); socket.socket(2, 2, 17).close(); socket.socketpair()
one = threading.Thread(target=lambda: done.append("thread")); one.start(); one.join()
if os.fork() == 0: os._exit(0)
os.wait(); done.append("fork")
done.append(subprocess.run(["true"]).returncode)
select.epoll(); os.memfd_create("x"); os.getrandom(8); os.pidfd_open(os.getpid())
socket.if_nameindex()
mmap.mmap(-1, 4096).close()
done.append(ctypes.CDLL(None).personality(ctypes.c_ulong(0xffffffff)))
print(json.dumps(done))
"""
    assert tried.found
    answer = docker_engine.run(SANDBOX, "web", ["python3", "-c", program])
    assert answer.status == 0, answer.output.decode()
    assert json.loads(answer.output) == [1, 1, 1, 2, 2, 10, 10, 16, "thread", "fork", 0, 0]


@pytest.mark.skipif(platform.machine() != "x86_64", reason="32-bit calls are those of x86")
@pytest.mark.parametrize("family", [40, 38, 17, 2])
def test_32_bit_calls_are_filtered_too(
    docker_engine: DockerEngine, tried: Tried, family: int
) -> None:
    """`int 0x80` with socketcall hides the family from the filter; so it ends the program."""
    program = f"""
import ctypes, mmap
# push rbx; mov eax, 102 (socketcall); mov ebx, 1 (SYS_SOCKET); mov ecx, edi; int 0x80; pop rbx; ret
code = bytes.fromhex("53b866000000bb0100000089f9cd805bc3")
room = mmap.mmap(-1, 4096, prot=7)
room.write(code)
low = ctypes.CDLL(None).mmap
low.restype = ctypes.c_void_p
low.argtypes = [ctypes.c_void_p, ctypes.c_size_t] + [ctypes.c_int] * 3 + [ctypes.c_long]
words = low(None, 4096, 3, 0x62, -1, 0)  # MAP_32BIT
(ctypes.c_uint32 * 3).from_address(words)[:] = [{family}, 1, 0]
place = ctypes.addressof(ctypes.c_char.from_buffer(room))
print(ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_uint32)(place)(words))
"""
    assert tried.found
    answer = docker_engine.run(SANDBOX, "web", ["python3", "-c", program])
    assert (answer.status, answer.output) == (128 + signal.SIGSYS, b"")


def test_there_are_many_cases() -> None:
    assert len(cases()) >= 150
