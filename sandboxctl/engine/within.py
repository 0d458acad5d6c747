"""What a probe inside a container sees, as JSON. Sent as text: it imports nothing of ours.

``python3 - '{"reach": {name: [address, port]}, "scan": {name: address}, "ask": [name, …]}'``
"""

from __future__ import annotations

import ctypes
import errno
import fcntl
import json
import os
import platform
import select
import socket
import struct
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

_PORTS = (*range(1, 1025), *range(1900, 1910), *range(3000, 3200), *range(7900, 10_001))
_AT_ONCE = 512
_X86 = platform.machine() == "x86_64"
_CALLS = {
    # (x86_64, others). Source: asm/unistd_64.h, asm-generic/unistd.h
    "io_uring_setup": (425, 425),
    "keyctl": (250, 219),
    "userfaultfd": (323, 282),
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "mount": (165, 40),
    "open_by_handle_at": (304, 265),
    "clone3": (435, 435),
}
_UNSHARE = (272, 97)
_NEW_USER = 0x10000000
_FAMILIES = {"AF_PACKET": (17, 3), "AF_VSOCK": (40, 1), "AF_ALG": (38, 5), "raw IPv4": (2, 3)}
_USUAL = {"AF_UNIX": (1, 1), "AF_INET": (2, 1), "AF_INET6": (10, 1), "AF_NETLINK": (16, 3)}
_SET_FLAGS, _UP_AND_PROMISCUOUS = 0x8914, 0x101  # SIOCSIFFLAGS, IFF_UP | IFF_PROMISC


def _outcome(attempt: Callable[[], object]) -> str:
    """`done`, or the name of the error."""
    try:
        attempt()
    except OSError as problem:
        return errno.errorcode.get(problem.errno or 0, type(problem).__name__)
    return "done"


def _call(number: int, *arguments: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    given = [ctypes.c_long(one) for one in (number, *arguments)]
    if libc.syscall(*given, *[ctypes.c_long(0)] * (6 - len(arguments))) < 0:
        raise OSError(ctypes.get_errno(), "")


def _refused() -> dict[str, str]:
    at = 0 if _X86 else 1
    found = {name: _outcome(lambda n=ways[at]: _call(n)) for name, ways in _CALLS.items()}  # type: ignore[misc]
    found["user namespace"] = _outcome(lambda: _call(_UNSHARE[at], _NEW_USER))
    for name, (family, kind) in _FAMILIES.items():
        found[name] = _outcome(lambda f=family, k=kind: socket.socket(f, k).close())  # type: ignore[misc]
    found["becoming root"] = _outcome(lambda: os.setuid(0))
    found["promiscuous interface"] = _outcome(_promiscuous)
    found["new address"] = _outcome(lambda: _promiscuous(0x8916))
    return found


def _usual() -> dict[str, str]:
    """What every program needs: the control of what is refused."""
    found = {
        name: _outcome(lambda f=family, k=kind: socket.socket(f, k).close())  # type: ignore[misc]
        for name, (family, kind) in _USUAL.items()
    }
    thread = threading.Thread(target=lambda: found.update(thread="done"))
    thread.start()
    thread.join()
    return found


def _promiscuous(request: int = _SET_FLAGS) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as way:
        fcntl.ioctl(way, request, struct.pack("16sH14x", b"eth0", _UP_AND_PROMISCUOUS))


def _status() -> dict[str, str]:
    lines = Path("/proc/self/status").read_text().splitlines()
    wanted = ("CapEff", "CapBnd", "NoNewPrivs", "Seccomp", "Uid", "Gid")
    pairs = (line.split(":\t", 1) for line in lines if ":\t" in line)
    return {name: value for name, value in pairs if name in wanted}


def _limits() -> dict[str, str]:
    """Of control groups, version 1 or 2."""
    places = {
        "memory": ("memory/memory.limit_in_bytes", "memory.max"),
        "processes": ("pids/pids.max", "pids.max"),
    }
    found = {}
    for name, paths in places.items():
        there = [path for path in (Path("/sys/fs/cgroup") / one for one in paths) if path.exists()]
        found[name] = there[0].read_text().strip() if there else ""
    return found


def _mounts() -> dict[str, str]:
    rows = (line.split() for line in Path("/proc/mounts").read_text().splitlines())
    return {row[1]: row[3] for row in rows if row[1] in ("/", "/tmp", "/run", "/dev/shm")}


def _masked(paths: Sequence[str]) -> list[str]:
    """Those of ``paths`` of which something can be read."""
    return [path for path in paths if _readable(Path(path))]


def _readable(path: Path) -> bool:
    try:
        if path.is_dir():
            return any(path.iterdir())
        with path.open("rb") as file:
            return bool(file.read(16))
    except OSError:
        return False


def _connects(address: str, port: int) -> bool:
    try:
        socket.create_connection((address, port), timeout=1.5).close()
    except OSError:
        return False
    return True


def _scan(address: str) -> list[int]:
    """Ports that answer. A closed one says so at once."""
    found: list[int] = []
    for at in range(0, len(_PORTS), _AT_ONCE):
        found += _answering(address, _PORTS[at : at + _AT_ONCE])
    return found


def _answering(address: str, ports: Sequence[int]) -> list[int]:
    ways: dict[int, tuple[socket.socket, int]] = {}
    waiting = select.poll()
    for port in ports:
        way = socket.socket()
        way.setblocking(False)
        way.connect_ex((address, port))
        ways[way.fileno()] = way, port
        waiting.register(way, select.POLLOUT)
    found: list[int] = []
    while ways and (ready := waiting.poll(300)):
        for number, _ in ready:
            way, port = ways.pop(number)
            waiting.unregister(number)
            if way.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) == 0:
                found.append(port)
            way.close()
    for way, _ in ways.values():
        way.close()
    return found


def _next_hop() -> list[str]:
    """Neighbours by which packets would leave, and that answered when they were asked for."""
    _connects("192.0.2.1", 80)
    arp = [line.split() for line in Path("/proc/net/arp").read_text().splitlines()[1:]]
    answering = {row[0] for row in arp if row[3] != "00:00:00:00:00:00"}
    routes = [line.split() for line in Path("/proc/net/route").read_text().splitlines()[1:]]
    ways = [row[2] for row in routes if len(row) > 2 and row[1] == "0" * 8]
    hops = [socket.inet_ntoa(struct.pack("=I", int(way, 16))) for way in ways]
    return [hop for hop in hops if hop in answering]


def _resolves(name: str) -> bool:
    try:
        socket.getaddrinfo(name, 80, socket.AF_INET)
    except OSError:
        return False
    return True


def _asks(name: str) -> bool:
    """The engine's own resolver, by hand: whether there is an answer in what comes back."""
    words = b"".join(bytes([len(part)]) + part.encode() for part in name.split(".")) + b"\0"
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as way:
        way.settimeout(2)
        try:
            query = struct.pack(">6H", 7, 0x0100, 1, 0, 0, 0) + words + b"\0\1\0\1"
            way.sendto(query, ("127.0.0.11", 53))
            return bool(struct.unpack(">6H", way.recv(512)[:12])[3])
        except OSError:
            return False


def _six() -> list[str]:
    table = Path("/proc/net/if_inet6")
    lines = table.read_text().splitlines() if table.exists() else []
    return [line for line in lines if line.split()[-1] != "lo"]


def seen(asked: Mapping[str, Any]) -> dict[str, Any]:
    """Everything at once: what has to be waited for is waited for together."""
    with ThreadPoolExecutor(24) as pool:
        reach = {name: pool.submit(_connects, *way) for name, way in asked["reach"].items()}
        names = {name: pool.submit(_resolves, name) for name in asked["names"]}
        resolver = {name: pool.submit(_asks, name) for name in asked["names"]}
        scans = {name: pool.submit(_scan, address) for name, address in asked["scan"].items()}
        hops = pool.submit(_next_hop)
        return {
            "status": _status(),
            "limits": _limits(),
            "mounts": _mounts(),
            "root": _outcome(lambda: Path("/den-probe").write_text("x")),
            "readable": _masked(asked["masked"]),
            "refused": _refused(),
            "usual": _usual(),
            "six": _six(),
            "reach": {name: one.result() for name, one in reach.items()},
            "names": {name: one.result() for name, one in names.items()},
            "resolver": {name: one.result() for name, one in resolver.items()},
            "scan": {name: one.result() for name, one in scans.items()},
            "hops": hops.result(),
        }


if __name__ == "__main__":
    print(json.dumps(seen(json.loads(sys.argv[1]))))
