"""From settings and flags to an engine: the only place that knows all of them."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from sandboxctl.engine.memory import MemoryEngine
from sandboxctl.sandbox.den import Den

if TYPE_CHECKING:
    from sandboxctl.engine.protocol import Engine

MEMORY = "memory"
IN_MEMORY: dict[str, MemoryEngine] = {}
"""Dens in memory by name: they live as long as this process does."""


def connect(den: Den, *, engine: str = "", context: str = "") -> Engine:
    """The den's engine. EngineError where it is away or too old.

    ``engine`` and ``context`` are the flags of this command; see `where`.
    """
    url = where(den, engine=engine, context=context)
    if url == MEMORY:
        found = IN_MEMORY.setdefault(den.name, MemoryEngine(den))
        found.den = den
        return found
    from sandboxctl.engine.docker import DockerEngine

    return DockerEngine(den, url or None)


def where(den: Den, *, engine: str = "", context: str = "") -> str:
    """URL of the engine, by who says so first: -H, --context, the den's settings, DOCKER_HOST,
    the current Docker context; "" is the usual socket. EngineError for an unknown context."""
    from sandboxctl.engine.install import named

    if engine or (den.engine and not context):
        return engine or den.engine
    chosen = named(
        "", {**os.environ, "DOCKER_HOST": "", "DOCKER_CONTEXT": context} if context else os.environ
    )
    return chosen.url if chosen else ""
