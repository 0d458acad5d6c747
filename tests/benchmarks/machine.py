"""The machine that was measured on, in facts that say nothing about whose it is."""

from __future__ import annotations

import os
import platform
from pathlib import Path

import docker

from sandboxctl.engine.connect import where
from sandboxctl.engine.docker import DockerEngine
from sandboxctl.lifecycle import machine
from sandboxctl.sandbox.den import Den
from tests.benchmarks import compose

SHARES = {True: "yes", False: "no", None: "cannot be seen from here"}


def described() -> dict[str, str]:
    """Cores, memory, versions, and where the engine keeps its layers. No names of hosts."""
    api = docker.APIClient(base_url=where(Den()) or None, version="auto")
    try:
        info = api.info()
    finally:
        api.close()
    status = dict(info.get("DriverStatus") or ())
    backing = str(status.get("Backing Filesystem", "unknown"))
    return {
        "cores": str(info["NCPU"]),
        "processor": _processor(),
        "memory": f"{info['MemTotal'] / 1024**3:.1f} GiB",
        "kernel": ".".join(platform.release().split("-")[0].split(".")[:2]),
        "system": str(info["OperatingSystem"]),
        "engine": f"Docker Engine {info['ServerVersion'].split('+')[0]}, API {api.api_version}",
        "storage": f"{info['Driver']} on {backing}",
        "reflinks": SHARES[machine.reflinks(Path(info["DockerRootDir"]))],
        "python": platform.python_version(),
        "compose": compose.version() or "not installed",
    }


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def used(root: Path) -> int:
    """Bytes that the file system of ``root`` says are taken; blocks shared by many count once."""
    os.sync()
    now = os.statvfs(root)
    return (now.f_blocks - now.f_bfree) * now.f_frsize


def root(engine: DockerEngine) -> Path:
    """Where the engine keeps its layers, if that is on this machine."""
    return Path(engine._api.info()["DockerRootDir"])
