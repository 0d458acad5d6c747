"""Objects of other people with our labels or names: no verb changes a byte of them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import docker
import pytest

from sandboxctl import clock
from sandboxctl.engine import strangers
from sandboxctl.engine.docker import DockerEngine
from sandboxctl.engine.images import unneeded
from sandboxctl.errors import EngineError
from sandboxctl.sandbox import labels
from sandboxctl.sandbox.labels import Owner
from tests import dens, pipeline, prototypes

pytestmark = pytest.mark.engine

PREFIXES = ("a", "a-b", "a-b-1")
"""Names of sandboxes that begin alike, and one that ends like a generation of another."""


@dataclass(frozen=True)
class Strangers:
    """What somebody else has on the engine, and how it looks."""

    api: docker.APIClient
    containers: tuple[str, ...]
    networks: tuple[str, ...]
    volumes: tuple[str, ...]
    images: tuple[str, ...]

    def looks(self) -> str:
        """Every byte that the engine tells of them."""
        seen = [*map(self.api.inspect_container, self.containers)]
        seen += map(self.api.inspect_network, self.networks)
        seen += map(self.api.inspect_volume, self.volumes)
        seen += map(self.api.inspect_image, self.images)
        return json.dumps(seen, sort_keys=True)


@pytest.fixture(scope="module")
def own() -> Iterator[tuple[DockerEngine, docker.APIClient]]:
    """A den that is taken away whole, again and again."""
    engine, api = dens.opened()
    yield engine, api
    dens.closed(engine, api)


@pytest.fixture(scope="module")
def others(own: tuple[DockerEngine, docker.APIClient]) -> Iterator[Strangers]:
    engine, api = own
    den = engine.den.name
    image = next(tag for tag in engine.images.tags() if tag.startswith("sandboxctl/gateway:"))
    forged = Owner(den, "f" * 32, clock.now(), kind="service", sandbox="a", generation=1)
    kinds: dict[str, dict[str, str]] = {
        f"{den}-a-look-alike": forged.labels(),
        f"{den}-a-0-web": {},
        f"stranger-{den}": {**forged.labels(), labels.KIND: "gateway"},
        f"{den}-a-b-c-1-web": {labels.DEN: den},
    }
    made = tuple(_sleeping(api, image, name, marks) for name, marks in kinds.items())
    network = api.create_network(
        f"{den}-a-look-alike", labels={**forged.labels(), labels.KIND: "network"}
    )["Id"]
    plain = api.create_network(f"{den}-a-9")["Id"]
    volumes = (f"{den}-state-of-mine", f"{den}-kept")
    api.create_volume(volumes[0], labels={**forged.labels(), labels.KIND: "state"})
    api.create_volume(volumes[1])
    tags = (f"{den}/mine", "sandboxctl/of-" + den)
    for tag in tags:
        api.commit(made[0], tag, tag="1")
    found = Strangers(api, made, (network, plain), volumes, tuple(f"{tag}:1" for tag in tags))
    try:
        yield found
    finally:
        for one in made:
            api.remove_container(one, force=True)
        for one in (network, plain):
            api.remove_network(one)
        for one in volumes:
            api.remove_volume(one)
        for one in found.images:
            api.remove_image(one, force=True)


def _sleeping(api: docker.APIClient, image: str, name: str, marks: dict[str, str]) -> str:
    made = str(
        api.create_container(image, entrypoint=["sleep", "600"], name=name, labels=marks)["Id"]
    )
    api.start(made)
    return made


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return prototypes.written(tmp_path_factory.mktemp("page"), prototypes.page())


def same(others: Strangers, verb: Callable[[], Any]) -> None:
    before = others.looks()
    verb()
    assert others.looks() == before


def test_no_verb_changes_them(
    own: tuple[DockerEngine, docker.APIClient], others: Strangers, page: Path
) -> None:
    engine, _ = own
    for name in PREFIXES:
        same(others, lambda name=name: pipeline.up(engine, page, name))  # type: ignore[misc]
    same(others, lambda: pipeline.reset(engine, "a"))
    same(others, lambda: pipeline.restart(engine, "a"))
    assert set(engine.sandboxes()) == set(PREFIXES)
    same(others, lambda: pipeline.down(engine, "a"))


def test_names_that_begin_alike_do_not_mix(
    own: tuple[DockerEngine, docker.APIClient], others: Strangers, page: Path
) -> None:
    """Whatever is done to one, the containers and networks of the others are the same ones."""
    engine, api = own
    for name in PREFIXES:
        pipeline.up(engine, page, name)
    for touched in PREFIXES:
        rest = {
            kept: sorted(dens.leftovers(api, engine.den, kept))
            for kept in PREFIXES
            if kept != touched
        }
        same(others, lambda touched=touched: pipeline.reset(engine, touched))  # type: ignore[misc]
        same(others, lambda touched=touched: pipeline.down(engine, touched))  # type: ignore[misc]
        for kept, before in rest.items():
            assert sorted(dens.leftovers(api, engine.den, kept)) == before
        pipeline.up(engine, page, touched)


def test_prune_does_not_count_them_among_ours(
    own: tuple[DockerEngine, docker.APIClient], others: Strangers
) -> None:
    engine, _ = own
    listed = engine.images.list()
    tags = {image.tag for image in unneeded(listed, (), before=clock.now())}
    assert not tags & set(others.images)
    assert not {image.tag for image in listed} & {f"{engine.den.name}/mine:1"}


def test_they_are_told_in_words(
    own: tuple[DockerEngine, docker.APIClient], others: Strangers
) -> None:
    engine, api = own
    den = engine.den
    assert others.containers
    install = api.inspect_volume(f"{den.name}-state")["Labels"][labels.INSTALL]
    found = strangers.found(api, den, install)
    for name in ("a-look-alike", "a-0-web", "a-b-c-1-web"):
        assert f"container {den.name}-{name}" in found
    assert f"container stranger-{den.name}" in found
    assert f"network {den.name}-a-look-alike" in found
    assert f"volume {den.name}-kept" in found
    assert not [one for one in found if "gateway" in one or one.endswith("-edge")]


def test_a_name_that_somebody_else_has_is_refused(
    own: tuple[DockerEngine, docker.APIClient], others: Strangers, page: Path
) -> None:
    """The very name of a container that is to be made next."""
    engine, api = own
    image = api.inspect_container(others.containers[0])["Config"]["Image"]
    taken = _sleeping(api, image, f"{engine.den.name}-taken-1-web", {})
    try:
        before = json.dumps(api.inspect_container(taken), sort_keys=True)
        outcome = pipeline.try_up(engine, page, "taken")
        assert "DEN902" in [error.code for error in outcome.failed]
        assert json.dumps(api.inspect_container(taken), sort_keys=True) == before
    finally:
        api.remove_container(taken, force=True)
    pipeline.down(engine, "taken")


def test_taking_the_den_away_leaves_them(
    own: tuple[DockerEngine, docker.APIClient], others: Strangers, page: Path
) -> None:
    engine, _ = own
    said: list[str] = []
    pipeline.sweep(engine)
    same(others, lambda: engine.leave(said.append))
    assert "left alone" in said[-1]
    assert f"container {engine.den.name}-a-look-alike" in said[-1]
    pipeline.up(engine, page, "a")
    same(others, lambda: engine.abandon(said.append))
    assert "left alone" in said[-1]


def test_a_state_of_another_is_not_taken_over(
    own: tuple[DockerEngine, docker.APIClient], others: Strangers
) -> None:
    """A volume of the very name, with nothing or with another den's labels on it."""
    engine, api = own
    engine.leave(lambda _: None)
    name = f"{engine.den.name}-state"
    api.create_volume(name, labels={"com.example.owner": "somebody"})
    try:
        with pytest.raises(EngineError, match="was not made by sandboxctl") as refused:
            engine.enter(lambda _: None)
        assert refused.value.code == "DEN902"
        assert api.inspect_volume(name)["Labels"] == {"com.example.owner": "somebody"}
    finally:
        api.remove_volume(name)
    assert others.looks()
