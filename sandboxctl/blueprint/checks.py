"""What must hold between the parts of a blueprint, once each part is right by itself.

Problems come without lines; the loader finds those by the key.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

from sandboxctl.blueprint import (
    catalogue,
    grants,
    image_names,
    origin_files,
    sockets,
    sources,
    verdicts,
)
from sandboxctl.blueprint.model import Blueprint, Service
from sandboxctl.blueprint.problem import Key, Problem, apart, near
from sandboxctl.data.dirt.model import TRUTH
from sandboxctl.data.model import Data

_GROUPS = frozenset(["den", "sandbox"])
_RESERVED = frozenset(["localhost", "gateway", "egress"])


def problems(blueprint: Blueprint, folder: Path) -> Iterator[Problem]:
    """Everything that cannot work; ``folder`` is where the blueprint lies."""
    yield from _opens(blueprint)
    for name in _GROUPS & blueprint.parameters.keys():
        why = "is a name that templates have already; choose another"
        yield Problem(("parameters", name), why, code="DEN233")
    yield from _order(blueprint)
    for name, service in blueprint.services.items():
        for found in _service(name, service, blueprint):
            yield replace(found, key=("services", name, *found.key))
    yield from grants.problems(blueprint)
    if blueprint.data:
        yield from _data(blueprint.data)
    asked = _sockets(blueprint)
    yield from asked
    yield from apart(sources.problems(blueprint, folder), asked)
    yield from origin_files.problems(blueprint, folder)


def _data(data: Data) -> Iterator[Problem]:
    """numpy and pyarrow come with it, a few tenths of a second: only where there is data."""
    from sandboxctl.data.problems import problems as impossible

    found = [(path, why, verdicts.of_data(("data", *path))) for path, why in impossible(data)]
    if not found:
        from sandboxctl.data.declared import problems as somebodys

        found = [(path, why, "DEN670") for path, why in somebodys(data)]
    for path, why, code in found:
        yield Problem(("data", *path), why, code=code)


def _sockets(blueprint: Blueprint) -> list[Problem]:
    return [
        problem
        for name, service in blueprint.services.items()
        for problem in sockets.problems(service, ("services", name))
    ]


def _opens(blueprint: Blueprint) -> Iterator[Problem]:
    if "/" not in blueprint.opens:
        yield Problem(("opens",), "has no `/`, so there is no first page", code="DEN259")
    for path, route in blueprint.opens.items():
        service = blueprint.services.get(route.service)
        if service is None:
            hint = near(route.service, blueprint.services) or _there(blueprint)
            why = f"`{route.service}` is not a service{hint}"
            yield Problem(("opens", path, "service"), why, code="DEN255")
        elif route.port is None and not service.expose:
            why = f"`{route.service}` listens on no port; give it `expose: [8000]`"
            yield Problem(("opens", path, "service"), why, code="DEN259")


def _there(blueprint: Blueprint) -> str:
    return f"; there are {', '.join(blueprint.services)}"


def _order(blueprint: Blueprint) -> Iterator[Problem]:
    """Who waits for whom."""
    graph: dict[str, list[str]] = {}
    for name, service in blueprint.services.items():
        for index, other in enumerate(service.depends_on):
            key: Key = ("services", name, "depends_on", index)
            if other == name:
                yield Problem(key, "waits for itself", code="DEN256")
            elif other not in blueprint.services:
                hint = near(other, blueprint.services) or _there(blueprint)
                yield Problem(key, f"`{other}` is not a service{hint}", code="DEN255")
            else:
                graph.setdefault(name, []).append(other)
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        # graphlib lists a circle from what is needed to what needs it
        circle = list(reversed(error.args[1]))
        why = f"{' → '.join(circle)}: these wait for each other"
        yield Problem(("services", circle[0], "depends_on"), why, code="DEN256")


def _service(name: str, service: Service, blueprint: Blueprint) -> Iterator[Problem]:
    if name in _RESERVED:
        why = "is a name that every container has already; choose another one"
        yield Problem((), why, code="DEN233")
    if service.pulled and (refused := image_names.problem(service.pulled)):
        yield Problem(("image",), refused[0], code=refused[1])
    health = service.healthcheck
    if health and health.http and not (health.port or service.expose):
        why = "asks no port; give the service `expose: [8000]`"
        yield Problem(("healthcheck", "http"), why, code="DEN254")
    if health and health.port and service.expose and health.port not in service.expose:
        why = f"{health.port} is not in `expose`; add it there, or leave it out here"
        yield Problem(("healthcheck", "port"), why, code="DEN254")
    if service.runtime in ("python", "node") and not service.command:
        why = f"is missing: runtime {service.runtime} does not know what to run"
        yield Problem(("command",), why, code="DEN252")
    if service.public and not service.expose:
        why = "has no port to lead to; give the service `expose: [8000]`"
        yield Problem(("public",), why, code="DEN259")
    yield from _secrets(service, blueprint)
    yield from _fill(service, blueprint)


def _secrets(service: Service, blueprint: Blueprint) -> Iterator[Problem]:
    for index, secret in enumerate(service.secrets):
        if secret not in blueprint.secrets:
            hint = (
                near(secret, blueprint.secrets) or f"; add {secret} to `secrets` of the blueprint"
            )
            yield Problem(("secrets", index), f"`{secret}` is not declared{hint}", code="DEN262")
        if secret in service.environment:
            why = f"`{secret}` is in `environment` too; keep one"
            yield Problem(("secrets", index), why, code="DEN262")


def _tables(blueprint: Blueprint) -> list[str]:
    """Those of `data`, and those of what was meant where they have mistakes."""
    tables = blueprint.data.tables if blueprint.data else {}
    return [*tables, *(f"{name}{TRUTH}" for name, table in tables.items() if table.dirt)]


def _fill(service: Service, blueprint: Blueprint) -> Iterator[Problem]:
    if service.fill and not _loads(service):
        why = "is for a template with a database, such as postgres; nothing loads tables here"
        yield Problem(("fill",), why, code="DEN263")
        return
    tables = _tables(blueprint)
    for index, table in enumerate(service.fill):
        if table not in tables:
            there = f"; there are {', '.join(tables)}" if tables else "; there is no `data`"
            why = f"`{table}` is not a table of `data`{near(table, tables) or there}"
            yield Problem(("fill", index), why, code="DEN263")


def _loads(service: Service) -> bool:
    if service.template is None:
        return False
    known = service.template in catalogue.names()
    return not known or catalogue.template(service.template).load is not None
