"""Containers that were a service until it was replaced in its place: kept under another name.

A name can be given once, so each renaming is done or not, and what is left of an interrupted one
says how far it went.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import docker
from docker.errors import NotFound

from sandboxctl.engine.containers import Containers
from sandboxctl.sandbox import names
from sandboxctl.sandbox.den import Den
from sandboxctl.sandbox.swapping import BringBack, PutAside, RemoveAside


def apply(
    api: docker.APIClient,
    den: Den,
    containers: Containers,
    sandbox: str,
    operation: PutAside | BringBack | RemoveAside,
) -> None:
    """``sandbox`` as the containers' labels say."""
    name = names.container(den.name, sandbox, operation.generation, operation.service)
    match operation:
        case PutAside(container=container):
            if _id(containers, name) == container:
                containers.forget(f"{name}{names.ASIDE}")
                api.rename(container, f"{name}{names.ASIDE}")
        case BringBack(container=container):
            _bring(api, containers, name, container)
        case RemoveAside():
            for end in (names.ASIDE, names.LEAVING):
                containers.forget(f"{name}{end}")


def _bring(api: docker.APIClient, containers: Containers, name: str, container: str) -> None:
    aside, leaving = f"{name}{names.ASIDE}", f"{name}{names.LEAVING}"
    here, beside, between = (_id(containers, one) for one in (name, aside, leaving))
    if container == beside:
        if here:
            api.rename(here, leaving)
        api.rename(container, name)
        if here or between:
            api.rename(here or between, aside)
    elif container == between:
        if here:
            api.rename(here, aside)
        api.rename(container, name)
    elif container == here and between and not beside:
        api.rename(between, aside)


def _id(containers: Containers, name: str) -> str:
    """The id of our container of that name; empty if there is none."""
    try:
        seen: Mapping[str, Any] = containers.inspected(name)
    except NotFound:
        return ""
    return str(seen["Id"])
