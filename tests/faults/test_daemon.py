"""The engine is killed or started again: in the middle of a verb, and while a sandbox runs."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterator
from pathlib import Path

import docker
import pytest

from sandboxctl.blueprint import images as named
from sandboxctl.engine.docker import DockerEngine
from sandboxctl.lifecycle.assemble import assemble
from sandboxctl.sandbox import labels
from tests import conftest, dens, pipeline
from tests.faults import proxy
from tests.faults.canaries import Canaries
from tests.faults.invariants import Untouched, violations
from tests.faults.own_daemon import OwnDaemon, own_daemon
from tests.faults.proxy import Call, Fault
from tests.faults.rig import NAME, Rig

pytestmark = [
    pytest.mark.engine,
    pytest.mark.skipif(os.geteuid() != 0, reason="only root may start a second daemon"),
]


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OwnDaemon]:
    with own_daemon(tmp_path_factory.mktemp("daemon")) as one:
        yield one


@pytest.fixture(scope="module")
def den(
    own: OwnDaemon,
    docker_engine: DockerEngine,
    tmp_path_factory: pytest.TempPathFactory,
    api: docker.APIClient,
) -> Iterator[Rig]:
    """A den on the second daemon, with the images that the first one has."""
    home = tmp_path_factory.mktemp("home")
    settings = dens.chosen(api)
    conftest.write_settings(home, settings)
    engine = DockerEngine(settings, own.place.url)
    near = docker.APIClient(own.place.url, version="auto")
    with contextlib.ExitStack() as opened:
        between = opened.enter_context(proxy.proxy(home / "docker.sock", own.socket))
        own.take(_images(docker_engine, home), api)
        canaries = opened.enter_context(Canaries(near))
        rig = Rig(engine, near, between, home, canaries, is_far=True)
        engine.enter(lambda _: None)
        yield rig
        engine.close()
        engine.abandon(lambda _: None)
        engine.close()
        assert dens.leftovers(near, settings) == []
    near.close()


def _images(engine: DockerEngine, home: Path) -> set[str]:
    """What the notebook starts from; made on the first daemon, if it is not there yet."""
    rig = Rig(engine, None, None, home, None)  # type: ignore[arg-type]  # for its folder alone
    assembled = assemble(pipeline.loaded(engine, rig.folder, NAME))
    base = named.base()
    builds = (base, named.of("images/gateway", base.tag), *assembled.builds)
    for build in builds:
        engine.images.build(build, lambda _: None)
    return {build.tag for build in builds}


def state_of(den: Rig) -> str:
    told = den.run("status", NAME, "--json", through=False)
    return str(json.loads(told.said)["state"])


def what_runs(den: Rig) -> str:
    """The same, from the containers themselves."""
    record = den.engine.observe(NAME).record
    assert record
    of = {"label": [f"{labels.SANDBOX}={NAME}", f"{labels.GENERATION}={record.live}"]}
    states = [one["State"] == "running" for one in den.api.containers(all=True, filters=of)]
    return "ready" if all(states) else "in trouble" if any(states) else "stopped"


def test_an_engine_that_is_killed_in_the_middle_of_a_reset_costs_nothing_that_was_kept(
    den: Rig, own: OwnDaemon
) -> None:
    den.up()
    den.write("mine")
    victim = Untouched.now(den)
    fault = Fault(Call("POST /containers/create", 1), "beside", own.kill)
    den.proxy.begin(fault)
    ran = den.run("reset", NAME)
    assert fault.struck.is_set()
    assert ran.code == 4, ran.said
    assert "Traceback" not in ran.said
    own.start()
    den.engine.close()
    den.canaries.look_again()
    assert state_of(den) == what_runs(den), "it is truthful"
    again = den.run("reset", NAME)
    assert again.code == 0, again.said
    assert den.lines == ["minute zero"]
    undone = den.run("reset", NAME, "--undo")
    assert undone.code == 0, undone.said
    den.engine.close()
    assert den.lines == ["minute zero", "mine"]
    assert violations(den, victim) == []


@pytest.mark.parametrize("way", ["asked", "killed"])
def test_an_engine_that_is_started_again_has_the_same_generation_with_its_data(
    den: Rig, own: OwnDaemon, way: str
) -> None:
    den.engine.close()
    den.up()
    den.write(way)
    before, lines = den.engine.observe(NAME), den.lines
    own.stop() if way == "asked" else own.kill()
    own.start()
    den.engine.close()
    den.canaries.look_again()
    again = den.run("up", str(den.folder), "--name", NAME)
    assert again.code == 0, again.said
    now = den.engine.observe(NAME)
    assert now.record
    assert before.record
    assert now.record.live == before.record.live
    assert den.lines == lines
    assert violations(den, Untouched.now(den)) == []
