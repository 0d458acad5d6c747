"""`doctor --isolation`: all of it holds on this engine, it is quick, and it sees a hole."""

from __future__ import annotations

import contextlib
import json
import signal
import time
from pathlib import Path
from typing import Any

import docker
import pytest

from sandboxctl.engine import strangers, trial
from sandboxctl.engine.docker import DockerEngine
from sandboxctl.lifecycle import isolation
from sandboxctl.sandbox import labels
from tests import dens, pipeline, prototypes
from tests.conftest import Cli, Written
from tests.engines import liar

pytestmark = pytest.mark.engine

SECONDS, TIMES = 60.0, 12
"""How long it may take: on a machine that is busy, as many times as long as one small sandbox."""


def whole(api: docker.APIClient, engine: DockerEngine) -> list[str]:
    """Every object of the den, by name."""
    return sorted(dens.leftovers(api, engine.den))


def test_it_holds_on_this_engine(
    cli: Cli, docker_engine: DockerEngine, api: docker.APIClient, written: Written, sandbox: str
) -> None:
    page = written(prototypes.page())
    pipeline.up(docker_engine, page, sandbox)  # its images are made
    begun = time.monotonic()
    pipeline.reset(docker_engine, sandbox)
    pipeline.down(docker_engine, sandbox)
    usual = time.monotonic() - begun
    before = whole(api, docker_engine)
    begun = time.monotonic()
    done = cli("doctor", "--isolation", "--json")
    took = time.monotonic() - begun
    rows = json.loads(done.stdout)
    assert {row["verdict"] for row in rows} == {"OK"}, done.stdout
    assert len(rows) >= 30
    assert took < max(SECONDS, TIMES * usual), f"{took:.1f} s, where {usual:.1f} s are usual"
    assert whole(api, docker_engine) == before
    apart = [row for row in rows if row["check"].startswith("the host by")]
    assert len(apart) >= 4
    assert all("the same probe succeeds" in row["what"] for row in apart)


def open_networks(path: str, body: Any) -> Any:
    """Neither internal nor without the host's address; read back, it lies as well."""
    if path.endswith("/networks/create") and "isolation-a" in body["Name"]:
        body |= {"Internal": False, "Options": {}}
    return body


def told_closed(_path: str, body: Any) -> Any:
    if isinstance(body, dict) and "isolation-a" in str(body.get("Name")) and "IPAM" in body:
        body |= {"Internal": True, "Options": {"com.docker.network.bridge.inhibit_ipv4": "true",
            "com.docker.network.bridge.gateway_mode_ipv4": "isolated",
            "com.docker.network.bridge.gateway_mode_ipv6": "isolated"}}  # fmt: skip
    return body


def test_it_sees_a_network_that_is_open(
    docker_engine: DockerEngine, api: docker.APIClient, tmp_path: Path
) -> None:
    before = whole(api, docker_engine)
    with (
        liar.between(tmp_path, asked=open_networks, told=told_closed) as url,
        contextlib.closing(DockerEngine(docker_engine.den, url)) as engine,
    ):
        seen = trial.prove(engine, api, here=True, note=lambda _: None)
    failed = {one.name for one in isolation.checks(seen) if one.verdict == "FAILED"}
    assert {"the host by its bridge", "the host's own listener", "a way out"} <= failed
    assert seen.heard
    assert whole(api, docker_engine) == before


def loose(path: str, body: Any) -> Any:
    if "/containers/create" in path and "isolation-a" in path:
        body["HostConfig"] |= {"SecurityOpt": ["seccomp=unconfined"], "CapDrop": [],
            "ReadonlyRootfs": False, "MaskedPaths": [], "Memory": 2**28, "MemorySwap": 2**28,
            "PidsLimit": 100, "Tmpfs": {}}  # fmt: skip
        body["User"] = "0:0"
    return body


def test_it_sees_a_container_that_is_loose(
    docker_engine: DockerEngine, api: docker.APIClient, tmp_path: Path
) -> None:
    believing = liar.Remembering()
    with (
        liar.between(tmp_path, asked=believing.then(loose), told=believing.told) as url,
        contextlib.closing(DockerEngine(docker_engine.den, url)) as engine,
    ):
        seen = trial.prove(engine, api, here=True, note=lambda _: None)
    failed = {one.name for one in isolation.checks(seen) if one.verdict == "FAILED"}
    assert failed >= {
        *("no new privileges", "system calls filtered", "user", "dangerous calls", "root folder"),
        *("memory limit", "process limit", "scratch folders", "hidden files"),
        *("capabilities", "capabilities to be had"),
    }


def test_interrupted_it_leaves_nothing(
    cli: Cli, docker_engine: DockerEngine, api: docker.APIClient
) -> None:
    before = whole(api, docker_engine)
    running = cli.begin("doctor", "--isolation")
    dens.until(lambda: whole(api, docker_engine) != before, what="it begins")
    running.send_signal(signal.SIGINT)
    said, _ = running.communicate(timeout=60)
    assert running.returncode == 130, said
    assert whole(api, docker_engine) == before


def test_killed_it_is_swept_by_the_next_one(
    cli: Cli, docker_engine: DockerEngine, api: docker.APIClient
) -> None:
    before = whole(api, docker_engine)
    running = cli.begin("doctor", "--isolation")
    dens.until(lambda: whole(api, docker_engine) != before, what="it begins")
    running.kill()
    running.communicate(timeout=60)
    assert whole(api, docker_engine) != before
    assert "looking from inside" in cli("doctor", "--isolation").stderr
    assert whole(api, docker_engine) == before


def test_where_there_was_no_den_there_is_none_afterwards() -> None:
    engine, api = dens.opened()
    try:
        engine.leave(lambda _: None)
        trial.prove(engine, api, here=True, note=lambda _: None)
        assert whole(api, engine) == []
        assert strangers.found(api, engine.den, "") == ()
        assert api.volumes(filters={"label": f"{labels.DEN}={engine.den.name}"})["Volumes"] in (
            [],
            None,
        )
    finally:
        dens.closed(engine, api)
