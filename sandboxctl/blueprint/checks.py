"""What must hold between the parts of a blueprint, once each part is right by itself.

Problems come without lines; the loader finds those by the key.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

from sandboxctl.blueprint import catalogue, sources
from sandboxctl.blueprint.model import Blueprint, Service
from sandboxctl.blueprint.problem import Key, Problem, near
from sandboxctl.data.dirt.model import TRUTH
from sandboxctl.data.model import Data

_GROUPS = frozenset(["den", "sandbox"])
_OURS = re.compile(r"(docker\.io/)?sandboxctl/|([0-9a-f]{12}|[0-9a-f]{64})$|sha256:")
"""What `image` may not be: one that sandboxctl made, or the bare id of whatever is there."""

_RESERVED = frozenset(["localhost", "gateway", "egress"])


def problems(blueprint: Blueprint, folder: Path) -> Iterator[Problem]:
    """Everything that cannot work; ``folder`` is where the blueprint lies."""
    yield from _opens(blueprint)
    for name in _GROUPS & blueprint.parameters.keys():
        yield Problem(("parameters", name), "is a name that templates have already; choose another")
    yield from _order(blueprint)
    for name, service in blueprint.services.items():
        for why in _service(name, service, blueprint):
            yield Problem(("services", name, *why.key), why.why)
    if blueprint.data:
        yield from _data(blueprint.data)
    yield from sources.problems(blueprint, folder)


def _data(data: Data) -> Iterator[Problem]:
    """numpy and pyarrow come with it, a few tenths of a second: only where there is data."""
    from sandboxctl.data.problems import problems as impossible

    found = list(impossible(data))
    if not found:
        from sandboxctl.data.declared import problems as somebodys

        found = list(somebodys(data))
    for path, what in found:
        yield Problem(("data", *path), what)


def _opens(blueprint: Blueprint) -> Iterator[Problem]:
    if "/" not in blueprint.opens:
        yield Problem(("opens",), "has no `/`, so there is no first page")
    for path, route in blueprint.opens.items():
        service = blueprint.services.get(route.service)
        if service is None:
            hint = near(route.service, blueprint.services) or _there(blueprint)
            why = f"`{route.service}` is not a service{hint}"
            yield Problem(("opens", path, "service"), why)
        elif route.port is None and not service.expose:
            why = f"`{route.service}` listens on no port; give it `expose: [8000]`"
            yield Problem(("opens", path, "service"), why)


def _there(blueprint: Blueprint) -> str:
    return f"; there are {', '.join(blueprint.services)}"


def _order(blueprint: Blueprint) -> Iterator[Problem]:
    """Who waits for whom."""
    graph: dict[str, list[str]] = {}
    for name, service in blueprint.services.items():
        for index, other in enumerate(service.depends_on):
            key: Key = ("services", name, "depends_on", index)
            if other == name:
                yield Problem(key, "waits for itself")
            elif other not in blueprint.services:
                hint = near(other, blueprint.services) or _there(blueprint)
                yield Problem(key, f"`{other}` is not a service{hint}")
            else:
                graph.setdefault(name, []).append(other)
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        # graphlib lists a circle from what is needed to what needs it
        circle = list(reversed(error.args[1]))
        why = f"{' → '.join(circle)}: these wait for each other"
        yield Problem(("services", circle[0], "depends_on"), why)


def _service(name: str, service: Service, blueprint: Blueprint) -> Iterator[Problem]:
    if name in _RESERVED:
        yield Problem((), "is a name that every container has already; choose another one")
    if service.image and _OURS.match(service.image):
        why = "names an image of this engine, not of a registry: it may be another's data"
        yield Problem(("image",), why)
    health = service.healthcheck
    if health and health.http and not (health.port or service.expose):
        yield Problem(("healthcheck", "http"), "asks no port; give the service `expose: [8000]`")
    if health and health.port and service.expose and health.port not in service.expose:
        why = f"{health.port} is not in `expose`; add it there, or leave it out here"
        yield Problem(("healthcheck", "port"), why)
    if service.runtime in ("python", "node") and not service.command:
        yield Problem(
            ("command",), f"is missing: runtime {service.runtime} does not know what to run"
        )
    if service.public and not service.expose:
        yield Problem(("public",), "has no port to lead to; give the service `expose: [8000]`")
    yield from _secrets(service, blueprint)
    yield from _fill(service, blueprint)


def _secrets(service: Service, blueprint: Blueprint) -> Iterator[Problem]:
    for index, secret in enumerate(service.secrets):
        if secret not in blueprint.secrets:
            hint = (
                near(secret, blueprint.secrets) or f"; add {secret} to `secrets` of the blueprint"
            )
            yield Problem(("secrets", index), f"`{secret}` is not declared{hint}")
        if secret in service.environment:
            yield Problem(("secrets", index), f"`{secret}` is in `environment` too; keep one")


def _tables(blueprint: Blueprint) -> list[str]:
    """Those of `data`, and those of what was meant where they have mistakes."""
    tables = blueprint.data.tables if blueprint.data else {}
    return [*tables, *(f"{name}{TRUTH}" for name, table in tables.items() if table.dirt)]


def _fill(service: Service, blueprint: Blueprint) -> Iterator[Problem]:
    if service.fill and not _loads(service):
        why = "is for a template with a database, such as postgres; nothing loads tables here"
        yield Problem(("fill",), why)
        return
    tables = _tables(blueprint)
    for index, table in enumerate(service.fill):
        if table not in tables:
            there = f"; there are {', '.join(tables)}" if tables else "; there is no `data`"
            yield Problem(
                ("fill", index), f"`{table}` is not a table of `data`{near(table, tables) or there}"
            )


def _loads(service: Service) -> bool:
    if service.template is None:
        return False
    known = service.template in catalogue.names()
    return not known or catalogue.template(service.template).load is not None
