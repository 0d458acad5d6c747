"""Prototypes as suppliers send them, brought up by the real command line."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from sandboxctl.engine.docker import DockerEngine
from tests.conftest import Cli
from tests.visitor import Visitor, key_of

ROOT = Path(__file__).resolve().parents[2]


@contextmanager
def brought_up(
    cli: Cli, engine: DockerEngine, blueprint: Path | str, name: str, *options: str
) -> Iterator[Visitor]:
    """Somebody at a sandbox of this blueprint; afterwards it is taken away."""
    try:
        said = cli("up", str(blueprint), "--name", name, *options).stdout
        assert engine.den.url(name) in said
        yield Visitor(engine.den, name, key=key_of(engine, name))
    finally:
        cli("down", name)
    assert not engine.observe(name)


@pytest.fixture(scope="module")
def repair_right(cli: Cli, docker_engine: DockerEngine) -> Iterator[Visitor]:
    with brought_up(cli, docker_engine, "repair-right", "repairs") as visitor:
        yield visitor
