"""The proxy itself: a test that believes in a fault which never happened would prove nothing."""

from __future__ import annotations

import contextlib
import secrets
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import docker
import pytest
from requests.exceptions import RequestException

from sandboxctl.engine.client import Client
from tests import dens
from tests.faults.proxy import LATE, Call, Fault, How, Proxy, kill, kind_of, proxy

CREATE = Call("POST /volumes/create", 1)


@pytest.mark.parametrize(
    ("method", "path", "kind"),
    [
        ("GET", "/version", "GET /version"),
        ("GET", "/v1.41/containers/json?all=1", "GET /containers/json"),
        ("GET", "/v1.41/containers/abc/json", "GET /containers/{}/json"),
        ("POST", "/v1.41/containers/a-1-web/start", "POST /containers/{}/start"),
        ("DELETE", "/v1.41/images/sandboxctl/base:1?force=1", "DELETE /images/{}"),
        ("GET", "/v1.41/images/localhost:5/a/b:1/json", "GET /images/{}/json"),
        ("POST", "/v1.41/networks/create", "POST /networks/create"),
        ("POST", "/v1.41/exec/0f/start", "POST /exec/{}/start"),
    ],
)
def test_a_kind_of_call_is_the_same_whatever_it_is_about(method: str, path: str, kind: str) -> None:
    assert kind_of(method, path) == kind


@pytest.fixture
def between(tmp_path: Path) -> Iterator[Proxy]:
    with proxy(tmp_path / "docker.sock", "/var/run/docker.sock") as one:
        yield one


@pytest.fixture
def client(between: Proxy) -> Iterator[docker.APIClient]:
    with contextlib.closing(Client(base_url=between.url, version="1.41")) as api:
        yield api


@pytest.fixture
def volume(api: docker.APIClient) -> Iterator[str]:
    """The name of one that a test may make."""
    name = f"fault-{secrets.token_hex(4)}"
    yield name
    with contextlib.suppress(docker.errors.NotFound):
        api.remove_volume(name)


def is_there(api: docker.APIClient, volume: str) -> bool:
    return any(one["Name"] == volume for one in api.volumes()["Volumes"] or ())


@pytest.mark.engine
@pytest.mark.parametrize(
    ("how", "told", "done"),
    [
        ("cut", RequestException, False),
        ("away", RequestException, False),
        ("lost", RequestException, True),
        ("torn", (RequestException, ValueError), True),
        ("refused", docker.errors.APIError, True),
        ("twice", None, True),
        ("late", None, True),
    ],
)
def test_each_fault_is_what_it_is_called(
    between: Proxy,
    client: docker.APIClient,
    api: docker.APIClient,
    volume: str,
    how: How,
    told: type[Exception] | tuple[type[Exception], ...] | None,
    done: bool,
) -> None:
    fault = Fault(CREATE, how)
    between.begin(fault)
    begun = time.monotonic()
    with pytest.raises(told) if told else contextlib.nullcontext():
        client.create_volume(volume)
    assert fault.struck.is_set()
    assert is_there(api, volume) is done
    if how == "late":
        assert time.monotonic() - begun >= LATE
    assert between.calls == [CREATE]


@pytest.mark.engine
def test_what_hangs_neither_answers_nor_ends(
    between: Proxy, api: docker.APIClient, volume: str
) -> None:
    between.begin(Fault(CREATE, "hung"))
    hasty = Client(base_url=between.url, version="1.41", timeout=1)
    with contextlib.closing(hasty), pytest.raises(RequestException, match=r"(?i)timed out"):
        hasty.create_volume(volume)
    assert not is_there(api, volume)


@pytest.mark.engine
@pytest.mark.parametrize(("how", "done"), [("killed before", False), ("killed after", True)])
def test_who_is_killed_at_a_call_does_not_come_to_the_next(
    between: Proxy, api: docker.APIClient, volume: str, how: How, done: bool
) -> None:
    program = (
        "import docker, sys\n"
        "api = docker.APIClient(base_url=sys.argv[1], version='1.41')\n"
        "api.create_volume(sys.argv[2])\n"
        "api.volumes()\n"
    )
    process: list[subprocess.Popen[bytes]] = []

    def pid() -> int:
        dens.until(lambda: process)
        return process[0].pid

    between.begin(Fault(CREATE, how, kill(pid)))
    words = [sys.executable, "-c", program, between.url, volume]
    process.append(subprocess.Popen(words, stderr=subprocess.DEVNULL))
    assert process[0].wait(timeout=60) == -9
    assert is_there(api, volume) is done
    assert between.calls == [CREATE]


@pytest.mark.engine
def test_what_is_streamed_and_what_is_upgraded_passes_through(
    between: Proxy, client: docker.APIClient, api: docker.APIClient
) -> None:
    image = next(
        tag for one in api.images() for tag in one["RepoTags"] or () if "sandboxctl/base:" in tag
    )
    between.begin()
    made = client.create_container(image, ["sh", "-c", "echo one; sleep 60"])["Id"]
    try:
        client.start(made)
        url = f"{client.base_url}/v1.41/containers/{made}/logs?stdout=1&follow=1"
        with client.get(url, stream=True) as logs:  # the library's `logs` cannot be closed
            assert next(logs.iter_content(64)).endswith(b"one\n")
        heard = client.exec_start(client.exec_create(made, ["echo", "two"])["Id"])
        assert heard == b"two\n"
        packed, _ = client.get_archive(made, "/etc/passwd")
        assert b"root:" in b"".join(packed)
    finally:
        api.remove_container(made, force=True)
    assert Call("POST /exec/{}/start", 1) in between.calls
    assert [one.id for one in between.made] == [made]
