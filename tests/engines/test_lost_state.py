"""A den whose state or gateway somebody took away: told, nothing reaped, and a way out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import docker
import pytest

from sandboxctl.engine import gateway
from sandboxctl.engine.docker import DockerEngine
from sandboxctl.errors import EngineError
from tests import dens, pipeline, prototypes

pytestmark = pytest.mark.engine


@pytest.fixture
def own() -> Iterator[tuple[DockerEngine, docker.APIClient]]:
    """A den that a test may spoil."""
    engine, api = dens.opened()
    yield engine, api
    engine.abandon(lambda _: None)
    left = dens.leftovers(api, engine.den)
    engine.close()
    api.close()
    assert left == []


@pytest.fixture
def page(tmp_path: Path) -> Path:
    return prototypes.written(tmp_path / "blueprint", prototypes.page())


def tear(api: docker.APIClient, engine: DockerEngine) -> None:
    argv = ["sh", "-c", "echo 'garbage{' > /den/state/den.json"]
    made = api.exec_create(gateway.name(engine.den), argv, user="10200")
    api.exec_start(made["Id"])


def test_a_torn_state_reaps_nothing_and_has_a_way_out(
    own: tuple[DockerEngine, docker.APIClient], page: Path
) -> None:
    engine, api = own
    pipeline.up(engine, page, "demo")
    tear(api, engine)
    before = sorted(dens.leftovers(api, engine.den))
    for look in (engine.sandboxes, lambda: engine.observe("demo")):
        with pytest.raises(EngineError, match=r"den\.json\) cannot be read") as caught:
            look()
        assert "--lost-state" in caught.value.hint
    assert sorted(dens.leftovers(api, engine.den)) == before, "nothing was removed"
    engine.abandon(lambda _: None)
    assert dens.leftovers(api, engine.den) == []


def test_without_its_gateway_a_den_does_not_claim_to_know(
    own: tuple[DockerEngine, docker.APIClient], page: Path
) -> None:
    engine, api = own
    pipeline.up(engine, page, "demo")
    engine.close()
    api.remove_container(gateway.name(engine.den), force=True)
    with pytest.raises(EngineError, match=r"gateway of the den .* is gone"):
        engine.sandboxes()
    engine.enter(lambda _: None)
    assert engine.sandboxes() == ["demo"]
    assert engine.fetch("demo").status == 200, "the new gateway is on the old one's networks"
