"""`doctor --isolation`: proved from inside, on this engine."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from typing import TYPE_CHECKING

from sandboxctl.cli import show
from sandboxctl.cli.session import Session

if TYPE_CHECKING:
    from sandboxctl.lifecycle.doctor import Check


def found(session: Session) -> Sequence[Check]:
    """Every probe and its verdict. EngineError where the engine is away."""
    from sandboxctl.engine.client import connected
    from sandboxctl.engine.connect import MEMORY, named_by
    from sandboxctl.engine.docker import DockerEngine
    from sandboxctl.engine.trial import prove
    from sandboxctl.lifecycle import doctor
    from sandboxctl.lifecycle.isolation import checks

    chosen = named_by(session.settings, engine=session.engine, context=session.context)
    url, tls = (chosen.url, chosen.tls) if chosen else (None, None)
    if url == MEMORY:
        return [
            doctor.Check("engine", "ATTENTION", "a den in memory runs nothing: there is no inside")
        ]
    engine = DockerEngine(session.settings, url, tls)
    with contextlib.closing(engine), contextlib.closing(connected(url, tls)) as api:
        here = not url or url.startswith("unix://")
        trial = prove(engine, api, here=here, note=lambda text: show.aside(session, text))
    return checks(trial)
