"""CIS Docker Benchmark 1.6, section 5: the checks of a running container, against its `inspect`.

Not among them: 5.1 (Swarm), 5.3 where the engine has no SELinux. 5.13 is for containers that keep
nothing: a database has to write. 5.27 asks for a health check, which is ours and comes from the
gateway, so that an image's own is never run.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any

from sandboxctl.engine import seccomp

Inspected = Mapping[str, Any]
SENSITIVE = ("/", "/boot", "/dev", "/etc", "/lib", "/proc", "/sys", "/usr", "/var/run", "/run")


def _host(field: str, *fine: Any) -> Callable[[Inspected], bool]:
    return lambda seen: (seen["HostConfig"].get(field) or fine[0]) in fine


def _security(seen: Inspected) -> list[str]:
    return list(seen["HostConfig"]["SecurityOpt"] or ())


def _bindings(seen: Inspected) -> Iterator[Mapping[str, str]]:
    for places in (seen["NetworkSettings"]["Ports"] or {}).values():
        yield from places or ()


def _is_gateway(seen: Inspected) -> bool:
    return str(seen["Config"]["Labels"]["org.sandboxctl.kind"]) in ("door", "gateway")


def _again(seen: Inspected) -> bool:
    policy = seen["HostConfig"]["RestartPolicy"]
    never = policy["Name"] in ("", "no")
    return never or (policy["Name"] == "on-failure" and policy["MaximumRetryCount"] <= 5)


def _user(seen: Inspected) -> bool:
    uid, _, gid = seen["Config"]["User"].partition(":")
    return int(uid) > 0 and int(gid) > 0


def _keeps_data(seen: Inspected) -> bool:
    """Whether the test said so of this service: see `failed`."""
    return bool(seen.get("keeps data"))


CHECKS: Mapping[str, Callable[[Inspected], bool]] = {
    "4.1 not root": _user,
    "5.4 no capabilities": lambda s: (
        s["HostConfig"]["CapDrop"] == ["ALL"]
        and set(s["HostConfig"]["CapAdd"] or ()) <= set(s.get("granted", ()))
    ),
    "5.5 not privileged": _host("Privileged", False),
    "5.6 no folder of the host": lambda s: (
        not s["HostConfig"]["Binds"]
        and all(m["Type"] in ("volume", "tmpfs") for m in s["Mounts"])
        and all(m["Destination"] not in SENSITIVE for m in s["Mounts"] if m["Type"] != "tmpfs")
    ),
    "5.8 no privileged port": lambda s: all(int(b["HostPort"]) >= 1024 for b in _bindings(s)),
    "5.9 only ports that are needed": lambda s: _is_gateway(s) or not list(_bindings(s)),
    "5.10 not the host's network": lambda s: s["HostConfig"]["NetworkMode"] != "host",
    "5.11 memory": lambda s: 0 < s["HostConfig"]["Memory"] == s["HostConfig"]["MemorySwap"],
    "5.12 processors": lambda s: (
        s["HostConfig"]["NanoCpus"] > 0 and s["HostConfig"]["CpuShares"] > 0
    ),
    "5.13 read-only root": lambda s: _keeps_data(s) or s["HostConfig"]["ReadonlyRootfs"],
    "5.14 one address of the host": lambda s: all(
        b["HostIp"] not in ("", "0.0.0.0", "::") for b in _bindings(s)
    ),
    "5.15 started again at most 5 times": _again,
    "5.16 not the host's processes": _host("PidMode", ""),
    "5.17 not the host's IPC": _host("IpcMode", "private"),
    "5.18 no devices": lambda s: (
        not any(
            s["HostConfig"].get(field)
            for field in ("Devices", "DeviceRequests", "DeviceCgroupRules")
        )
    ),
    "5.19 ulimits": lambda s: (
        {"nofile", "core", "memlock"} <= {u["Name"] for u in s["HostConfig"]["Ulimits"]}
    ),
    "5.20 no shared mounts": lambda s: all(
        m.get("Propagation", "") in ("", "private", "rprivate") for m in s["Mounts"]
    ),
    "5.21 not the host's name": _host("UTSMode", ""),
    "5.22 seccomp": lambda s: f"seccomp={seccomp.profile()}" in _security(s),
    "5.25 no other control group": _host("CgroupParent", ""),
    "5.26 no new privileges": lambda s: "no-new-privileges:true" in _security(s),
    "5.27 an image's own check is not run": lambda s: (
        s["Config"]["Healthcheck"]["Test"] == ["NONE"]
    ),
    "5.28 a pinned image": lambda s: (
        ":" in s["Config"]["Image"] and not s["Config"]["Image"].endswith(":latest")
    ),
    "5.29 processes": lambda s: 0 < s["HostConfig"]["PidsLimit"] <= 1024,
    "5.30 not docker0": lambda s: (
        s["HostConfig"]["NetworkMode"] not in ("default", "bridge", "")
        and "bridge" not in s["NetworkSettings"]["Networks"]
    ),
    "5.31 not the host's users": _host("UsernsMode", ""),
    "5.32 no engine's socket": lambda s: "docker.sock" not in str((s["Mounts"], s["HostConfig"])),
}


def failed(
    seen: Inspected,
    info: Mapping[str, Any],
    *,
    keeps_data: bool = False,
    granted: Collection[str] = (),
) -> list[str]:
    """The checks that a container does not pass. ``info``  what the engine says of itself,
    ``granted``  capabilities that a facilitator allowed, as ``CAP_CHOWN``."""
    noted = {**seen, "keeps data": keeps_data, "granted": granted}
    found = [name for name, check in CHECKS.items() if not check(noted)]
    if "name=apparmor" in str(info["SecurityOptions"]):
        profile = seen.get("AppArmorProfile")
        found += [] if profile == "docker-default" else [f"5.2 AppArmor: {profile}"]
    return found


def failed_execs(ran: Iterator[Mapping[str, Any]]) -> list[str]:
    """Of commands inside: 5.23 not privileged, 5.24 not as root."""
    found = []
    for one in ran:
        process = one["ProcessConfig"]
        if process.get("privileged"):
            found.append(f"5.23 privileged: {process['entrypoint']}")
        if str(process.get("user", "")).partition(":")[0] in ("0", "root"):
            found.append(f"5.24 as root: {process['entrypoint']}")
    return found
