"""A Docker daemon of our own, for machines where nothing else would start one.

Its data folder lies on XFS with reflinks, in a loop-mounted sparse file: there a filled database
is opened copy-on-write by block, not by file, so the first query after a reset copies nothing.
"""

from __future__ import annotations

import os
import shutil
import socket
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sandboxctl.engine.root import as_root, tail
from sandboxctl.errors import EngineError

if TYPE_CHECKING:
    from docker.tls import TLSConfig

    from sandboxctl.engine.protocol import Note

GIB = 2**30
SIZE, SHARE, LEAST = 40 * GIB, 0.6, 1 * GIB
START_WITHIN, STOP_WITHIN = 60.0, 40.0

# setsid: it outlives this command and its terminal. $0 is the log, $! the daemon's own id.
LAUNCH = 'trap "" HUP; setsid "$@" >"$0" 2>&1 </dev/null & echo $!'
CLONE = 'cd "$0" && : >.a && cp --reflink=always .a .b; s=$?; rm -f .a .b; exit $s'
CGROUPS = '[ -n "$(ls -A /sys/fs/cgroup)" ] || mount -t cgroup2 cgroup2 /sys/fs/cgroup'


@dataclass(frozen=True, slots=True)
class Place:
    """Where our daemon keeps what; ``enter`` is what it is run under, such as ``unshare --net``.

    ``patience``  seconds until it has to answer.
    """

    root: Path = Path("/var/lib/sandboxctl")
    socket: Path = Path("/var/run/docker.sock")
    exec_root: Path = Path("/var/run/docker")
    log: Path = Path("/var/log/sandboxctl-dockerd.log")
    systemd: Path = Path("/run/systemd/system")
    size: int = SIZE
    patience: float = START_WITHIN
    enter: tuple[str, ...] = ()
    options: tuple[str, ...] = ()

    @property
    def disk(self) -> Path:
        return self.root / "engine.xfs"

    @property
    def data(self) -> Path:
        return self.root / "engine"

    @property
    def pidfile(self) -> Path:
        return self.root / "engine.pid"

    @property
    def url(self) -> str:
        return f"unix://{self.socket}"

    @property
    def command(self) -> list[str]:
        """The daemon and its options; its socket belongs to the group of who asked for it."""
        files = {"--exec-root": self.exec_root, "--data-root": self.data, "--pidfile": self.pidfile}
        paths = [f"{option}={path}" for option, path in files.items()]
        group = [f"--group={os.getgid()}"] if os.getuid() else []
        return [*self.enter, "dockerd", f"--host={self.url}", *paths, *group, *self.options]


def last_words(log: Path) -> str:
    """The end of a daemon's log, without what it only mentions."""
    lines = as_root("cat", str(log)).splitlines()
    return tail("\n".join(line for line in lines if "level=info" not in line))


def answers(url: str, tls: TLSConfig | None = None) -> bool:
    """Whether a Docker Engine of any version answers at ``url`` within five seconds."""
    if url.startswith("unix://"):
        return _socket_answers(url.removeprefix("unix://"))
    import docker

    try:
        # A version only so that it asks for none: the ping itself is sent without one.
        client = docker.APIClient(base_url=url, version="1.41", timeout=5, tls=tls or False)
        with closing(client):
            return client.get(f"{client.base_url}/_ping", timeout=5).ok
    except Exception:  # noqa: BLE001  docker, requests, paramiko and ssl each raise their own
        return False


def _socket_answers(path: str) -> bool:
    try:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(5)
            connection.connect(path)
            connection.sendall(b"GET /_ping HTTP/1.0\r\nHost: docker\r\n\r\n")
            return b" 200 " in connection.recv(64)
    except OSError:
        return False


def reflinks(folder: Path) -> bool:
    """Whether a file in ``folder`` can share its blocks with a copy."""
    try:
        as_root("sh", "-c", CLONE, str(folder))
    except EngineError:
        return False
    return True


def disk_size(free: int, wanted: int = SIZE) -> int:
    """Bytes of the sparse file: ``wanted``, and never more than 60 % of what is free."""
    return min(wanted, int(free * SHARE))


def _lay_disk(place: Place, note: Note) -> None:
    if place.data.is_mount():
        return
    as_root("mkdir", "-p", str(place.data))
    if reflinks(place.data) or as_root("ls", "-A", str(place.data)):
        return
    try:
        if not place.disk.exists():
            _make_disk(place, note)
        as_root("mount", "-o", "loop", str(place.disk), str(place.data))
    except EngineError as error:
        note(f"No XFS with reflinks here, a plain folder instead; resets will be slower. {error}")


def _make_disk(place: Place, note: Note) -> None:
    size = disk_size(shutil.disk_usage(place.root).free, place.size)
    if size < LEAST:
        raise EngineError(f"{size / GIB:.1f} GiB are too little", hint="Free some disk space.")
    note(f"Making {place.disk}: XFS with reflinks, up to {size / GIB:.0f} GiB, empty at first")
    new = f"{place.disk}.new"
    as_root("truncate", "-s", str(size), new)
    as_root("mkfs.xfs", "-q", "-f", "-m", "reflink=1", new)
    as_root("mv", new, str(place.disk))


def running(place: Place) -> int | None:
    """The process id of our daemon; None where it does not run."""
    try:
        number = int(place.pidfile.read_text())
        command = Path(f"/proc/{number}/cmdline").read_bytes().decode(errors="replace").split("\0")
    except (OSError, ValueError):
        return None
    return number if f"--pidfile={place.pidfile}" in command else None


def start(place: Place, note: Note) -> str:
    """Start the daemon unless it answers, wait until it does; its URL.

    EngineError quotes the end of the log; then nothing is left running or mounted.
    """
    if answers(place.url):
        return place.url
    as_root("mkdir", "-p", str(place.root))
    as_root("sh", "-c", CGROUPS)
    _lay_disk(place, note)
    note(f"Starting dockerd: data in {place.data}, log in {place.log}")
    process = int(as_root("sh", "-c", LAUNCH, str(place.log), *place.command))
    if not _comes_up(place, process):
        why = last_words(place.log)
        _end(process)
        stop(place, lambda _: None)
        raise EngineError(
            f"dockerd did not start:\n{why}",
            hint=f"All of it is in {place.log}. A container needs --privileged to run an engine.",
        )
    return place.url


def _comes_up(place: Place, process: int) -> bool:
    deadline = time.monotonic() + place.patience
    while time.monotonic() < deadline:
        if answers(place.url):
            return True
        if not _lives(process):
            break
        time.sleep(0.2)
    return answers(place.url)


def _lives(process: int) -> bool:
    """A process that ended keeps its number until somebody asks after it: as a zombie. (Its
    command line is no sign: it is empty for a moment whenever a process becomes another program.)
    """
    try:
        stat = Path(f"/proc/{process}/stat").read_text()
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[0] not in ("Z", "X")


def _end(process: int) -> None:
    """What was launched is gone when this returns, even if it has written no pidfile yet."""
    for signal, seconds in (("TERM", STOP_WITHIN), ("KILL", 5.0)):
        as_root("sh", "-c", 'kill -"$1" "$0" 2>/dev/null || :', str(process), signal)
        deadline = time.monotonic() + seconds
        while _lives(process) and time.monotonic() < deadline:
            time.sleep(0.1)


def stop(place: Place, note: Note, *, remove: bool = False) -> bool:
    """Stop the daemon that ``start`` started and no other; whether there was one.

    The data stays for the next start unless ``remove``.
    """
    process = running(place)
    if process:
        note(f"Stopping dockerd (process {process})")
        as_root("sh", "-c", 'kill -TERM "$0"', str(process))
        _wait_gone(process, place)
    if place.data.is_mount():
        _unmount(place)
    if remove:
        as_root("rm", "-rf", "--one-file-system", str(place.data), str(place.disk))
    return process is not None


def _unmount(place: Place) -> None:
    """What dockerd had started may hold the disk for a moment longer than dockerd itself."""
    deadline = time.monotonic() + STOP_WITHIN
    while True:
        try:
            as_root("umount", "--recursive", str(place.data))
        except EngineError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)
        else:
            return


def _wait_gone(process: int, place: Place) -> None:
    deadline = time.monotonic() + STOP_WITHIN
    while running(place) == process:
        if time.monotonic() > deadline:
            why = last_words(place.log)
            raise EngineError(f"dockerd does not stop:\n{why}", hint=f"sudo kill -9 {process}")
        time.sleep(0.1)
