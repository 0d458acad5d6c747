"""What a container is created with (CIS Docker Benchmark 1.6, section 5).

Every field that is set here is read back after create: `readback.py`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from sandboxctl.engine import seccomp
from sandboxctl.engine.means import READ_ONLY, Means
from sandboxctl.sandbox.labels import DISK, SECRETS, Owner
from sandboxctl.sandbox.operations import Place
from sandboxctl.sandbox.recipe import Container

MEBIBYTE = 1024 * 1024
_TMPFS = "rw,noexec,nosuid,nodev"


@dataclass(frozen=True, slots=True)
class Identity:
    """What only the engine knows when a container is made: its names, its image, its user,
    which VOLUMEs and labels the image brings, and what there is to confine it with."""

    name: str
    network: str
    image: str
    user: str
    owner: Owner
    volumes: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    means: Means = field(default_factory=Means)


def body(container: Container, place: Place, who: Identity) -> dict[str, Any]:
    """The body of ``POST /containers/create`` (Engine API 1.41)."""
    environment = container.environment | {
        name: place.secrets[name] for name in container.secrets if name in place.secrets
    }
    return {
        "Image": who.image,
        "Cmd": list(container.command) if container.command is not None else None,
        "Entrypoint": list(container.entrypoint) if container.entrypoint is not None else None,
        "WorkingDir": container.working_dir,
        "Env": [f"{name}={value}" for name, value in environment.items()],
        "User": who.user,
        "Hostname": container.name,
        "Labels": {**_blanked(who.labels), **_told(container), **who.owner.labels()},
        "StopSignal": container.stop_signal,
        "StopTimeout": round(container.grace),
        "Healthcheck": {"Test": ["NONE"]},
        "HostConfig": host_config(container, place, who),
        "NetworkingConfig": {
            "EndpointsConfig": {
                who.network: {"IPAMConfig": {"IPv4Address": place.addresses[container.name]}}
            }
        },
    }


def _told(container: Container) -> dict[str, str]:
    """What `watch` and the masking of secrets have to know of a container on its own."""
    disk = str(container.disk) if container.stateful else ""
    return {DISK: disk, SECRETS: ",".join(container.secrets)}


def _blanked(names: Iterable[str]) -> dict[str, str]:
    """An image's own labels pass to its containers, where we, Compose, or a proxy on the same host
    would believe them: each says nothing."""
    return dict.fromkeys(names, "")


def host_config(container: Container, place: Place, who: Identity) -> dict[str, Any]:
    """Everything that confines one service."""
    peers = [f"{name}:{ip}" for name, ip in place.addresses.items() if name != container.name]
    return {
        **confined(container.memory, container.cpus, container.pids, who.means),
        "CapAdd": [f"CAP_{name}" for name in container.capabilities],
        **({"Runtime": who.means.runtime} if who.means.runtime else {}),
        "NetworkMode": who.network,
        "ReadonlyRootfs": not (container.stateful or container.writable_root),
        "Tmpfs": tmpfs(who.user, [v for v in who.volumes if v not in container.writable]),
        "Dns": ["127.0.0.1"],
        "DnsOptions": ["timeout:1", "attempts:1"],
        "ExtraHosts": peers,
        "RestartPolicy": {"Name": "on-failure", "MaximumRetryCount": 3},
    }


def confined(memory: int, cpus: float, pids: int, means: Means) -> dict[str, Any]:
    """The part of a HostConfig that is the same for every container a den has, the gateway too."""
    profile = f"seccomp={seccomp.profile()}"
    return {
        "CapDrop": ["ALL"],
        "CapAdd": [],
        "SecurityOpt": ["no-new-privileges:true", profile, *means.security()],
        "MaskedPaths": means.masked(),
        "ReadonlyPaths": list(READ_ONLY),
        "Privileged": False,
        "PublishAllPorts": False,
        "Memory": memory,
        "MemorySwap": memory,
        "NanoCpus": round(cpus * 1e9),
        "CpuShares": 512,
        "PidsLimit": pids,
        "OomScoreAdj": 500,
        "OomKillDisable": False,
        "ShmSize": 64 * MEBIBYTE,
        "Ulimits": [
            {"Name": "nofile", "Soft": 4096, "Hard": 4096},
            {"Name": "core", "Soft": 0, "Hard": 0},
            {"Name": "memlock", "Soft": 65_536, "Hard": 65_536},
        ],
        "Sysctls": {
            "net.ipv6.conf.all.disable_ipv6": "1",
            "net.ipv4.ping_group_range": "1 0",
        },
        "LogConfig": {
            "Type": "json-file",
            "Config": {
                "max-size": "10m",
                "max-file": "3",
                "mode": "non-blocking",
                "max-buffer-size": "1m",
            },
        },
        "IpcMode": "private",
        "CgroupnsMode": "private",
        "Init": True,
        "Binds": [],
        "Devices": [],
        "GroupAdd": [],
        "Links": [],
        "VolumesFrom": [],
    }


def tmpfs(user: str, covered: Iterable[str] = ()) -> dict[str, str]:
    """Scratch folders in memory; ``mode=`` is ignored where the folder exists, so the owner is
    always named. ``covered`` are VOLUMEs of an image: else their data would outlive us."""
    uid, _, gid = user.partition(":")
    owner = f"uid={uid},gid={gid or uid}"
    scratch = {
        "/tmp": f"{_TMPFS},size=64m,nr_inodes=16384,mode=1777,{owner}",
        "/run": f"{_TMPFS},size=16m,nr_inodes=4096,mode=0755,{owner}",
    }
    volumes = dict.fromkeys(covered, f"{_TMPFS},size=64m,nr_inodes=16384,mode=0755,{owner}")
    return volumes | scratch
