"""From settings and flags to an engine: the only place that knows all of them."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from sandboxctl.sandbox.den import Den

if TYPE_CHECKING:
    from sandboxctl.engine.memory import MemoryEngine
    from sandboxctl.engine.named import Named
    from sandboxctl.engine.protocol import Engine

MEMORY = "memory"
IN_MEMORY: dict[str, MemoryEngine] = {}
"""Dens in memory by name: they live as long as this process does."""


def connect(den: Den, *, engine: str = "", context: str = "") -> Engine:
    """The den's engine. EngineError where it is away or too old.

    ``engine`` and ``context`` are the flags of this command; see `where`.
    """
    chosen = named_by(den, engine=engine, context=context)
    if chosen and chosen.url == MEMORY:
        from sandboxctl.engine.memory import MemoryEngine

        found = IN_MEMORY.setdefault(den.name, MemoryEngine(den))
        found.den = den
        return found
    from sandboxctl.engine.ahead import Ahead

    url, tls = (chosen.url, chosen.tls) if chosen else (None, None)
    ahead = Ahead(den, url, tls)
    from sandboxctl.engine.docker import DockerEngine  # this is what takes long meanwhile

    return DockerEngine(den, url, tls, ahead=ahead)


def where(den: Den, *, engine: str = "", context: str = "") -> str:
    """URL of the engine; "" is the usual socket. See `named_by`."""
    chosen = named_by(den, engine=engine, context=context)
    return chosen.url if chosen else ""


def named_by(den: Den, *, engine: str = "", context: str = "") -> Named | None:
    """The engine by who names one first: -H, --context, the den's settings, DOCKER_HOST, the
    current Docker context; None is the usual socket. EngineError for an unknown context."""
    from sandboxctl.engine.named import Named, named

    if MEMORY in (engine, "" if context or engine else den.engine):
        return Named(MEMORY, "you")
    if engine or (den.engine and not context):
        return named(engine or den.engine)
    if context:
        return named("", {**os.environ, "DOCKER_HOST": "", "DOCKER_CONTEXT": context})
    return named("")
