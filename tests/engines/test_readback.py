"""A daemon that drops a field, warns, or puts a container elsewhere: removed, and `up` fails."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import docker
import pytest

from sandboxctl.engine.docker import DockerEngine
from tests import dens, pipeline, prototypes
from tests.conftest import Written
from tests.engines import liar

pytestmark = pytest.mark.engine

SECRET = "correct-horse-battery"


@contextlib.contextmanager
def lying(engine: DockerEngine, folder: Path, **changes: liar.Change) -> Iterator[DockerEngine]:
    with (
        liar.between(folder, **changes) as url,
        contextlib.closing(DockerEngine(engine.den, url)) as found,
    ):
        yield found


def without(field: str) -> liar.Change:
    def change(path: str, body: Any) -> Any:
        if "/containers/create" in path and "-web" in path:
            body["HostConfig"].pop(field)
        return body

    return change


def more(change: Callable[[Any], None]) -> liar.Change:
    def changed(path: str, body: Any) -> Any:
        if "/containers/create" in path and "-web" in path:
            change(body)
        return body

    return changed


def fails(
    engine: DockerEngine, api: docker.APIClient, folder: Path, sandbox: str, said: str
) -> None:
    outcome = pipeline.try_up(engine, folder, sandbox)
    assert [error.code for error in outcome.failed] == ["DEN900"], outcome.why
    assert said in outcome.why
    assert SECRET not in outcome.why
    left = dens.leftovers(api, engine.den, sandbox)
    assert [one for one in left if one.startswith("container")] == []


@pytest.fixture
def folder(written: Written) -> Path:
    document = prototypes.page()
    document["services"]["web"]["environment"] = {"TOLD": SECRET}
    return written(document)


@pytest.fixture(autouse=True)
def _swept(docker_engine: DockerEngine, sandbox: str) -> Iterator[None]:
    yield
    pipeline.down(docker_engine, sandbox)


@pytest.mark.parametrize(
    "field",
    [
        *(
            "CapDrop",
            "SecurityOpt",
            "MemorySwap",
            "NanoCpus",
            "PidsLimit",
            "ReadonlyRootfs",
            "Tmpfs",
        ),
        *("MaskedPaths", "Ulimits", "Sysctls", "Dns", "LogConfig", "Init"),
        *("CgroupnsMode", "OomScoreAdj", "RestartPolicy"),
    ],
)
def test_a_field_that_the_daemon_drops(
    docker_engine: DockerEngine,
    api: docker.APIClient,
    folder: Path,
    tmp_path: Path,
    sandbox: str,
    field: str,
) -> None:
    with lying(docker_engine, tmp_path, asked=without(field)) as engine:
        fails(engine, api, folder, sandbox, f"{field} is ")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda b: b["HostConfig"].update(CapAdd=["NET_RAW"]), "CapAdd"),
        (lambda b: b["HostConfig"].update(Binds=["/etc:/srv"]), "/srv"),
        (lambda b: b["HostConfig"].update(PidMode="host"), "PidMode"),
        (lambda b: b["HostConfig"].update(ReadonlyPaths=[]), "ReadonlyPaths"),
        (
            lambda b: b["HostConfig"].update(
                PortBindings={"8000/tcp": [{"HostIp": "127.0.0.1", "HostPort": ""}]}
            ),
            "PortBindings",
        ),
        (
            lambda b: b["HostConfig"].update(
                Devices=[
                    {
                        "PathOnHost": "/dev/null",
                        "PathInContainer": "/dev/x",
                        "CgroupPermissions": "r",
                    }
                ]
            ),
            "Devices",
        ),
        (lambda b: b.update(User="0:0"), "User is '0:0'"),
        (lambda b: b.update(Cmd=["sleep", "9"]), "Cmd"),
        (lambda b: b.update(Env=["TOLD=else"]), "the variable TOLD is not what it was set to"),
        (lambda b: b.update(Healthcheck={"Test": ["CMD", "true"]}), "Healthcheck"),
        (lambda b: b["Labels"].update({"org.sandboxctl.sandbox": "other"}), "label org.sandboxctl"),
        (
            lambda b: b["NetworkingConfig"]["EndpointsConfig"].update(
                {name: {} for name in b["NetworkingConfig"]["EndpointsConfig"]}
            ),
            "its address",
        ),
    ],
)
def test_something_that_the_daemon_adds(
    docker_engine: DockerEngine,
    api: docker.APIClient,
    folder: Path,
    tmp_path: Path,
    sandbox: str,
    change: Callable[[Any], None],
    said: str,
) -> None:
    with lying(docker_engine, tmp_path, asked=more(change)) as engine:
        fails(engine, api, folder, sandbox, said)


def test_a_warning_is_an_error(
    docker_engine: DockerEngine, api: docker.APIClient, folder: Path, tmp_path: Path, sandbox: str
) -> None:
    with lying(docker_engine, tmp_path, told=warned("no support for PIDs")) as engine:
        fails(engine, api, folder, sandbox, "no support for PIDs")


def test_a_missing_account_of_swap_is_none(
    docker_engine: DockerEngine, folder: Path, tmp_path: Path, sandbox: str
) -> None:
    words = "Your kernel does not support swap limit capabilities or the cgroup is not mounted."
    warning = warned(words)

    def told(path: str, body: Any) -> Any:
        """As an engine without it does: it warns, and limits memory alone."""
        if isinstance(body, dict) and str(body.get("Name", "")).endswith("-web"):
            body["HostConfig"]["MemorySwap"] = -1
        return warning(path, body)

    with lying(docker_engine, tmp_path, told=told) as engine:
        assert pipeline.try_up(engine, folder, sandbox).failed == []


def warned(words: str) -> liar.Change:
    def change(path: str, body: Any) -> Any:
        if "/containers/create" in path and "-web" in path:
            body["Warnings"] = [words]
        return body

    return change


ANOTHER = {"IPAddress": "172.17.0.9", "GlobalIPv6Address": "", "IPAMConfig": None}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda b: b["NetworkSettings"]["Networks"].update(bridge=ANOTHER), "on 2 networks"),
        (
            lambda b: b["NetworkSettings"].update(
                Ports={"8000/tcp": [{"HostIp": "0.0.0.0", "HostPort": "8000"}]}
            ),
            "what it publishes",
        ),
        (lambda b: b["HostConfig"].update(PidsLimit=0), "PidsLimit is 0, not 128"),
    ],
)
def test_what_only_shows_once_it_runs(
    docker_engine: DockerEngine,
    api: docker.APIClient,
    folder: Path,
    tmp_path: Path,
    sandbox: str,
    change: Callable[[Any], None],
    said: str,
) -> None:
    def told(_path: str, body: Any) -> Any:
        is_web = isinstance(body, dict) and str(body.get("Name", "")).endswith("-web")
        if is_web and body["State"]["Running"]:
            change(body)
        return body

    with lying(docker_engine, tmp_path, told=told) as engine:
        fails(engine, api, folder, sandbox, said)


def opened(field: str) -> liar.Change:
    def change(path: str, body: Any) -> Any:
        if path.endswith("/networks/create") and "-edge" not in body["Name"]:
            body.pop(field)
        return body

    return change


@pytest.mark.parametrize("field", ["Internal", "Options"])
def test_a_network_that_is_not_closed(
    docker_engine: DockerEngine,
    api: docker.APIClient,
    folder: Path,
    tmp_path: Path,
    sandbox: str,
    field: str,
) -> None:
    with lying(docker_engine, tmp_path, asked=opened(field)) as engine:
        outcome = pipeline.try_up(engine, folder, sandbox)
        assert "DEN900" in [error.code for error in outcome.failed], outcome.why
        assert "did not confine a network" in outcome.why
    assert dens.leftovers(api, docker_engine.den, sandbox) == []
