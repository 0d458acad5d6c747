"""A sandbox is put back while its team and its neighbour's are at work, and nobody notices."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import pytest

from sandboxctl.engine.docker import DockerEngine
from tests import dens, load, pipeline
from tests.visitor import key_of

pytestmark = pytest.mark.engine

MOVED, STILL = "moved", "still"
RESETS = 3


@pytest.fixture(scope="module")
def doors(
    docker_engine: DockerEngine, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[load.Door, load.Door]]:
    folder = load.written(tmp_path_factory.mktemp("steady"))
    for name in (MOVED, STILL):
        pipeline.up(docker_engine, folder, name)
    moved, still = (
        load.Door(docker_engine.den, name, key_of(docker_engine, name)()) for name in (MOVED, STILL)
    )
    yield moved, still
    for name in (MOVED, STILL):
        pipeline.down(docker_engine, name)


def test_no_request_fails_and_no_neighbour_is_cut_off(
    docker_engine: DockerEngine, doors: tuple[load.Door, load.Door]
) -> None:
    def arrived(generations: int) -> bool:
        return len(seen.moved.generations) >= generations

    with load.under_load(*doors, clients=2) as seen:
        dens.until(lambda: seen.sockets.answered and seen.slow.answered, what="all are asking")
        for n in range(RESETS):
            pipeline.reset(docker_engine, MOVED)
            dens.until(partial(arrived, n + 2), what="the new one is seen")
    assert seen.moved.failed == {}
    assert seen.slow.failed == {}  # what was in flight was finished by whoever had begun it
    assert (seen.still.failed, seen.still.closed) == ({}, 0)
    assert (seen.sockets.failed, seen.sockets.closed) == ({}, 0)
    assert len(seen.moved.generations) == RESETS + 1
    assert len(seen.still.generations) == 1
    assert min(seen.still.answered, seen.sockets.answered) > RESETS
