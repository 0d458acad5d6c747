"""What a hostile service tries. Runs inside one, with nothing but Python: prints what came of it.

Each attempt is told as `done`, or by the name of the error it got. Arguments: JSON with the places
to reach (`places`: name → [address, port]) and the address of the host's canary (`canary`).
"""

from __future__ import annotations

import ctypes
import errno
import glob
import json
import os
import platform
import signal
import socket
import stat
import struct
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

LIBC = ctypes.CDLL(None, use_errno=True)
X86 = platform.machine() == "x86_64"
CALLS = {
    # name: (x86_64, aarch64). Source: asm/unistd_64.h, asm-generic/unistd.h
    "ptrace": (101, 117), "process_vm_readv": (310, 270), "process_vm_writev": (311, 271),
    "add_key": (248, 217), "request_key": (249, 218), "keyctl": (250, 219), "unshare": (272, 97),
    "setns": (308, 268), "mount": (165, 40), "umount2": (166, 39), "pivot_root": (155, 41),
    "bpf": (321, 280), "perf_event_open": (298, 241), "userfaultfd": (323, 282),
    "kexec_load": (246, 104), "init_module": (175, 105), "open_by_handle_at": (304, 265),
    "name_to_handle_at": (303, 264), "personality": (135, 92), "syslog": (103, 116),
    "reboot": (169, 142), "swapon": (167, 224), "acct": (163, 89), "settimeofday": (164, 170),
    "sethostname": (170, 161), "quotactl": (179, 60), "kcmp": (312, 272), "chroot": (161, 51),
    "fanotify_init": (300, 262), "io_uring_setup": (425, 425), "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427), "open_tree": (428, 428), "move_mount": (429, 429),
    "fsopen": (430, 430), "fsmount": (432, 432), "clone3": (435, 435), "pidfd_getfd": (438, 438),
    "process_madvise": (440, 440), "mount_setattr": (442, 442), "memfd_secret": (447, 447),
    "lookup_dcookie": (212, 18), "clone": (56, 220), "socket": (41, 198),
    "iopl": (172, 0), "ioperm": (173, 0), "modify_ldt": (154, 0),
}  # fmt: skip
NEW = {"mnt": 0x00020000, "cgroup": 0x02000000, "uts": 0x04000000, "ipc": 0x08000000,
       "user": 0x10000000, "pid": 0x20000000, "net": 0x40000000}  # fmt: skip


def call(name: str, *arguments: Any) -> int:
    number = CALLS[name][0 if X86 else 1]
    given = [a if isinstance(a, (bytes, ctypes.Array)) else ctypes.c_long(a) for a in arguments]
    ctypes.set_errno(0)
    answer = int(LIBC.syscall(ctypes.c_long(number), *given))
    if answer < 0:
        raise OSError(ctypes.get_errno(), name)
    return answer


def clone(flags: int) -> None:
    if call("clone", flags | signal.SIGCHLD, 0, 0, 0, 0) == 0:
        os._exit(0)
    os.wait()


def writes(path: str, text: str = "canary") -> None:
    with open(path, "w", encoding="ascii") as file:
        file.write(text)


def reads(path: str) -> None:
    """A masked file is there, and empty."""
    with open(path, "rb") as file:
        if not file.read(64):
            raise OSError(errno.ENODATA, path)


def lists(path: str) -> None:
    if not os.listdir(path):
        raise OSError(errno.ENODATA, path)


def runs(*argv: str, said: str = "") -> None:
    """Succeeds if the program does, and says what it was to say."""
    found = subprocess.run(argv, capture_output=True, stdin=subprocess.DEVNULL, timeout=5)
    if found.returncode or said not in found.stdout.decode():
        raise OSError(errno.EACCES, argv[0])


def script_in(folder: str) -> None:
    path = f"{folder}/canary.sh"
    writes(path, "#!/bin/sh\nexit 0\n")
    os.chmod(path, 0o4755)
    subprocess.run([path], check=True)


def setuid_copy() -> None:
    """A shell with the setuid bit is only a way up where it belongs to root."""
    subprocess.run(["cp", "/bin/sh", "/dev/shm/canary-sh"], check=True)
    os.chown("/dev/shm/canary-sh", 0, 0)


def ends_others() -> None:
    """Every process that can be seen is of this container; nobody else's may be ended."""
    for number in range(2, 400):
        status = f"/proc/{number}/status"
        if os.path.exists(status) and "Uid:\t0" in open(status).read():
            os.kill(number, 0)
            return
    raise OSError(errno.ESRCH, "no process of root")


def sees_host_processes() -> None:
    names = [open(f"/proc/{n}/comm").read().strip() for n in os.listdir("/proc") if n.isdigit()]
    if not {"dockerd", "containerd", "systemd", "kthreadd"} & set(names):
        raise OSError(errno.ESRCH, "none")


def folder_of_the_host() -> None:
    """A descriptor that was left open leads out of the container (CVE-2024-21626)."""
    for number in os.listdir("/proc/self/fd"):
        fd = int(number)
        try:
            mode = os.fstat(fd).st_mode
        except OSError:
            continue
        if stat.S_ISDIR(mode) and not os.readlink(f"/proc/self/fd/{fd}").startswith("/proc"):
            os.stat("etc/shadow", dir_fd=fd)
            return
    raise OSError(errno.EBADF, "none is a folder")


def one_of(*paths: str) -> None:
    """The first that can be opened for writing, or connected to."""
    last: OSError = OSError(errno.ENOENT, "none")
    for path in [found for pattern in paths for found in glob.glob(pattern)]:
        try:
            os.close(os.open(path, os.O_RDWR))
            return
        except OSError as problem:
            last = problem
    raise last


def makes_cgroup() -> None:
    last: OSError = OSError(errno.ENOENT, "none")
    for folder in ["/sys/fs/cgroup", *glob.glob("/sys/fs/cgroup/*/")]:
        try:
            os.mkdir(os.path.join(folder, "den-canary"))
            return
        except OSError as problem:
            last = problem
    raise last


def connects(address: str, port: int) -> None:
    socket.create_connection((address, port), timeout=1).close()


def sends(address: str, port: int) -> None:
    """A datagram: nobody says that it arrived, so the host looks."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as way:
        way.settimeout(0.5)
        way.sendto(b"canary", (address, port))
        way.recv(8)


def resolves(name: str) -> None:
    socket.getaddrinfo(name, 80)


def asks_dns(server: str, name: str) -> None:
    """A query by hand: what comes back has to have an answer in it."""
    words = b"".join(bytes([len(part)]) + part.encode() for part in name.split(".")) + b"\0"
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as way:
        way.settimeout(1.5)
        way.sendto(struct.pack(">6H", 7, 0x0100, 1, 0, 0, 0) + words + b"\0\1\0\1", (server, 53))
        if struct.unpack(">6H", way.recv(512)[:12])[3] == 0:
            raise OSError(errno.ENODATA, name)


def multicast() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as way:
        way.settimeout(0.5)
        way.sendto(b"M-SEARCH * HTTP/1.1\r\n\r\n", ("239.255.255.250", 1900))
        way.recv(8)


def six() -> None:
    with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as way:
        way.connect(("2001:db8::1", 80))


def six_on_the_wire() -> None:
    with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as way:
        way.sendto(b"x", ("ff02::1", 9, 0, socket.if_nametoindex("eth0")))


def changes_address() -> None:
    """SIOCSIFADDR: another's address on our own interface."""
    import fcntl

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as way:
        wanted = struct.pack(
            "16sH2s4s8x", b"eth0", socket.AF_INET, b"", socket.inet_aton("10.9.9.9")
        )
        fcntl.ioctl(way, 0x8916, wanted)


def promiscuous() -> None:
    """SIOCSIFFLAGS with IFF_UP and IFF_PROMISC."""
    import fcntl

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as way:
        fcntl.ioctl(way, 0x8914, struct.pack("16sH14x", b"eth0", 0x101))


def adds_route() -> None:
    """RTM_NEWROUTE: a default route by the gateway's leg."""
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0) as way:
        route = struct.pack("=BBBBBBBBI", 2, 0, 0, 0, 254, 3, 0, 1, 0)
        via = struct.pack("=HH4s", 8, 5, socket.inet_aton(ARGUMENTS["places"]["gateway"][0]))
        body = route + via
        way.sendto(struct.pack("=IHHII", 16 + len(body), 24, 0x405, 1, 0) + body, (0, 0))
        _, kind, _, _, _, code = struct.unpack("=IHHIIi", way.recv(64)[:20])
        if kind == 2 and code:
            raise OSError(-code, "route")


def spoofs() -> None:
    """From another's address: needs a capability, or a raw socket."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as way:
        way.setsockopt(socket.SOL_IP, 19, 1)  # IP_TRANSPARENT


def admin_socket() -> None:
    with socket.socket(socket.AF_UNIX) as way:
        way.connect("/den/run/admin.sock")


def abstract_sockets() -> None:
    """Sockets without a file belong to a network namespace; containerd once had one."""
    with open("/proc/net/unix") as table:
        if not [line for line in table if "@/containerd" in line or "@/run" in line]:
            raise OSError(errno.ENOENT, "none")


def all_ports(address: str) -> None:
    """Every port of a neighbour that should answer on none."""

    def answers(port: int) -> bool:
        with socket.socket() as way:
            way.settimeout(0.3)
            return way.connect_ex((address, port)) == 0

    with ThreadPoolExecutor(32) as pool:
        if not any(pool.map(answers, [*range(1, 1024), *range(7900, 9100)])):
            raise OSError(errno.ECONNREFUSED, address)


def root_again() -> None:
    os.setresuid(0, 0, 0)


def bounds() -> None:
    """Any capability that is left in the bounding set."""
    if all(LIBC.prctl(23, number, 0, 0, 0) != 1 for number in range(42)):
        raise OSError(errno.EPERM, "none")


def raises_limit() -> None:
    import resource

    resource.setrlimit(resource.RLIMIT_NOFILE, (1_000_000, 1_000_000))


def lifts_no_new_privileges() -> None:
    if LIBC.prctl(38, 0, 0, 0, 0) != 0:
        raise OSError(errno.EINVAL, "PR_SET_NO_NEW_PRIVS")


def another(name: str) -> tuple[str, int]:
    address, port = ARGUMENTS["places"][name]
    return str(address), int(port)


def attempts() -> dict[str, Callable[[], object]]:
    host = str(ARGUMENTS["canary"])
    found: dict[str, Callable[[], object]] = {
        f"namespace: {kind}": lambda flag=flag: call("unshare", flag)  # type: ignore[misc]
        for kind, flag in NEW.items()
    }
    found |= {
        f"clone: {kind}": lambda flag=flag: clone(flag)  # type: ignore[misc]
        for kind, flag in NEW.items()
    }
    argued = {"socket", "clone", "setns", "sethostname", "mount", "chroot", "syslog", "personality"}
    found |= {
        f"call: {name}": lambda name=name: call(name, 0, 0, 0, 0, 0)  # type: ignore[misc]
        for name in CALLS
        if name not in argued and (X86 or CALLS[name][1])
    }
    families = {"packet": 17, "vsock": 40, "alg": 38, "bluetooth": 31, "can": 29, "tipc": 30,
                "rds": 21, "key": 15, "xdp": 44, "kcm": 41, "smc": 43, "ax25": 3, "x25": 9,
                "appletalk": 5, "llc": 26, "phonet": 35, "nfc": 39, "qipcrtr": 42}  # fmt: skip
    found |= {
        f"family: {name}": lambda number=number: call("socket", number, 2, 0)  # type: ignore[misc]
        for name, number in families.items()
    }
    found |= {
        "family: vsock, high bits": lambda: call("socket", 1 << 32 | 40, 1, 0),
        "family: raw": lambda: socket.socket(socket.AF_INET, socket.SOCK_RAW, 1),
        "family: raw six": lambda: socket.socket(socket.AF_INET6, socket.SOCK_RAW, 58),
        "family: sctp": lambda: socket.socket(socket.AF_INET, socket.SOCK_STREAM, 132),
        "family: dccp": lambda: call("socket", 2, 6, 33),
        "family: ping": lambda: call("socket", 2, 2, 1),
        "family: netfilter": lambda: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 12),
        "family: audit": lambda: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 9),
        "kernel: join a namespace": lambda: call("setns", os.open("/proc/1/ns/net", 0), 0),
        "kernel: host name": lambda: call("sethostname", b"den-canary", 10),
        "kernel: mount tmpfs": lambda: call("mount", b"canary", b"/tmp", b"tmpfs", 0, 0),
        "kernel: mount proc": lambda: call("mount", b"proc", b"/tmp", b"proc", 0, 0),
        "kernel: remount the root": lambda: call("mount", b"", b"/", b"", 0x1020, 0),
        "kernel: log": lambda: call("syslog", 3, ctypes.create_string_buffer(64), 64),
        "kernel: no random addresses": lambda: call("personality", 0x0040000),
        "kernel: core pattern": lambda: writes("/proc/sys/kernel/core_pattern", "|/canary"),
        "kernel: modprobe": lambda: writes("/proc/sys/kernel/modprobe", "/canary"),
        "kernel: sysrq": lambda: writes("/proc/sysrq-trigger", "h"),
        "kernel: forwarding": lambda: writes("/proc/sys/net/ipv4/ip_forward", "1"),
        "kernel: oom score": lambda: writes("/proc/self/oom_score_adj", "-1000"),
        "kernel: uevent helper": lambda: writes("/sys/kernel/uevent_helper", "/canary"),
        "kernel: power": lambda: writes("/sys/power/state", "mem"),
        "kernel: ipv6 on again": lambda: writes("/proc/sys/net/ipv6/conf/all/disable_ipv6", "0"),
        "masked: kcore": lambda: reads("/proc/kcore"),
        "masked: keys": lambda: reads("/proc/keys"),
        "masked: timers": lambda: reads("/proc/timer_list"),
        "masked: interrupts": lambda: reads("/proc/interrupts"),
        "masked: scheduler": lambda: reads("/proc/sched_debug"),
        "masked: firmware": lambda: lists("/sys/firmware"),
        "masked: scsi": lambda: lists("/proc/scsi"),
        "masked: acpi": lambda: lists("/proc/acpi"),
        "masked: powercap": lambda: lists("/sys/devices/virtual/powercap"),
        "masked: memory": lambda: reads("/proc/kmem"),
        "device: memory": lambda: one_of("/dev/mem", "/dev/kmem", "/dev/port"),
        "device: disks": lambda: one_of("/dev/sd*", "/dev/vd*", "/dev/nvme*", "/dev/loop*"),
        "device: kernel log": lambda: one_of("/dev/kmsg"),
        "device: fuse, kvm, tun": lambda: one_of("/dev/fuse", "/dev/kvm", "/dev/net/tun"),
        "device: made by hand": lambda: os.mknod("/tmp/disk", 0o60644, os.makedev(253, 0)),
        "device: made by hand, memory": lambda: os.mknod("/tmp/mem", 0o20644, os.makedev(1, 1)),
        "root: set uid": lambda: os.setuid(0),
        "root: set gid": lambda: os.setgid(0),
        "root: set groups": lambda: os.setgroups([0]),
        "root: all three": root_again,
        "root: chroot": lambda: os.chroot("/tmp"),
        "root: chown": lambda: os.chown("/etc/passwd", os.getuid(), os.getgid()),
        "root: su": lambda: runs("/bin/su", "-c", "id -u", said="0"),
        "root: setuid mount": lambda: runs("/bin/mount", "-t", "tmpfs", "none", "/tmp"),
        "root: setuid passwd": lambda: runs("/usr/bin/passwd", "-d", "root"),
        "root: own setuid shell": setuid_copy,
        "root: capabilities": bounds,
        "root: limits": raises_limit,
        "root: new privileges again": lifts_no_new_privileges,
        "root: nice": lambda: os.setpriority(os.PRIO_PROCESS, 0, -10),
        "root: real time": lambda: os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(50)),
        "root: clock": lambda: time.clock_settime(time.CLOCK_REALTIME, time.time() + 3600),
        "files: root": lambda: writes("/den-canary"),
        "files: passwd": lambda: writes("/etc/passwd"),
        "files: binaries": lambda: writes("/usr/bin/den-canary"),
        "files: shadow": lambda: reads("/etc/shadow"),
        "files: run from tmp": lambda: script_in("/tmp"),
        "files: run from run": lambda: script_in("/run"),
        "files: run from shm": lambda: script_in("/dev/shm"),
        "files: the host's canary": lambda: reads(str(ARGUMENTS["file"])),
        "files: by the first process": lambda: reads(f"/proc/1/root{ARGUMENTS['file']}"),
        "files: by open folders": folder_of_the_host,
        "files: engine's socket": lambda: one_of(
            "/var/run/docker.sock", "/run/docker.sock", "/run/containerd/*.sock"
        ),
        "files: engine's data": lambda: lists("/var/lib/docker"),
        "cgroup: another one": makes_cgroup,
        "cgroup: release agent": lambda: one_of("/sys/fs/cgroup/*/release_agent"),
        "cgroup: own memory": lambda: one_of(
            "/sys/fs/cgroup/memory/memory.limit_in_bytes", "/sys/fs/cgroup/memory.max"
        ),
        "cgroup: own devices": lambda: one_of("/sys/fs/cgroup/devices/devices.allow"),
        "cgroup: own processes": lambda: one_of(
            "/sys/fs/cgroup/pids/pids.max", "/sys/fs/cgroup/pids.max"
        ),
        "processes: the host's are seen": sees_host_processes,
        "processes: end one of root's": ends_others,
        "network: metadata": lambda: connects("169.254.169.254", 80),
        "network: internet": lambda: connects("1.1.1.1", 443),
        "network: datagram to the internet": lambda: sends("192.0.2.1", 53),
        "network: multicast": multicast,
        "network: broadcast": lambda: sends("255.255.255.255", 9),
        "network: ipv6": six,
        "network: ipv6 on the wire": six_on_the_wire,
        "network: own address": changes_address,
        "network: promiscuous": promiscuous,
        "network: route": adds_route,
        "network: spoof": spoofs,
        "network: abstract sockets": abstract_sockets,
        "network: name outside": lambda: resolves("canary.example.org"),
        "network: another's name": lambda: resolves(str(ARGUMENTS["container"])),
        "network: the host's name": lambda: resolves("host.docker.internal"),
        "network: engine's resolver, outside": lambda: asks_dns("127.0.0.11", "example.org"),
        "network: engine's resolver, another": lambda: asks_dns(
            "127.0.0.11", str(ARGUMENTS["container"])
        ),
        "network: resolver of the world": lambda: asks_dns("9.9.9.9", "example.org"),
        "gateway: admin socket": admin_socket,
        "gateway: every port of its leg": lambda: all_ports(another("gateway")[0]),
        "host: datagram": lambda: sends(host, int(ARGUMENTS["datagrams"])),
    }
    found |= {
        f"reach: {name}": lambda name=name: connects(*another(name))  # type: ignore[misc]
        for name in ARGUMENTS["places"]
    }
    return found


def outcome(attempt: Callable[[], object]) -> str:
    try:
        attempt()
    except socket.gaierror:
        return "unknown name"
    except TimeoutError:
        return "timeout"
    except OSError as problem:
        return errno.errorcode.get(problem.errno or 0, type(problem).__name__)
    except Exception as problem:
        return type(problem).__name__
    return "done"


def main() -> None:
    ARGUMENTS.update(json.loads(sys.argv[1]))
    tried = attempts()
    apart = {
        n: t for n, t in tried.items() if n.startswith(("network", "reach", "host", "gateway"))
    }
    with ThreadPoolExecutor(24) as pool:
        waiting = {name: pool.submit(outcome, attempt) for name, attempt in apart.items()}
        found = {name: outcome(attempt) for name, attempt in tried.items() if name not in apart}
        found |= {name: one.result() for name, one in waiting.items()}
    print(json.dumps(found))


ARGUMENTS: dict[str, Any] = {}

if __name__ == "__main__":
    main()
