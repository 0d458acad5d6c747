"""How much memory the services of a sandbox use."""

from __future__ import annotations

from collections.abc import Mapping

import docker

from sandboxctl.engine.translate import in_our_words
from sandboxctl.sandbox import names
from sandboxctl.sandbox.state import Observed


def running(den: str, observed: Observed) -> dict[str, str]:
    """Each service of the live generation that runs, and what its container is called."""
    live = observed.live
    found = [service for service, seen in live.services.items() if seen.runs] if live else []
    whose, number = (live.home or observed.sandbox, live.number) if live else ("", 0)
    return {one: names.container(den, whose, number, one) for one in found}


def used(api: docker.APIClient, containers: Mapping[str, str]) -> dict[str, int]:
    """Bytes of memory by service, as `docker stats` counts them: what the kernel would give back
    at once is not in it. ``containers`` names them by service.

    Source: docs.docker.com/reference/cli/docker/container/stats (2026)."""
    told: dict[str, int] = {}
    with in_our_words("asking how much memory is used"):
        for service, name in containers.items():
            seen = api.stats(name, stream=False, one_shot=True)["memory_stats"]
            parts = seen.get("stats", {})
            cache = parts.get("total_inactive_file", parts.get("inactive_file", 0))
            told[service] = max(0, int(seen.get("usage", 0)) - int(cache))
    return told
