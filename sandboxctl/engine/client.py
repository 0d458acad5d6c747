"""A client of a Docker daemon, in the newest version of its API that both sides know."""

from __future__ import annotations

from typing import Any

import docker
from docker.errors import DockerException
from docker.tls import TLSConfig
from docker.transport import UnixHTTPAdapter
from requests import PreparedRequest, Response
from requests.adapters import BaseAdapter

from sandboxctl.engine.translate import hint_for, in_our_words, why_away
from sandboxctl.engine.unix import Adapter
from sandboxctl.errors import EngineError

OLDEST = (1, 41)
"""Engine 20.10: older ones cannot make private cgroup namespaces."""


PATIENCE, LONG = 30, 900
"""Seconds until a call counts as hanging: most, and those that copy whole layers."""


class Client(docker.APIClient):
    """What only asks, and is answered at once or never, is not waited for as what copies layers."""

    def __init__(self, **options: Any) -> None:
        try:
            super().__init__(**options)
        except BaseException:
            self.close()
            raise

    def send(self, request: PreparedRequest, **options: Any) -> Response:
        if request.method in ("GET", "HEAD") and not options.get("stream"):
            options["timeout"] = min(options.get("timeout") or PATIENCE, PATIENCE)
        return super().send(request, **options)

    def mount(self, prefix: str | bytes, adapter: BaseAdapter) -> None:
        ours = Adapter(adapter) if isinstance(adapter, UnixHTTPAdapter) else adapter
        super().mount(prefix, ours)


AWAY = "Start it, or choose another one with -H; `sandboxctl doctor` says more."


def connected(
    url: str | None,
    tls: TLSConfig | None = None,
    *,
    patience: int = PATIENCE,
    like: docker.APIClient | None = None,
) -> docker.APIClient:
    """A client that speaks the newest version both sides know; EngineError if nobody answers.

    ``like``  another one of the same engine, which has asked for its version already."""
    with in_our_words("connecting to the engine"):
        try:
            api = Client(
                base_url=url,
                tls=tls or False,
                version=like.api_version if like else "auto",
                timeout=patience,
                max_pool_size=32,
                use_ssh_client=False,  # the library's own ssh refuses unknown host keys
            )
        except DockerException as error:
            words = f"no Docker Engine answers{f' at {url}' if url else ''}: {why_away(error)}"
            raise EngineError(words, hint=hint_for(words, AWAY)) from error
    version = tuple(int(part) for part in api.api_version.split("."))
    if version < OLDEST:
        raise EngineError(
            f"the engine speaks API {api.api_version}; 1.41 (Engine 20.10) is the oldest of use",
            hint="Upgrade the engine.",
        )
    return api


def both(
    url: str | None, tls: TLSConfig | None = None
) -> tuple[docker.APIClient, docker.APIClient]:
    """One for most calls, and one for those that take long. Raises as `connected` does."""
    api = connected(url, tls)
    return api, connected(url, tls, patience=LONG, like=api)
