"""An engine that stops, and is back: the same generations with their data, on a real one.

A restart of the engine ends all containers of a den at once, its gateway among them; so do the
tests here, without touching anybody else's. One restarts a real daemon, where
``SANDBOXCTL_TEST_RESTART`` has the command for that, such as ``systemctl restart docker``: never
on an engine that somebody else is using.
"""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import docker
import pytest

from sandboxctl import clock
from sandboxctl.engine.docker import DockerEngine
from sandboxctl.lifecycle.status import status
from sandboxctl.sandbox import labels, lease, names
from tests import dens, pipeline, prototypes
from tests.conftest import Cli, write_settings
from tests.visitor import Visitor, key_of

pytestmark = pytest.mark.engine

REGISTER = Path(__file__).resolve().parents[2] / "examples" / "02-web-and-database"
RESTART = os.environ.get("SANDBOXCTL_TEST_RESTART", "")


@dataclass(frozen=True)
class Stopping:
    """A den of its own, whose containers all end when a test says so."""

    engine: DockerEngine
    api: docker.APIClient
    cli: Cli

    def halt(self, how: str) -> None:
        """As a daemon does that is stopped, or killed: all at once, and for good."""
        of = {"label": [f"{labels.DEN}={self.engine.den.name}"]}
        there = [one["Id"] for one in self.api.containers(filters=of)]
        self.engine.close()
        with ThreadPoolExecutor(8) as pool:
            for done in [pool.submit(self._end, how, one) for one in there]:
                done.result()

    def _end(self, how: str, container: str) -> None:
        if how == "kill":
            self.api.kill(container)
        else:
            self.api.stop(container, timeout=10)

    def container(self, sandbox: str, service: str, generation: int = 1) -> str:
        return names.container(self.engine.den.name, sandbox, generation, service)

    def ids(self, sandbox: str, *services: str) -> list[str]:
        return [
            str(self.api.inspect_container(self.container(sandbox, one))["Id"]) for one in services
        ]

    def runs(self, sandbox: str, service: str) -> bool:
        seen = self.api.inspect_container(self.container(sandbox, service))
        return bool(seen["State"]["Running"])

    def visitor(self, sandbox: str) -> Visitor:
        return Visitor(self.engine.den, sandbox, key=key_of(self.engine, sandbox))

    def happened(self, sandbox: str) -> list[str]:
        told = json.loads(self.cli("status", sandbox, "--json").stdout)
        return [one["what"] for one in told["happened"]]


@pytest.fixture(scope="module")
def den(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stopping]:
    with dens.or_without_daemon(ci="CI" in os.environ):
        engine, api = dens.opened()
    home = tmp_path_factory.mktemp("home")
    write_settings(home, engine.den)
    own = {"XDG_CONFIG_HOME": str(home), "XDG_STATE_HOME": str(home)}
    cli = Cli({**os.environ, **own, "SANDBOXCTL_DEN": engine.den.name})
    yield Stopping(engine, api, cli)
    engine.close()
    engine.enter(lambda _: None)
    dens.closed(engine, api)


@pytest.fixture
def notebook(den: Stopping, tmp_path: Path, sandbox: str) -> Iterator[str]:
    """The notebook is up, with a line in it."""
    pipeline.up(den.engine, prototypes.written(tmp_path, prototypes.notebook()), sandbox)
    den.visitor(sandbox).send("/book/lines", b"kept")
    yield sandbox
    den.engine.close()
    pipeline.down(den.engine, sandbox)


def sql(engine: DockerEngine, sandbox: str, text: str) -> str:
    argv = ["psql", "-q", "-U", "register", "-d", "register", "-tAc", text]
    answer = engine.run(sandbox, "db", argv)
    assert answer.status == 0, answer.output
    return answer.output.decode().strip()


@pytest.mark.parametrize("how", ["stop", "kill"])
def test_a_database_comes_back_with_the_rows_that_were_written(
    den: Stopping, sandbox: str, how: str
) -> None:
    pipeline.up(den.engine, REGISTER, sandbox, people="50")
    values = "9000 + n, 'Kept ' || n, 'a street', 'a number ' || n, 'kept-' || n"
    write = f"insert into people select {values} from generate_series(1, 500) n"
    sql(den.engine, sandbox, write)
    before = den.ids(sandbox, "db", "web")

    den.halt(how)
    assert not den.runs(sandbox, "db")
    said = den.cli("status", sandbox, "--plain").stdout
    assert "db: FAILED, it stopped with the engine at " in said
    assert not den.runs(sandbox, "web"), "status changes nothing"
    once = den.cli("watch", "--once", "--plain").stdout
    assert "the gateway started again" in once
    assert f"{sandbox}: the engine stopped; db, web started again by watch" in once

    assert den.ids(sandbox, "db", "web") == before
    assert sql(den.engine, sandbox, "select count(*) from people where number > 9000") == "500"
    assert den.visitor(sandbox).get("/").status == 200
    assert den.happened(sandbox) == ["the engine stopped", "db, web started again by watch"]
    assert "started again" not in den.cli("watch", "--once", "--plain").stdout
    pipeline.down(den.engine, sandbox)


def test_one_that_watches_all_the_time_sees_it_and_goes_on(den: Stopping, notebook: str) -> None:
    process = den.cli.begin("watch", "--every", "1s", "--json")
    assert process.stdout is not None
    events: list[str] = []
    with process.stdout:
        for line in process.stdout:
            events.append(json.loads(line)["event"])
            if events[-1] == "watching":
                den.halt("kill")
            if events.count("started") == 2:
                break
        process.terminate()
        process.wait(20)
    assert events == ["watching", "away", "started", "back", "started"]
    assert den.visitor(notebook).get("/book/lines").body == "kept\n"


@pytest.mark.parametrize("verb", ["up", "restart", "undo"])
def test_the_next_command_that_changes_something_starts_it_too(
    den: Stopping, notebook: str, tmp_path: Path, verb: str
) -> None:
    if verb == "undo":
        den.cli("reset", notebook)
    den.halt("stop")
    words = {
        "up": ["up", str(tmp_path), "--name", notebook],
        "restart": ["restart", notebook],
        "undo": ["reset", notebook, "--undo"],
    }
    den.cli(*words[verb])
    assert den.visitor(notebook).get("/book/lines").body == "kept\n"


def test_reset_and_extend_find_a_gateway(den: Stopping, notebook: str) -> None:
    den.halt("stop")
    den.cli("extend", notebook, "1h")
    assert not den.runs(notebook, "web"), "a lease starts nothing"
    den.halt("stop")
    den.cli("reset", notebook)
    assert den.visitor(notebook).get("/book/lines").body == ""


def test_a_service_that_ended_is_started_three_times_and_then_stays(
    den: Stopping, notebook: str
) -> None:
    for turn in (1, 2, 3):
        den.api.stop(den.container(notebook, "web"), timeout=1)
        said = den.cli("watch", "--once", "--plain").stdout
        assert f"web started again by watch, {turn} of 3 times" in said
        assert den.runs(notebook, "web")
    den.api.stop(den.container(notebook, "web"), timeout=1)
    assert "and stays so: it was started again 3 times" in den.cli("watch", "--once").stdout
    assert "stays so" not in den.cli("watch", "--once").stdout
    assert not den.runs(notebook, "web")
    assert den.runs(notebook, "book")
    den.cli("restart", notebook, "web")
    den.api.stop(den.container(notebook, "web"), timeout=1)
    assert "started again by watch, 1 of 3 times" in den.cli("watch", "--once").stdout


def test_what_the_engine_started_again_is_told(den: Stopping, notebook: str) -> None:
    crash = "import os, signal; [os.kill(int(p), signal.SIGKILL) for p in os.listdir('/proc') "
    crash += "if p.isdigit() and int(p) not in (1, os.getpid())]"
    den.engine.run(notebook, "web", ["python3", "-c", crash])
    web = den.container(notebook, "web")
    dens.until(lambda: den.api.inspect_container(web)["RestartCount"] == 1, what="it is back")
    dens.until(lambda: den.runs(notebook, "web"), what="it runs")
    assert den.happened(notebook) == [
        "web ended and was started again, 1 of 3 times, by the engine"
    ]
    found = status(den.engine, notebook, now=clock.now())
    assert found.state == "ready"


def test_clocks_agree_and_the_gateway_knows_how_long_it_runs(den: Stopping) -> None:
    den.engine.enter(lambda _: None)
    times, pulse = den.engine.times(), den.engine.pulse()
    assert times
    assert pulse
    found = lease.skew(times, clock.now())
    assert max(abs(found.engine), abs(found.here)).total_seconds() < 60
    assert pulse.runs
    assert pulse.started
    assert pulse.engine is None or pulse.engine < pulse.started
    first = times.uptime
    time.sleep(0.05)
    again = den.engine.times()
    assert again
    assert again.uptime > first


def test_a_den_that_is_not_there_has_no_pulse(api: docker.APIClient) -> None:
    nobody = DockerEngine(dens.chosen(api), dens.engine_url())
    assert nobody.pulse() is None
    assert nobody.times() is None
    assert nobody.records() == {}
    nobody.close()


@pytest.mark.skipif(not RESTART, reason="SANDBOXCTL_TEST_RESTART names no command")
def test_a_daemon_that_really_is_restarted(den: Stopping, notebook: str) -> None:
    den.engine.close()
    subprocess.run(RESTART, shell=True, check=True, timeout=120)
    dens.until(lambda: den.api.ping(), seconds=60, what="the engine is back")
    den.cli("watch", "--once")
    assert den.visitor(notebook).get("/book/lines").body == "kept\n"
    assert "the engine was restarted" in den.happened(notebook)
