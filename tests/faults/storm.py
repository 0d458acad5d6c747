"""Sandboxes that come and go, many times: whether everything they took is given back."""

from __future__ import annotations

import gc
import os
import re
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from ipaddress import IPv4Address
from pathlib import Path

import docker

from sandboxctl.engine import gateway
from sandboxctl.engine.docker import DockerEngine
from sandboxctl.engine.networks import subnets
from sandboxctl.sandbox import labels
from tests import pipeline, prototypes

WORKERS = 4
SETTLES = 20.0
"""Seconds in which threads and connections that ended may go."""
_ADDRESS = re.compile(r"\d+\.\d+\.\d+\.\d+")
KEPT = 16 * 1024
"""KiB that Python may keep of what it once had, however often sandboxes come and go."""


@dataclass(frozen=True)
class Held:
    """What is held at one moment by this process, by the den's gateway, and on the engine.

    ``memory`` KiB; ``rules`` of the packet filter that name the den's addresses; ``volumes``
    those of the den, and those without a name that belong to nobody.
    """

    descriptors: int
    memory: int
    gateway_descriptors: int
    gateway_processes: int
    subnets: int
    rules: int
    volumes: int
    containers: int

    def more_than(self, before: Held) -> dict[str, int]:
        """What is held that was not: nothing, unless something leaks."""
        now, then = asdict(self), asdict(before)
        grown = {name: now[name] - then[name] for name in now}
        grown["memory"] = max(0, grown["memory"] - KEPT)
        return {name: by for name, by in grown.items() if by > 0}


def held(engine: DockerEngine, api: docker.APIClient) -> Held:
    for one in (engine, api):  # connections that are kept for the next call are no leak
        one.close()
    gc.collect()
    descriptors = _opened(os.getpid())
    inside = api.inspect_container(gateway.name(engine.den))["State"]["Pid"]
    of = {"label": [f"{labels.DEN}={engine.den.name}"]}
    there = [net for one in api.networks() for net in subnets(one)]
    return Held(
        descriptors=descriptors,
        memory=_memory(),
        gateway_descriptors=_opened(inside),
        gateway_processes=len(api.top(gateway.name(engine.den))["Processes"]),
        subnets=sum(net.subnet_of(engine.den.range) for net in there),
        rules=_rules(engine),
        volumes=len(api.volumes(filters=of)["Volumes"] or ()),
        containers=len(api.containers(all=True, filters=of)),
    )


def settled(engine: DockerEngine, api: docker.APIClient, before: Held) -> None:
    """What is just being let go of is no leak; what is one stays."""
    end = time.monotonic() + SETTLES
    while held(engine, api).more_than(before) and time.monotonic() < end:
        time.sleep(0.5)


def storm(
    engine: DockerEngine, folder: Path, sandboxes: int, rounds: int, seconds: float = 3600
) -> int:
    """So many sandboxes up and down again, so many times, or until the time is over; how many
    rounds it was."""
    path = prototypes.written(folder, idle())
    names = [f"storm-{n}" for n in range(sandboxes)]
    end = time.monotonic() + seconds
    done = 0
    with ThreadPoolExecutor(WORKERS) as pool:
        while done < rounds and time.monotonic() < end:
            for told in pool.map(lambda name: pipeline.up(engine, path, name), names):
                assert told.plan
            for told in pool.map(lambda name: pipeline.down(engine, name), names):
                assert told.plan
            done += 1
    return done


def idle() -> prototypes.Document:
    """A container that does nothing, and says that it is well."""
    document = prototypes.page("idle")
    document["services"]["web"] |= {
        "command": ["sleep", "86400"],
        "healthcheck": {"test": ["CMD", "true"], "start_period": "60s"},
        "mem_limit": "16m",
    }
    return document


def _memory() -> int:
    status = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in status if line.startswith("VmRSS"))


def _opened(process: int) -> int:
    """0 where this user may not look."""
    try:
        return sum(1 for _ in Path(f"/proc/{process}/fd").iterdir())
    except OSError:
        return 0


def _rules(engine: DockerEngine) -> int:
    """Of the packet filter; 0 where this user may not look."""
    try:
        told = subprocess.run(["iptables-save"], capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return 0
    named = (_ADDRESS.findall(line) for line in told.stdout.splitlines())
    return sum(any(IPv4Address(one) in engine.den.range for one in found) for found in named)
