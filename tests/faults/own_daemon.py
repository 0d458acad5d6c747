"""A second daemon beside the real one, to be killed: in a network namespace of its own.

A daemon without a namespace would take the first one's bridge away when it starts.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

import docker

from sandboxctl.engine import daemon
from sandboxctl.engine.daemon import GIB, Place
from tests import dens


@dataclass(frozen=True)
class OwnDaemon:
    place: Place

    @property
    def socket(self) -> str:
        return str(self.place.socket)

    def start(self) -> None:
        daemon.start(self.place, lambda _: None)

    def stop(self) -> None:
        """As an administrator does: what runs is asked to end first."""
        assert daemon.stop(self.place, lambda _: None)

    def kill(self) -> None:
        """Without a word to anybody; what it had started runs on, for a while."""
        process = daemon.running(self.place)
        assert process
        os.kill(process, signal.SIGKILL)
        dens.until(lambda: daemon.running(self.place) is None)
        # Where nobody asks after them, processes that were killed keep their numbers: a daemon
        # that is started now would take itself and its containerd for running.
        self.place.pidfile.unlink()
        (self.place.exec_root / "containerd" / "containerd.pid").unlink()

    def take(self, tags: Collection[str], api: docker.APIClient) -> None:
        """Images from another engine, so that none has to be built here."""
        with contextlib.closing(docker.APIClient(self.place.url, version="auto")) as own:
            url = f"{api.base_url}/v{api.api_version}/images/get"
            with api.get(url, params={"names": sorted(tags)}, stream=True, timeout=120) as packed:
                assert packed.ok, packed.text
                list(own.load_image(packed.iter_content(2**20)))  # type: ignore[no-untyped-call]


@contextlib.contextmanager
def own_daemon(folder: Path) -> Iterator[OwnDaemon]:
    """One that runs; it is gone afterwards, with all that it had."""
    space = f"den-{secrets.token_hex(4)}"
    short = Path(tempfile.mkdtemp(prefix="den-"))  # a socket's path has at most 104 characters
    place = Place(
        root=folder,
        socket=short / "docker.sock",
        exec_root=short / "exec",
        log=folder / "dockerd.log",
        systemd=folder / "none",
        size=4 * GIB,
        enter=("nsenter", f"--net=/run/netns/{space}", "--"),
    )
    subprocess.run(["ip", "netns", "add", space], check=True)
    try:
        subprocess.run(["ip", "-n", space, "link", "set", "lo", "up"], check=True)
        one = OwnDaemon(place)
        one.start()
        try:
            yield one
        finally:
            try:
                if daemon.running(place) is None:
                    one.start()  # so that it ends what it had started
            finally:
                _end_all(place)
                daemon.stop(place, lambda _: None, remove=True)
    finally:
        subprocess.run(["ip", "netns", "delete", space], check=True)
        shutil.rmtree(short, ignore_errors=True)


def _end_all(place: Place) -> None:
    """Containers that a daemon which was killed has left: nobody else knows this folder."""
    mark = f"{place.exec_root}/containerd/".encode()
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if b"containerd-shim" in (told := (process / "cmdline").read_bytes()) and mark in told:
                children = (process / "task" / process.name / "children").read_text().split()
                for number in (*children, process.name):
                    os.kill(int(number), signal.SIGKILL)
