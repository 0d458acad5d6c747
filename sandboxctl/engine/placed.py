"""Where a container of a generation stands, as its name says: a service, or kept beside one."""

from __future__ import annotations

from dataclasses import replace

from sandboxctl.sandbox import names
from sandboxctl.sandbox.state import Generation, Seen


def with_container(generation: Generation, called: str, seen: Seen) -> Generation:
    """The generation, and one container more; ``called`` is the container's name."""
    service = seen.service
    if called.endswith(names.ASIDE):
        return replace(generation, beside={**generation.beside, service: seen})
    if called.endswith(names.LEAVING):
        return replace(generation, beside={service: seen, **generation.beside})
    return replace(generation, services={**generation.services, service: seen})
