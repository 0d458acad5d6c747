"""What this machine says of itself, for `doctor`: routes, ports, file systems, addresses."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import socket
import struct
from ipaddress import IPv4Address, IPv4Network
from itertools import pairwise
from pathlib import Path

from sandboxctl import clock
from sandboxctl.lifecycle import shared_limits
from sandboxctl.lifecycle.doctor import MachineFacts
from sandboxctl.sandbox.den import Den

PROGRAMS = ("mmdebstrap", "nft", "ufw", "firewall-cmd", "dnsmasq")
_SYSTEM = "/usr/local/sbin:/usr/sbin:/sbin"
_ADDRESS_OF = 0x8915  # SIOCGIFADDR, linux/sockios.h
_XFS_GEOMETRY = 2 << 30 | 256 << 16 | ord("X") << 8 | 126  # XFS_IOC_FSGEOMETRY, xfs_fs.h
_XFS_FLAGS, _XFS_REFLINK = 92, 1 << 20  # struct xfs_fsop_geom.flags, XFS_FSOP_GEOM_FLAGS_REFLINK
_BRIDGES = ("docker", "br-", "veth", "lo", "virbr")


def facts(den: Den, folder: str) -> MachineFacts:
    """``folder``  where a local engine keeps its data."""
    return MachineFacts(
        time=clock.now(),
        routes=routes(),
        port_taken=taken(den.gateway.bind, den.gateway.port),
        reflinks=reflinks(Path(folder)) if folder else None,
        programs=programs(),
        shared=shared_limits.read() if folder else {},
    )


def programs() -> frozenset[str]:
    """Which of those that `doctor` speaks of are installed; a user's PATH may leave /sbin out."""
    path = f"{os.environ.get('PATH', '')}:{_SYSTEM}"
    return frozenset(name for name in PROGRAMS if shutil.which(name, path=path))


def routes(table: Path = Path("/proc/net/route")) -> tuple[IPv4Network, ...]:
    """Where this machine sends packets, but for the default route; empty where it does not say."""
    try:
        rows = [line.split() for line in table.read_text(encoding="ascii").splitlines()[1:]]
    except OSError:
        return ()
    found = {IPv4Network((_address(row[1]), _address(row[7]).bit_count())) for row in rows}
    return tuple(sorted(net for net in found if net.prefixlen))


def _address(hexadecimal: str) -> int:
    """An address as the kernel prints it: bytes in the order of this machine."""
    return int.from_bytes(struct.pack("=I", int(hexadecimal, 16)), "big")


def taken(bind: IPv4Address, port: int) -> str:
    """Why the port cannot be had; empty if it can."""
    with socket.socket() as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind((str(bind), port))
        except PermissionError:
            return ""  # below 1024; the engine may take it where we may not
        except OSError as error:
            return error.strerror or str(error)
    return ""


def reflinks(folder: Path) -> bool | None:
    """Whether files in it can share blocks; None where that cannot be seen."""
    match _file_system(folder):
        case "btrfs":
            return True
        case "xfs":
            return _xfs_has_reflinks(folder)
        case "":
            return None
        case _:
            return False


def _file_system(folder: Path) -> str:
    """The type of what ``folder`` lies on; empty where it is not of this machine."""
    try:
        device = folder.stat().st_dev
        table = Path("/proc/self/mountinfo").read_text(encoding="utf-8")
    except OSError:
        return ""
    number = f"{os.major(device)}:{os.minor(device)}"
    rows = [line.split() for line in table.splitlines()]
    return next((row[row.index("-") + 1] for row in rows if row[2] == number), "")


def _xfs_has_reflinks(folder: Path) -> bool | None:
    geometry = bytearray(256)
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            fcntl.ioctl(handle, _XFS_GEOMETRY, geometry)
        finally:
            os.close(handle)
        return bool(struct.unpack_from("=I", geometry, _XFS_FLAGS)[0] & _XFS_REFLINK)
    return None


def addresses() -> dict[str, IPv4Address]:
    """Interface → address, for those by which others may reach this machine."""
    found: dict[str, IPv4Address] = {}
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asked:
        for _, name in socket.if_nameindex():
            if name.startswith(_BRIDGES):
                continue
            with contextlib.suppress(OSError):
                question = struct.pack("256s", name.encode()[:15])
                answer = fcntl.ioctl(asked, _ADDRESS_OF, question)
                found[name] = IPv4Address(answer[20:24])
    return {name: address for name, address in found.items() if not address.is_loopback}


def own_addresses(table: Path = Path("/proc/net/fib_trie")) -> tuple[IPv4Address, ...]:
    """Every IPv4 address of this machine, bridges too, but the loopback. Source: proc(5)."""
    try:
        lines = table.read_text(encoding="ascii").splitlines()
    except OSError:
        return ()
    found = {
        IPv4Address(above.split()[-1])
        for above, line in pairwise(lines)
        if "/32 host LOCAL" in line
    }
    return tuple(sorted(address for address in found if not address.is_loopback))


def router(table: Path = Path("/proc/net/route")) -> IPv4Address | None:
    """Where this machine sends what is for nobody it knows; None where it does not say."""
    try:
        rows = [line.split() for line in table.read_text(encoding="ascii").splitlines()[1:]]
    except OSError:
        return None
    ways = [IPv4Address(_address(row[2])) for row in rows if row[1] == "0" * 8]
    return next(iter(ways), None)
