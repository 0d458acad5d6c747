"""Small recipes for tests, written as tests want to read them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sandboxctl.blueprint.images import Build
from sandboxctl.sandbox.recipe import Baseline, Container, Load, Prepare, Probe, Recipe, Way
from sandboxctl.sandbox.wanted import Wanted

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
EVENING = datetime(2026, 6, 1, 20, tzinfo=UTC)
MIB = 1024 * 1024


def container(name: str, **more: Any) -> Container:
    given = {"image": f"sandboxctl/{name}:1", "memory": 64 * MIB, "cpus": 0.5, **more}
    return Container(name=name, **given)


def recipe(*containers: Container, **more: Any) -> Recipe:
    opens = {"/": Way(service=containers[0].name, port=8000)}
    named = {one.name: one for one in containers}
    return Recipe(blueprint="benefits", title="Benefits", containers=named, opens=opens, **more)


def web_and_db(**db: Any) -> Recipe:
    """A page that needs a database with its data in it."""
    return recipe(
        container("web", depends_on=("db",), probe=Probe(kind="http", port=8000)),
        container("db", image="sandboxctl/baseline:k-db", stateful=True, definition="d1", **db),
    )


def builds(*tags: str) -> tuple[Build, ...]:
    """Images, each made from the one before it."""
    return tuple(Build(tag, "t", parent) for tag, parent in zip(tags, ("", *tags), strict=False))


def baseline(**more: Any) -> Baseline:
    made = {
        "key": "k",
        "containers": {"db": container("db", stateful=True, stop_signal="SIGINT")},
        "tags": {"db": "sandboxctl/baseline:k-db"},
        "first": (Load(service="db", command=("psql",), script="/b/schema.sql"),),
        **more,
    }
    return Baseline(**made)


def inside(service: str, *argv: str) -> Prepare:
    return Prepare(service=service, argv=argv, inside=True)


def once(service: str, *argv: str) -> Prepare:
    return Prepare(service=service, argv=argv, inside=False)


def wanted(what: Recipe, **more: Any) -> Wanted:
    return Wanted(what, NOON, EVENING, **more)
