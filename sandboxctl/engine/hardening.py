"""What a container is created with, and whether the engine did as it was asked.

A daemon drops limits it cannot enforce and says so only in a warning; so every field set here
is read back after create (CIS Docker Benchmark 1.6, section 5).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sandboxctl.errors import EngineError
from sandboxctl.sandbox.labels import Owner
from sandboxctl.sandbox.operations import Place
from sandboxctl.sandbox.recipe import Container

MEBIBYTE = 1024 * 1024
_TMPFS = "rw,noexec,nosuid,nodev"
_HARMLESS = ("swap limit capabilities",)
"""A warning that is no error: without swap accounting the memory limit still holds."""


@dataclass(frozen=True, slots=True)
class Identity:
    """What only the engine knows when a container is made: its names, its image, its user, and
    which VOLUMEs and labels the image brings."""

    name: str
    network: str
    image: str
    user: str
    owner: Owner
    volumes: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()


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
        "Labels": {**_blanked(who.labels), **who.owner.labels()},
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


def _blanked(names: Iterable[str]) -> dict[str, str]:
    """An image's own labels pass to its containers, where we, Compose, or a proxy on the same host
    would believe them: each says nothing."""
    return dict.fromkeys(names, "")


def host_config(container: Container, place: Place, who: Identity) -> dict[str, Any]:
    """Everything that confines one service."""
    peers = [f"{name}:{ip}" for name, ip in place.addresses.items() if name != container.name]
    return {
        **confined(container.memory, container.cpus, container.pids),
        "CapAdd": [f"CAP_{name}" for name in container.capabilities],
        "NetworkMode": who.network,
        "ReadonlyRootfs": not (container.stateful or container.writable_root),
        "Tmpfs": tmpfs(who.user, [v for v in who.volumes if v not in container.writable]),
        "Dns": ["127.0.0.1"],
        "DnsOptions": ["timeout:1", "attempts:1"],
        "ExtraHosts": peers,
        "RestartPolicy": {"Name": "on-failure", "MaximumRetryCount": 3},
    }


def confined(memory: int, cpus: float, pids: int) -> dict[str, Any]:
    """The part of a HostConfig that is the same for every container a den has, the gateway too."""
    return {
        "CapDrop": ["ALL"],
        "CapAdd": [],
        "SecurityOpt": ["no-new-privileges:true"],
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


def check(
    asked: Mapping[str, Any], warnings: Sequence[str] | None, found: Mapping[str, Any]
) -> None:
    """Compare what was asked with what the engine made of it.

    Raises EngineError naming each field that differs, or the engine's own warning."""
    told = [text for text in warnings or () if not any(known in text for known in _HARMLESS)]
    wrong = [
        f"{field} is {found['HostConfig'].get(field)!r}, not {value!r}"
        for field, value in asked["HostConfig"].items()
        if not _same(value, found["HostConfig"].get(field))
    ]
    wrong += [
        f"{field} is {found['Config'].get(field)!r}, not {asked[field]!r}"
        for field in ("User", "Labels")
        if not _holds(asked[field], found["Config"].get(field))
    ]
    if told or wrong:
        raise EngineError(
            "the engine did not confine a container as it was asked: " + "; ".join([*told, *wrong]),
            hint="The container was removed. `sandboxctl doctor` shows what this engine cannot do.",
        )


def _same(asked: Any, found: Any) -> bool:
    """Empty and absent are one; the engine may write Ulimits in another order."""
    if not asked and not found:
        return True
    if isinstance(asked, list) and isinstance(found, list):
        return sorted(map(_canonical, asked)) == sorted(map(_canonical, found))
    return bool(asked == found)


def _canonical(value: Any) -> str:
    return json.dumps(value, sort_keys=True)


def _holds(asked: Any, found: Any) -> bool:
    if isinstance(asked, Mapping):
        return asked.items() <= (found or {}).items()
    return bool(asked == found)
