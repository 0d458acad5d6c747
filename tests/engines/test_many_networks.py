"""As many sandboxes as a den is meant for: 250 networks on one engine, and one gateway on all."""

from __future__ import annotations

from collections.abc import Iterator

import docker
import pytest

from sandboxctl.blueprint import images as named
from sandboxctl.engine import door, gateway, replacing
from sandboxctl.engine.docker import DockerEngine
from sandboxctl.sandbox import names
from tests import dens
from tests.benchmarks import many
from tests.engines.impatient import Impatient

pytestmark = pytest.mark.engine
MANY = 250


@pytest.fixture(scope="module")
def crowd() -> Iterator[tuple[DockerEngine, docker.APIClient]]:
    """Sandboxes with one container each; all but the first do nothing. Removed at once."""
    engine, api = dens.opened()
    try:
        many.made(engine, MANY)
        yield engine, api
    finally:
        many.gone(engine)
        api.close()


def test_two_hundred_and_fifty_sandboxes_and_another_gateway_under_them(
    crowd: tuple[DockerEngine, docker.APIClient],
) -> None:
    engine, api = crowd
    assert len(engine.sandboxes()) == MANY
    assert all(engine.observe(name).live for name in (many.title(0), many.title(MANY - 1)))
    stands = api.inspect_container(door.name(engine.den))["NetworkSettings"]["Networks"]
    assert len(stands) == MANY + 1
    for name in (many.title(0), many.title(MANY - 1)):
        assert engine.fetch(name).target == f"{name}/1"

    image = named.of("images/gateway", named.base().tag).tag
    api.tag(image, "sandboxctl/gateway", "many")
    try:
        first = engine.observe(many.title(0)).record
        assert first is not None
        cookie = names.cookie(many.title(0), first.key)
        with Impatient(lambda: many.asked(engine, many.title(0), cookie)) as visitor:
            replacing.replace(api, engine.den, "sandboxctl/gateway:many", lambda _: None)
        assert visitor.seen
        assert visitor.interrupted < 1, visitor.refused
        later = DockerEngine(engine.den, dens.engine_url())
        later.enter(lambda _: None)  # back to the one of this version
        assert later.fetch(many.title(MANY - 1)).target == f"{many.title(MANY - 1)}/1"

        api.kill(gateway.name(engine.den))
        later.close()
        later.enter(lambda _: None)
        assert many.asked(engine, many.title(0), cookie) == 200
        later.close()
    finally:
        engine.close()
        api.remove_image("sandboxctl/gateway:many", force=True)
