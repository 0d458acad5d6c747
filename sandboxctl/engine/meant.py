"""Which generation and which of its services a person means: the same on every engine."""

from __future__ import annotations

from sandboxctl.errors import SandboxError
from sandboxctl.sandbox.state import Observed


def shown(observed: Observed, service: str | None) -> tuple[str, int, list[str]]:
    """The generation a person means, by name and number as its objects carry them, and its
    services: the live one, or the newest of those that never became live. SandboxError if there
    is none, or not that service in it."""
    found = observed.live or next(reversed(list(observed.generations.values())), None)
    if found is None:
        raise SandboxError(
            f"There is no sandbox {observed.sandbox}.", hint="`sandboxctl ls` shows what there is."
        )
    if service is not None and service not in found.services:
        raise SandboxError(
            f"{observed.sandbox} has no service {service}",
            hint=f"It has {', '.join(sorted(found.services))}.",
        )
    services = [service] if service else sorted(found.services)
    return found.home or observed.sandbox, found.number, services
