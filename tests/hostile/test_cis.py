"""CIS Docker Benchmark, section 5, on every container that a den starts, however short it lives."""

from __future__ import annotations

import contextlib
import secrets
import threading
from collections.abc import Iterator, Mapping
from typing import Any

import docker
import pytest

from sandboxctl.engine.docker import DockerEngine
from sandboxctl.sandbox import labels
from tests import cis, dens, pipeline, prototypes

pytestmark = pytest.mark.engine

SANDBOX = "checked"
KINDS = {"web", "book", "once", "db", "cache", "sent"}
KEEP = {"book", "once", "db", "cache"}

Started = dict[str, Mapping[str, Any]]


def document(image: str) -> prototypes.Document:
    """A service of every kind: keeps nothing, keeps data, prepared, template, a foreign image."""
    found = prototypes.notebook()
    web = found["services"]["web"]
    once = {**prototypes.apart(web), "writable": ["/data"]}
    fresh = secrets.token_hex(4)  # or what an earlier run has made would be taken
    once["prepare"] = [["python3", "-c", f"open('/data/kept', 'w').write('{fresh}')"]]
    found["services"] |= {
        "once": once,
        "db": {"template": "postgres", "fill": ["people"]},
        "cache": {"template": "redis"},
        "sent": {
            "image": image,
            "entrypoint": [],
            "command": ["python3", "-m", "http.server", "8000", "--directory", "/etc/apt"],
            "expose": [8000],
            "mem_limit": "64m",
        },
    }
    people = {"rows": 5, "columns": {"id": {"kind": "sequence"}, "name": {"kind": "full_name"}}}
    return found | {"data": {"seed": int(fresh, 16), "tables": {"people": people}}}


@pytest.fixture(scope="module")
def started(
    docker_engine: DockerEngine, api: docker.APIClient, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Started]:
    """Every container that was started meanwhile, by name, as it was just after."""
    docker_engine.enter(lambda _: None)
    tags = docker_engine.images.tags()
    image = next(tag for tag in tags if tag.startswith("sandboxctl/gateway:"))
    sent = f"{docker_engine.den.name}/sent"
    api.tag(image, sent, "1")
    folder = prototypes.written(tmp_path_factory.mktemp("checked"), document(f"{sent}:1"))
    with watched(api, docker_engine.den.name) as seen:
        pipeline.up(docker_engine, folder, SANDBOX)
        pipeline.reset(docker_engine, SANDBOX)
        for kind in ("door", "gateway"):
            name = f"{docker_engine.den.name}-{kind}"
            seen[name] = api.inspect_container(name)
        made = {one["Config"]["Image"] for name, one in seen.items() if f"-{SANDBOX}-" in name}
        yield seen
    pipeline.down(docker_engine, SANDBOX)
    for tag in made:
        if tag.startswith("sandboxctl/baseline:"):
            api.remove_image(tag)
    api.remove_image(f"{sent}:1")


@contextlib.contextmanager
def watched(api: docker.APIClient, den: str) -> Iterator[Started]:
    seen: Started = {}
    of = {"type": "container", "event": "start", "label": [f"{labels.DEN}={den}"]}
    own = docker.APIClient(base_url=dens.engine_url(), version="auto")
    stream = own.events(filters=of, decode=True)

    def listen() -> None:
        with contextlib.suppress(OSError, docker.errors.DockerException):
            for event in stream:
                with contextlib.suppress(docker.errors.NotFound):
                    found = api.inspect_container(event["id"])
                    seen[found["Name"].lstrip("/")] = found

    listener = threading.Thread(target=listen)
    listener.start()
    try:
        yield seen
    finally:
        stream.close()
        listener.join()
        own.close()


def service(seen: Mapping[str, Any]) -> str:
    return str(seen["Config"]["Labels"][labels.SERVICE])


def test_every_kind_of_container_was_seen(started: Started, docker_engine: DockerEngine) -> None:
    assert {service(one) for one in started.values()} >= KINDS
    makers = [name for name in started if f"{docker_engine.den.name}-baseline." in name]
    assert {service(started[name]) for name in makers} >= {"db", "once"}
    assert {f"{docker_engine.den.name}-{kind}" for kind in ("door", "gateway")} <= set(started)


def test_each_passes_every_check_that_applies(started: Started, api: docker.APIClient) -> None:
    info = api.info()
    wrong = {
        name: cis.failed(seen, info, keeps_data=service(seen) in KEEP)
        for name, seen in started.items()
    }
    assert {name: checks for name, checks in wrong.items() if checks} == {}


def test_no_command_runs_inside_as_root_or_privileged(
    started: Started, docker_engine: DockerEngine, api: docker.APIClient
) -> None:
    docker_engine.run(SANDBOX, "web", ["true"])
    for name in started:
        with contextlib.suppress(docker.errors.NotFound):
            ids = api.inspect_container(name)["ExecIDs"] or ()
            assert cis.failed_execs(map(api.exec_inspect, ids)) == []


def test_nobody_listens_for_shells(
    started: Started, docker_engine: DockerEngine, api: docker.APIClient
) -> None:
    """5.7"""
    live = docker_engine.observe(SANDBOX).live
    assert live is not None
    names = [name for name in started if name.startswith(f"{docker_engine.den.name}-{SANDBOX}-2-")]
    assert len(names) == len(KINDS)
    assert all("sshd" not in str(api.top(name)) for name in names)


def test_the_checks_find_what_is_wrong(started: Started, api: docker.APIClient) -> None:
    """A check that passes everything checks nothing: each field that matters is spoilt in turn."""
    info = api.info()
    web = next(seen for seen in started.values() if service(seen) == "web")
    spoilt = {
        "CapAdd": ["NET_RAW"], "Privileged": True, "Binds": ["/:/host"], "NetworkMode": "host",
        "Memory": 0, "NanoCpus": 0, "ReadonlyRootfs": False, "PidMode": "host", "IpcMode": "host",
        "Devices": [{}], "Ulimits": [], "UTSMode": "host", "SecurityOpt": ["seccomp=unconfined"],
        "CgroupParent": "/x", "PidsLimit": 0, "UsernsMode": "host",
        "RestartPolicy": {"Name": "always", "MaximumRetryCount": 0},
    }  # fmt: skip
    for field, value in spoilt.items():
        assert cis.failed({**web, "HostConfig": {**web["HostConfig"], field: value}}, info), field
