"""Leases on a real engine: what is over goes, what is held or doubted stays."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import docker
import pytest

from sandboxctl import clock
from sandboxctl.engine import gateway
from sandboxctl.engine.docker import DockerEngine
from sandboxctl.errors import EngineError
from sandboxctl.lifecycle.duties import Duties
from sandboxctl.lifecycle.execute import execute
from sandboxctl.lifecycle.leases import Leases
from sandboxctl.lifecycle.up import plan_up
from sandboxctl.lifecycle.watch import look
from tests import dens, pipeline, prototypes
from tests.conftest import Cli, Written
from tests.visitor import Visitor, key_of

pytestmark = pytest.mark.engine

HOUR = timedelta(hours=1)


@pytest.fixture
def folder(written: Written) -> Path:
    return written(prototypes.page())


@pytest.fixture
def over(docker_engine: DockerEngine, folder: Path, sandbox: str) -> Iterator[str]:
    """A sandbox two hours old, whose lease ended an hour ago."""
    now = clock.now()
    loaded = pipeline.loaded(docker_engine, folder, sandbox)
    docker_engine.enter(lambda _: None)
    plan = plan_up(docker_engine, loaded, sandbox, now=now - 2 * HOUR, until=now - HOUR).plan
    assert not execute(plan, docker_engine, tell=lambda _: None)
    yield sandbox
    pipeline.down(docker_engine, sandbox)


def until(engine: DockerEngine, sandbox: str) -> datetime:
    record = engine.observe(sandbox).record
    assert record
    return record.until


@pytest.fixture
def young(docker_engine: DockerEngine, api: docker.APIClient) -> None:
    """The den's gateway has only just begun, however long these tests take."""
    api.restart(gateway.name(docker_engine.den), timeout=2)
    docker_engine.enter(lambda _: None)


@pytest.mark.usefixtures("young")
def test_watch_takes_away_what_is_over_and_nothing_is_left(
    docker_engine: DockerEngine, api: docker.APIClient, over: str, cli: Cli
) -> None:
    young = cli("watch", "--once", "--plain").stdout
    assert "taken away" not in young
    told = cli("watch", "--once", "--trust-clock", "--plain").stdout
    assert f"{over}: taken away: its lease ended on " in told
    assert dens.leftovers(api, docker_engine.den, over) == []
    assert "taken away" not in cli("watch", "--once", "--trust-clock").stdout


def test_a_lease_that_is_held_waits(docker_engine: DockerEngine, over: str, cli: Cli) -> None:
    with docker_engine.lock(over, patience=5):
        assert "taken away" not in cli("watch", "--once", "--trust-clock").stdout
        told = cli("down", "--expired", "--trust-clock", "--plain")
        assert "is being changed by" in told.stderr
    assert docker_engine.observe(over).live


def test_what_is_over_can_be_extended_while_it_is_there(
    docker_engine: DockerEngine, over: str, cli: Cli
) -> None:
    before = docker_engine.observe(over)
    key = key_of(docker_engine, over)
    told = json.loads(cli("extend", over, "2h", "--json").stdout)
    assert datetime.fromisoformat(told["lease_until"]) == until(docker_engine, over)
    assert timedelta(hours=1, minutes=58) < until(docker_engine, over) - clock.now() <= 2 * HOUR
    assert "taken away" not in cli("watch", "--once", "--trust-clock").stdout
    again = json.loads(cli("down", "--expired", "--json").stdout)
    assert again["removed"] == []
    after = docker_engine.observe(over)
    assert after.generations == before.generations
    assert Visitor(docker_engine.den, over, key=key).get("/").status == 200, "key and route stay"
    refused = cli("extend", over, "1m", "--until", "17:00", code=2)
    assert "--until" in refused.stderr


def test_a_reset_keeps_the_lease_that_was_extended(
    docker_engine: DockerEngine, over: str, cli: Cli
) -> None:
    cli("extend", over, "3h")
    end = until(docker_engine, over)
    cli("reset", over)
    assert until(docker_engine, over) == end


@pytest.mark.usefixtures("young")
def test_down_expired_takes_away_what_is_over_and_leaves_the_rest(
    docker_engine: DockerEngine, api: docker.APIClient, over: str, folder: Path, cli: Cli
) -> None:
    cli("up", str(folder), "--name", "stays")
    refused = cli("down", "--expired", code=1)
    assert "the den's gateway was started " in refused.stderr
    assert docker_engine.observe(over).live
    told = json.loads(cli("down", "--expired", "--trust-clock", "--json").stdout)
    assert told["removed"] == [over]
    assert dens.leftovers(api, docker_engine.den, over) == []
    assert docker_engine.observe("stays").live
    pipeline.down(docker_engine, "stays")


@pytest.mark.usefixtures("young")
def test_up_says_what_is_over_and_that_the_clock_is_not_known_yet(
    docker_engine: DockerEngine, over: str, folder: Path, cli: Cli
) -> None:
    told = cli("up", str(folder), "--name", "another", "--yes")
    assert f"1 sandbox is over: {over}. Nothing is taken away for being over: " in told.stderr
    refused = cli("up", str(folder), "--name", "another", "--expired", code=1)
    assert "--trust-clock` goes on" in refused.stderr
    assert docker_engine.observe(over).live
    pipeline.down(docker_engine, "another")


@pytest.mark.parametrize("wrong", [timedelta(days=365), -timedelta(days=365)])
def test_a_controller_with_a_wrong_clock_takes_nothing_away(
    docker_engine: DockerEngine, over: str, wrong: timedelta
) -> None:
    told = list(Leases()(docker_engine, clock.now() + wrong))
    assert told[0].event == "suspended"
    side = "ahead of" if wrong > timedelta() else "behind"
    assert f" {side} the engine's" in told[0].words
    assert docker_engine.observe(over).live


def test_a_state_that_is_torn_reaps_nothing(tmp_path: Path) -> None:
    engine, api = dens.opened()
    try:
        now = clock.now()
        loaded = pipeline.loaded(engine, prototypes.written(tmp_path, prototypes.page()), "demo")
        plan = plan_up(engine, loaded, "demo", now=now - 2 * HOUR, until=now - HOUR).plan
        assert not execute(plan, engine, tell=lambda _: None)
        argv = ["sh", "-c", "echo 'torn{' > /den/state/den.json"]
        made = api.exec_create(gateway.name(engine.den), argv, user="10200")
        api.exec_start(made["Id"])
        before = sorted(dens.leftovers(api, engine.den))
        with pytest.raises(EngineError, match=r"den\.json\) cannot be read"):
            list(look(engine, Duties(trusted=True, patience=None).all(), now))
        assert sorted(dens.leftovers(api, engine.den)) == before
    finally:
        engine.abandon(lambda _: None)
        engine.close()
        api.close()


def test_ls_and_status_take_nothing_away(docker_engine: DockerEngine, over: str, cli: Cli) -> None:
    assert "over since" in cli("ls", "--plain").stdout
    assert "over since" in cli("status", over, "--plain").stdout
    assert docker_engine.observe(over).live
