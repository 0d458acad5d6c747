"""The line into a den on a real engine: questions, waits, locks, and what a cut leaves behind."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import docker
import pytest

from sandboxctl.engine import gateway
from sandboxctl.errors import EngineError
from tests.engines import gateway_rig, hops
from tests.engines.gateway_rig import Rig

pytestmark = pytest.mark.engine

RELAY = "10200:10300"
HOLDER = """
import sys, time, docker
from sandboxctl.engine import line
held = line.opened(docker.APIClient(version="auto"), sys.argv[1])
print(held.ask("lock", name="demo", wait_seconds=0, who="the other one"), flush=True)
time.sleep(60)
"""


@pytest.fixture(scope="module")
def den() -> Iterator[Rig]:
    with gateway_rig.rig() as rig:
        yield rig


def test_many_threads_ask_at_once_and_each_gets_its_own_answer(den: Rig) -> None:
    def keep(number: int) -> str | None:
        name, text = f"recipe-{number}", f"{number} äöü " * 1000
        den.line.ask("keep", name=name, text=text)
        found = den.line.ask("kept", name=name)["text"]
        return None if found == text else name

    with ThreadPoolExecutor(16) as pool:
        assert set(pool.map(keep, range(100))) == {None}
    assert den.line.ask("kept", name="recipe-100")["text"] is None
    den.line.ask("sweep", mine=["recipe-1"])
    assert den.line.ask("kept", name="recipe-1")["text"] is None


def test_what_is_decided_is_there_for_the_next_controller(den: Rig) -> None:
    assert den.line.ask("record", sandbox="demo", record={"live": 3})["changed"]
    assert not den.line.ask("record", sandbox="demo", record={"live": 3})["changed"]
    with contextlib.closing(gateway.connect(den.api, den.den)) as another:
        assert another.ask("read")["state"] == {"demo": {"live": 3}}
        another.ask("record", sandbox="demo", record=None)
    assert den.line.ask("read")["state"] == {}


def test_a_state_that_cannot_be_read_is_never_an_empty_one(den: Rig) -> None:
    den.in_gateway(
        RELAY, "mv /den/state/den.json /den/state/away; echo '{\"sandb' > /den/state/den.json"
    )
    try:
        with pytest.raises(EngineError, match=r"den\.json\) cannot be read"):
            den.line.ask("read")
        with pytest.raises(EngineError, match=r"den\.json\) cannot be read"):
            den.line.ask("record", sandbox="demo", record={})
        den.in_gateway(RELAY, "rm /den/state/den.json")
        with pytest.raises(EngineError, match="No such file"):
            den.line.ask("read")
    finally:
        den.in_gateway(RELAY, "mv /den/state/away /den/state/den.json")
    assert den.line.ask("read")["state"] == {}


def test_a_refusal_comes_in_words(den: Rig) -> None:
    with pytest.raises(EngineError, match="does not know 'dance'"):
        den.line.ask("dance")
    with pytest.raises(EngineError, match="cannot be the name of a file"):
        den.line.ask("kept", name="../den.json")


def test_waiting_ends_the_moment_a_service_is_ready(den: Rig) -> None:
    place = den.generation(0, "web")["web"].partition(":")[0]
    ready = den.line.ask("wait", kind="http", address=place, port=8000, path="/", deadline=5)
    assert ready["ready"]
    assert ready["after"] < 0.5
    wrong = den.line.ask(
        "wait", kind="http", address=place, port=8000, path="/status/503", deadline=0.2
    )
    assert (wrong["ready"], wrong["reason"]) == (False, "answered 503")
    nobody = den.line.ask("wait", kind="tcp", address=place, port=8001, deadline=0.2)
    assert nobody["reason"] == "nothing listens on port 8001: connection refused"
    away = den.line.ask(
        "wait", kind="tcp", address="10.214.255.254", port=1, deadline=0.2, patience=0.2
    )
    assert not away["ready"]


def test_a_hundred_waits_are_under_way_and_can_be_called_back(den: Rig) -> None:
    edge = str(den.subnet[2])
    waits = [
        den.line.begin("wait", kind="tcp", address=edge, port=9, deadline=60) for _ in range(100)
    ]
    begun = time.monotonic()
    assert den.line.ask("read")["state"] == {}
    assert time.monotonic() - begun < 1
    for one in waits:
        den.line.cancel(one)
    assert {one.result(5)["reason"] for one in waits} == {"cancelled"}


def test_a_lock_names_its_holder_and_is_free_when_the_holder_is_killed(den: Rig) -> None:
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, gateway.name(den.den)], stdout=subprocess.PIPE, text=True
    )
    with holder:
        assert holder.stdout is not None
        assert "'locked': True" in holder.stdout.readline()
        held = den.line.ask("lock", name="demo", wait_seconds=0.1, who="me")
        assert held == {"locked": False, "holder": "the other one"}
        waiting = den.line.begin("lock", name="demo", wait_seconds=10, who="me")
        time.sleep(0.2)
        begun = time.monotonic()
        os.kill(holder.pid, signal.SIGKILL)
        assert waiting.result(10)["locked"]
        assert time.monotonic() - begun < 1
    den.line.ask("unlock", name="demo")
    with pytest.raises(EngineError, match="does not hold"):
        den.line.ask("unlock", name="demo")


def test_a_closed_line_frees_its_locks_and_answers_nobody(den: Rig) -> None:
    line = gateway.connect(den.api, den.den)
    assert line.ask("lock", name="demo", wait_seconds=0, who="a")["locked"]
    pending = line.begin("wait", kind="tcp", address="127.0.0.1", port=9, deadline=60)
    line.close()
    with pytest.raises(EngineError, match="was lost: it was closed"):
        pending.result(5)
    with pytest.raises(EngineError, match="was lost: it was closed"):
        line.ask("read")
    assert den.line.ask("lock", name="demo", wait_seconds=5, who="b")["locked"]
    den.line.ask("unlock", name="demo")


def test_a_cut_connection_is_an_error_with_a_way_on(den: Rig) -> None:
    """Over TCP, through a hop that goes away in the middle of a question."""
    with (
        hops.tcp() as (url, cut),
        contextlib.closing(docker.APIClient(url, version="auto")) as api,
    ):
        line = gateway.connect(api, den.den)
        assert line.ask("read")["state"] == {}
        assert line.ask("lock", name="demo", wait_seconds=0, who="a")["locked"]
        pending = line.begin("wait", kind="tcp", address="127.0.0.1", port=9, deadline=60)
        cut()
        with pytest.raises(EngineError, match="the connection to the den was lost") as lost:
            pending.result(5)
        assert "Run the command again" in lost.value.hint
        line.close()
    assert den.line.ask("lock", name="demo", wait_seconds=5, who="b")["locked"]
    den.line.ask("unlock", name="demo")


def test_it_works_over_tls(den: Rig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):  # requests prefers them to ours
        monkeypatch.delenv(name, raising=False)
    with hops.tls(tmp_path) as (url, authority):
        trusted = docker.TLSConfig(ca_cert=str(authority), verify=True)
        with contextlib.closing(docker.APIClient(url, version="auto", tls=trusted)) as api:
            _is_a_line(api, den)


def test_it_works_over_ssh(den: Rig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with hops.ssh(tmp_path) as url:
        monkeypatch.setenv("HOME", str(tmp_path))
        monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
        with contextlib.closing(docker.APIClient(url, version="auto")) as api:
            _is_a_line(api, den)


def _is_a_line(api: docker.APIClient, den: Rig) -> None:
    """Long messages both ways, and a lock that is free when it is closed."""
    line = gateway.connect(api, den.den)
    line.ask("keep", name="long", text="x" * 300_000)
    assert line.ask("kept", name="long")["text"] == "x" * 300_000
    assert line.ask("lock", name="demo", wait_seconds=0, who="far away")["locked"]
    line.close()
    assert den.line.ask("lock", name="demo", wait_seconds=5, who="b")["locked"]
    den.line.ask("unlock", name="demo")


def test_where_the_gateway_does_not_run_there_is_no_line(den: Rig) -> None:
    nobody = gateway_rig.settings()
    with pytest.raises(EngineError, match="has no gateway"):
        gateway.connect(den.api, nobody)
