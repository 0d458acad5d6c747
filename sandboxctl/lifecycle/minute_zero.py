"""What has to happen once so that services start with their data: worked out from a blueprint."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sandboxctl.blueprint import beneath, catalogue, images
from sandboxctl.blueprint.images import Build
from sandboxctl.blueprint.load import Loaded
from sandboxctl.blueprint.model import Blueprint, Data
from sandboxctl.data.chance.version import MIX_VERSION
from sandboxctl.sandbox.recipe import Baseline, Container, Load, Prepare, fingerprint
from sandboxctl.sandbox.wanted import in_order


@dataclass(frozen=True, slots=True)
class Part:
    """One service while it is put together."""

    container: Container
    builds: tuple[Build, ...] = ()
    pull: str = ""
    filled: catalogue.Filled | None = None


def minute_zero(loaded: Loaded, parts: Mapping[str, Part]) -> Baseline | None:
    """What is done once, so that no sandbox has to do it: None if nothing is.

    Reads the scripts that are loaded first, for their hash."""
    blueprint = loaded.blueprint
    order = in_order({name: part.container for name, part in parts.items()})
    preparing = [name for name in order if blueprint.services[name].prepare]
    servers = _servers(parts, blueprint, preparing)
    loads = {name: parts[name].filled for name in order if name in servers}
    root = beneath.real(loaded.folder)
    first = tuple(
        Load(service=name, command=f.load, script=str(beneath.located(root, f.first)))
        for name, f in loads.items()
        if f and f.first and f.load
    )
    prepare = tuple(
        Prepare(service=name, argv=argv, inside=name in servers)
        for name in preparing
        for argv in blueprint.services[name].prepare
    )
    fill = tuple(
        Load(service=name, command=f.load, table=table)
        for name, f in loads.items()
        if f and f.load
        for table in _in_order_of_reference(blueprint.data, blueprint.services[name].fill)
    )
    if not (first or prepare or fill):
        return None
    taking = {n: parts[n].container for n in order if n in servers or n in preparing}
    key = _key(loaded, taking, first, prepare, fill)
    tags = {name: f"{images.REPOSITORY}/baseline:{key}-{name}" for name in taking}
    return Baseline(
        key=key,
        containers=taking,
        tags=tags,
        first=first,
        prepare=prepare,
        fill=fill,
        data=blueprint.data if fill else None,
    )


def _servers(
    parts: Mapping[str, Part], blueprint: Blueprint, preparing: list[str]
) -> frozenset[str]:
    """Ready-made services that keep data, and either have something put into them or are needed
    by a command that prepares."""
    needed: set[str] = set()
    ask = list(preparing)
    while ask:
        for need in blueprint.services[ask.pop()].depends_on:
            if need not in needed:
                needed.add(need)
                ask.append(need)
    return frozenset(
        name
        for name, part in parts.items()
        if part.filled
        and part.filled.stateful
        and (
            part.filled.first
            or blueprint.services[name].prepare
            or blueprint.services[name].fill
            or name in needed
        )
    )


def _in_order_of_reference(data: Data | None, tables: tuple[str, ...]) -> list[str]:
    """Parents before their children; `data` is imported only where there is some."""
    if data is None or not tables:
        return list(tables)
    from sandboxctl.data.dataset import order

    return list(order(data, tables))


def _key(
    loaded: Loaded,
    taking: Mapping[str, Container],
    first: tuple[Load, ...],
    prepare: tuple[Prepare, ...],
    fill: tuple[Load, ...],
) -> str:
    """Names minute zero: changes exactly when the data in it would."""
    made_of = {"image", "command", "entrypoint", "working_dir", "environment", "secrets", "user"}
    data = loaded.blueprint.data if fill else None
    return fingerprint(
        [
            {name: one.model_dump(mode="json", include=made_of) for name, one in taking.items()},
            [(one.service, _content(Path(one.script))) for one in first],
            [one.model_dump(mode="json") for one in prepare],
            [one.model_dump(mode="json") for one in fill],
            [data.model_dump(mode="json"), MIX_VERSION] if data else None,
        ]
    )


def _content(script: Path) -> str:
    return beneath.digest(script.parent, script.name)
