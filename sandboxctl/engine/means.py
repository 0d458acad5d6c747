"""What an engine has to confine with: AppArmor, gVisor, and what it should hide of its host."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sandboxctl.engine.translate import in_our_words
from sandboxctl.errors import EngineError

if TYPE_CHECKING:
    from docker import APIClient

    from sandboxctl.sandbox.den import Runtime

MASKED = (
    "/proc/acpi",
    "/proc/asound",
    "/proc/interrupts",
    "/proc/kcore",
    "/proc/keys",
    "/proc/latency_stats",
    "/proc/sched_debug",
    "/proc/scsi",
    "/proc/timer_list",
    "/proc/timer_stats",
    "/sys/devices/virtual/powercap",
    "/sys/firmware",
)
"""What no container may read. A list that is given takes the place of the engine's own, so this
is the newest engine's (28); `doctor --isolation` tells if an engine hides more."""

READ_ONLY = ("/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger")

_MOST = 256
"""Processors whose heat is hidden: each is a mount when a container starts."""


@dataclass(frozen=True, slots=True)
class Means:
    """``runtime``  the OCI runtime that was chosen; empty: the engine's own default.
    ``processors``  how many the host has: what they say of their heat is hidden, too."""

    apparmor: bool = False
    runtime: str = ""
    processors: int = 0

    def security(self) -> list[str]:
        """What of it stands in `SecurityOpt`. SELinux, where there is one, is the engine's."""
        return ["apparmor=docker-default"] if self.apparmor else []

    def masked(self) -> list[str]:
        heat = (
            f"/sys/devices/system/cpu/cpu{number}/thermal_throttle"
            for number in range(min(self.processors, _MOST))
        )
        return [*MASKED, *heat]


def read(api: APIClient, runtime: Runtime = "") -> Means:
    """EngineError DEN901 if the den wants a runtime that the engine does not have."""
    with in_our_words("asking what the engine confines with"):
        info = api.info()
    return told(info, runtime)


def told(info: Mapping[str, Any], runtime: Runtime = "") -> Means:
    """The same from what `GET /info` says."""
    has = sorted(info.get("Runtimes") or ())
    if runtime and runtime not in has:
        raise EngineError(
            f"the den wants the runtime {runtime}, and this engine has {', '.join(has) or 'none'}",
            hint="Add it to the engine's `daemon.json` and restart the engine, or take what it "
            "has: `sandboxctl den --unset runtime`.",
            code="DEN901",
        )
    security = " ".join(info.get("SecurityOptions") or ())
    return Means("name=apparmor" in security, runtime, int(info.get("NCPU") or 0))
