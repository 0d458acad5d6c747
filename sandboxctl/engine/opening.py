"""A den that is there, on a Docker daemon: whose it is, and the line to it.

Every command begins so. What makes a den, replaces its gateway or takes it away is in `gateway`.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from sandboxctl.engine.line import greeted
from sandboxctl.engine.look import inspect, ours
from sandboxctl.engine.translate import in_our_words
from sandboxctl.errors import EngineError

if TYPE_CHECKING:
    from docker import APIClient

    from sandboxctl.engine.line import Line
    from sandboxctl.sandbox.den import Den

VERSION = 3
"""Which language the line's other end has to speak."""
BETWEEN = 0.2
"""Seconds in which a gateway that takes the place of another has been given its name."""


def name(den: Den) -> str:
    return f"{den.name}-gateway"


def install(api: APIClient, den: Den) -> str | None:
    """The den's install id; None where there is no den. EngineError if the name is another's."""
    with in_our_words("looking at the den"):
        found = inspect(api, "volume", f"{den.name}-state")
    return ours(den, "state", f"{den.name}-state", found["Labels"]).install if found else None


def connect(api: APIClient, den: Den, begun: tuple[Line, int] | None = None) -> Line:
    """A line to the den, with its routes in step; EngineError says why there is none.

    ``begun``  the same, not looked at yet."""
    try:
        opened, version = begun or _greeted(api, den)
    except EngineError as problem:
        words = _last_words(api, den)
        raise EngineError(f"{problem}{words}", hint=problem.hint) from None
    if version != VERSION:
        opened.close()
        raise EngineError(
            f"the gateway of {den.name} speaks version {version}, this sandboxctl {VERSION}",
            hint="It was made by a newer sandboxctl: use that one."
            if version > VERSION
            else "`sandboxctl up`, or any command that changes something, puts a new one in its "
            "place.",
        )
    return opened


def _greeted(api: APIClient, den: Den) -> tuple[Line, int]:
    """Looked for twice: between two names, a gateway that takes another's place has none."""
    try:
        return greeted(api, name(den))
    except EngineError:
        if inspect(api, "container", name(den)) is not None:
            raise
        time.sleep(BETWEEN)
        return greeted(api, name(den))


def _last_words(api: APIClient, den: Den) -> str:
    with in_our_words("reading the gateway's log"):
        if inspect(api, "container", name(den)) is None:
            return f"; the den {den.name} has no gateway"
        said = api.logs(name(den), tail=5).decode(errors="replace").strip()
    return f"; the gateway said: {said}" if said else ""
