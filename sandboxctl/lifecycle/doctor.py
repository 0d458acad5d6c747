"""`doctor`: is this a den? Facts of an engine and of a machine become verdicts, in words.

Pure: the facts are read in `engine/facts.py` and `lifecycle/machine.py`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from ipaddress import IPv4Network
from typing import Literal

from sandboxctl.errors import EngineError, SandboxError
from sandboxctl.lifecycle import shared_limits
from sandboxctl.sandbox.den import Den

Verdict = Literal["OK", "ATTENTION", "FAILED"]
GIBIBYTE = 1024**3
LEAST_MEMORY = 2 * GIBIBYTE
OLDEST, SKEW = (1, 41), timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Check:
    """One question, its answer, and the command that mends it. ``exit_code`` counts if FAILED."""

    name: str
    verdict: Verdict
    what: str
    mend: str = ""
    exit_code: int = 1


@dataclass(frozen=True, slots=True)
class EngineFacts:
    """What an engine says of itself. Bytes and cores; ``networks`` those of other owners;
    ``missing`` images of ours that are not made yet; ``gateway`` whether this den's one runs;
    ``strangers`` what looks like this den's and is not."""

    url: str
    version: str
    api: str
    storage: str
    folder: str
    memory: int
    cpus: int
    cgroup: str
    security: tuple[str, ...]
    warnings: tuple[str, ...]
    time: datetime
    networks: tuple[IPv4Network, ...] = ()
    own: tuple[IPv4Network, ...] = ()
    missing: tuple[str, ...] = ()
    base: bool = False
    gateway: bool = False
    runtimes: tuple[str, ...] = ()
    strangers: tuple[str, ...] = ()

    @property
    def is_here(self) -> bool:
        return not self.url or self.url.startswith("unix://")


@dataclass(frozen=True, slots=True)
class MachineFacts:
    """What this machine says. ``reflinks`` of the engine's data: None is not seen from here."""

    time: datetime
    routes: tuple[IPv4Network, ...] = ()
    port_taken: str = ""
    reflinks: bool | None = None
    programs: frozenset[str] = field(default_factory=frozenset)
    shared: Mapping[str, int] = field(default_factory=dict)


def engine_away(error: EngineError) -> Check:
    return Check("engine", "FAILED", str(error), error.hint, exit_code=error.exit_code)


def checks(den: Den, engine: EngineFacts, machine: MachineFacts) -> Sequence[Check]:
    """Every check, in the order in which they are worth mending."""
    return [
        *_engine(engine, machine),
        *_isolation(engine),
        _runtime(den, engine),
        *_strangers(engine),
        *_place(den, engine, machine),
        *_images(den, engine, machine),
        *_shared(machine),
    ]


def exit_code(found: Sequence[Check]) -> int:
    """0 where a den can be; else that of the first check that failed."""
    return next((check.exit_code for check in found if check.verdict == "FAILED"), 0)


def _engine(engine: EngineFacts, machine: MachineFacts) -> Iterator[Check]:
    where = engine.url or "the usual socket"
    yield Check("engine", "OK", f"Docker Engine {engine.version} at {where}")
    spoken = tuple(int(part) for part in engine.api.split("."))
    if spoken < OLDEST:
        what = f"API {engine.api}; 1.41 (Engine 20.10) is the oldest that will do"
        yield Check(
            "version", "FAILED", what, "Upgrade the engine.", exit_code=EngineError.exit_code
        )
    else:
        yield Check("version", "OK", f"API {engine.api}")
    gib, enough = engine.memory / GIBIBYTE, engine.memory >= LEAST_MEMORY
    yield Check(
        "memory and processors",
        "OK" if enough else "ATTENTION",
        f"{gib:.1f} GiB, {engine.cpus} processors",
        ""
        if enough
        else "Use a machine with 2 GiB or more; each sandbox asks for what its blueprint says.",
    )
    yield _clock(engine, machine)


def _clock(engine: EngineFacts, machine: MachineFacts) -> Check:
    apart = abs(engine.time - machine.time)
    if apart > SKEW:
        what = f"the engine's clock is {round(apart.total_seconds())} s off this machine's"
        return Check(
            "clock", "ATTENTION", what, "Let both follow a time server: leases end by the clock."
        )
    return Check("clock", "OK", "agrees with this machine")


def _isolation(engine: EngineFacts) -> Iterator[Check]:
    kinds = " ".join(engine.security)
    seccomp = "seccomp" in kinds
    yield Check(
        "seccomp",
        "OK" if seccomp else "FAILED",
        "filters system calls" if seccomp else "the engine runs containers without it",
        "" if seccomp else "Use a kernel and an engine built with seccomp.",
    )
    confined = [name for name in ("apparmor", "selinux") if f"name={name}" in kinds]
    yield Check(
        "AppArmor or SELinux",
        "OK" if confined else "ATTENTION",
        ", ".join(confined) or "neither: one layer less around a prototype",
        ""
        if confined
        else "Enable AppArmor in the kernel (`apparmor=1 security=apparmor`) and install it.",
    )
    yield Check("control groups", "OK", f"version {engine.cgroup}")
    for warning in engine.warnings:
        yield Check("the engine warns", "ATTENTION", warning, _about(warning))


def _runtime(den: Den, engine: EngineFacts) -> Check:
    name, has = "runtime", "runsc" in engine.runtimes
    if den.runtime and den.runtime not in engine.runtimes:
        what = f"the den wants {den.runtime}, and the engine has {', '.join(engine.runtimes)}"
        mend = "Add it to the engine's daemon.json, or: sandboxctl den --unset runtime"
        return Check(name, "FAILED", what, mend, exit_code=EngineError.exit_code)
    if has and not den.runtime:
        what = "the engine's default; runsc (gVisor) is there: sandboxctl den --set runtime=runsc"
        return Check(name, "OK", what)
    return Check(name, "OK", den.runtime or "the engine's default")


def _strangers(engine: EngineFacts) -> Iterator[Check]:
    if engine.strangers:
        what = f"looks like this den's and is another's: {', '.join(engine.strangers)}"
        mend = "Nothing: it is never changed. `docker inspect` shows whose it is."
        yield Check("look-alikes", "ATTENTION", what, mend)


def _about(warning: str) -> str:
    if "swap" in warning.lower():
        return "Add `swapaccount=1` to the kernel's command line; without swap nothing is lost."
    return "See the engine's documentation."


def _place(den: Den, engine: EngineFacts, machine: MachineFacts) -> Iterator[Check]:
    yield _storage(engine, machine)
    others = {*engine.networks, *(machine.routes if engine.is_here else ())} - set(engine.own)
    overlapping = sorted(str(net) for net in others if net.prefixlen and net.overlaps(den.range))
    yield Check(
        "address range",
        "FAILED" if overlapping else "OK",
        f"{den.range} overlaps {', '.join(overlapping)}" if overlapping else f"{den.range} is free",
        "sandboxctl den --set range=10.214.0.0/16" if overlapping else "",
    )
    yield _port(den, engine, machine)


def _storage(engine: EngineFacts, machine: MachineFacts) -> Check:
    name, driver = "storage", engine.storage
    match machine.reflinks if engine.is_here else None:
        case True:
            return Check(
                name, "OK", f"{driver}; {engine.folder} has reflinks: data is shared by block"
            )
        case False:
            what = f"{driver}; {engine.folder} has no reflinks: a reset's first query copies data"
            mend = "Put the engine's data folder on XFS (`mkfs.xfs -m reflink=1`) or btrfs."
            return Check(name, "ATTENTION", what, mend)
        case None:
            return Check(name, "OK", f"{driver}; whether it has reflinks is not visible from here")


def _port(den: Den, engine: EngineFacts, machine: MachineFacts) -> Check:
    name, where = "port", f"{den.gateway.bind}:{den.gateway.port}"
    if engine.gateway:
        return Check(name, "OK", f"{where} belongs to this den's gateway")
    if not engine.is_here:
        return Check(name, "OK", f"{where}; whether it is free is not visible from here")
    if machine.port_taken:
        mend = f"sandboxctl den --set gateway.port={den.gateway.port + 1010}"
        return Check(name, "FAILED", f"{where}: {machine.port_taken}", mend)
    return Check(name, "OK", f"{where} is free")


def _images(den: Den, engine: EngineFacts, machine: MachineFacts) -> Iterator[Check]:
    name = "images"
    if not engine.missing:
        yield Check(name, "OK", "all that sandboxctl needs are made")
        return
    names = ", ".join(tag.partition("/")[2].partition(":")[0] for tag in engine.missing)
    what = f"not made yet: {names}; the first `up` makes those it needs"
    yield Check(name, "ATTENTION", what, "sandboxctl image prepare")
    if engine.base:
        yield Check("base image", "OK", "there")
    elif den.images.registry:
        yield Check("base image", "OK", f"will come from {den.images.registry}")
    elif "mmdebstrap" in machine.programs:
        yield Check("base image", "OK", "will come from a registry, or be built with mmdebstrap")
    else:
        what = "will have to come from a registry: mmdebstrap is not installed"
        yield Check("base image", "ATTENTION", what, "sudo apt-get install mmdebstrap")


def _shared(machine: MachineFacts) -> Iterator[Check]:
    if few := shared_limits.few(machine.shared):
        told = f"of all sandboxes together {'; '.join(few.values())}"
        yield Check("shared by all", "ATTENTION", told, shared_limits.mend(few))


def raise_if_unusable(found: Sequence[Check]) -> None:
    """SandboxError for the first check that failed."""
    for check in found:
        if check.verdict == "FAILED":
            kind = EngineError if check.exit_code == EngineError.exit_code else SandboxError
            raise kind(f"{check.name}: {check.what}", hint=check.mend)
