"""A den is taken away beside a command that is still at work in it, on a real engine."""

from __future__ import annotations

from collections.abc import Iterator

import docker
import pytest

from sandboxctl import clock
from sandboxctl.engine.docker import DockerEngine
from sandboxctl.errors import EngineError, Held
from sandboxctl.lifecycle.watch import LOCK
from sandboxctl.sandbox import addresses, names
from sandboxctl.sandbox.labels import Owner
from sandboxctl.sandbox.operations import CreateNetwork
from tests import dens

pytestmark = pytest.mark.engine


@pytest.fixture
def den() -> Iterator[dens.Opened]:
    engine, api = dens.opened()
    yield engine, api
    dens.closed(engine, api)


def nothing(_: str) -> None:
    pass


def test_who_is_at_work_is_named_and_what_he_makes_then_does_not_stay(den: dens.Opened) -> None:
    engine, api = den
    other = DockerEngine(engine.den, dens.engine_url())
    with engine.lock(LOCK), other.lock("heron"):
        with pytest.raises(Held, match=r"heron is being changed by .* on ") as refused:
            engine.leave(nothing, patience=0)
        assert "down --all` again" in refused.value.hint
        assert dens.leftovers(api, engine.den), "all of it is there"
        taken = engine.observe("heron").taken
        subnet = addresses.free(engine.den.range, taken, 1)
    made = api.create_network(  # of this den, and a part of nothing that is known
        names.network(engine.den.name, "egret", 1),
        labels=Owner(engine.den.name, engine.about().install, clock.now(), kind="network").labels(),
    )
    said: list[str] = []
    DockerEngine(engine.den, dens.engine_url()).leave(said.append)
    assert any("what came meanwhile: network" in one for one in said)
    with pytest.raises(docker.errors.NotFound):
        api.inspect_network(made["Id"])
    with pytest.raises(EngineError, match="was taken away meanwhile"):
        other.apply("heron", CreateNetwork(1, subnet, "x"), nothing)
    assert dens.leftovers(api, engine.den) == []
    other.close()
