"""Which engine somebody chose, and where they said so."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sandboxctl.errors import EngineError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from docker.tls import TLSConfig


@dataclass(frozen=True, slots=True)
class Named:
    """An engine that somebody chose, and where they said so; it is never replaced by another."""

    url: str
    by: str
    tls: TLSConfig | None = None


def named(url: str = "", environment: Mapping[str, str] = os.environ) -> Named | None:
    """The engine that was asked for: by ``url``, DOCKER_HOST or the current Docker context."""
    if url:
        return Named(url, "the command line", _tls(environment))
    if host := environment.get("DOCKER_HOST"):
        return Named(host, "DOCKER_HOST", _tls(environment))
    return _context(environment.get("DOCKER_CONTEXT"))


def _tls(environment: Mapping[str, str]) -> TLSConfig | None:
    from docker.errors import TLSParameterError
    from docker.utils import kwargs_from_env

    try:
        return kwargs_from_env(dict(environment)).get("tls")
    except TLSParameterError as error:
        raise EngineError(f"{error}", hint="See DOCKER_CERT_PATH and DOCKER_TLS_VERIFY.") from None


def _context(name: str | None) -> Named | None:
    from docker.context import ContextAPI

    try:
        context = ContextAPI.get_context(name)
    except Exception as error:  # noqa: BLE001  docker-py raises bare Exception for a damaged file
        raise EngineError(f"the Docker context: {error}", hint="See `docker context ls`.") from None
    if context is None:
        raise EngineError("the current Docker context is gone", hint="See `docker context ls`.")
    if context.name == "default":
        return None
    return Named(context.Host or "", f"the Docker context {context.name}", context.TLSConfig)
