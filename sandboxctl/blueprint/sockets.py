"""Where a service names the socket of a container engine: whoever can speak to one owns the host.

Nothing of the host is in a container anyway; but a prototype that looks for it was made to start
containers of its own, and who reads the blueprint should know.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from sandboxctl.blueprint.model import Service
from sandboxctl.blueprint.problem import Key, Problem

_SOCKET = re.compile(r"\b(docker|podman|containerd|crio|buildkitd|dockershim)\.sock\b", re.I)
WHY = "names the socket of a container engine; no service can speak to one"


def named(text: str) -> bool:
    """Whether it names such a socket, by any path that leads to it."""
    return bool(_SOCKET.search(text))


def problems(service: Service, key: Key) -> Iterator[Problem]:
    """One for each key that names one; ``key`` leads to the service."""
    for below, text in _texts(service):
        if named(text):
            yield Problem((*key, *below), WHY, code="DEN312")


def _texts(service: Service) -> Iterator[tuple[Key, str]]:
    for target, source in service.files.items():
        yield ("files", target), f"{target} {source}"
    for number, path in enumerate(service.writable):
        yield ("writable", number), path
    for name, value in service.environment.items():
        yield ("environment", name), value
    for number, argv in enumerate(service.prepare):
        yield ("prepare", number), " ".join(argv)
    for part in ("entrypoint", "command"):
        yield (part,), " ".join(getattr(service, part) or ())
    if service.healthcheck:
        yield ("healthcheck", "test"), " ".join(service.healthcheck.argv)
    yield ("source",), service.source or ""
