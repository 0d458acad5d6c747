"""What the ledger is told of a workshop as a whole: by a command, or by the console."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from sandboxctl.engine.protocol import Engine
from sandboxctl.errors import SandboxError
from sandboxctl.lifecycle import telling
from sandboxctl.lifecycle.ledger import Event
from sandboxctl.lifecycle.workshops.closing import Begun
from sandboxctl.lifecycle.workshops.opening import Opening
from sandboxctl.workshop.certificate import Certificate


def opened(
    engine: Engine,
    found: Opening,
    broken: Mapping[str, SandboxError],
    answered: Mapping[str, datetime],
    *,
    who: str = "",
) -> list[Event]:
    """That it was brought up, and each team at the moment when it answered, not when all did."""
    workshop = found.workshop.name
    first = telling.event(engine, "workshop up", "", workshop, who=who, teams=list(found.proposals))
    told = [first]
    for name, one in found.proposals.items():
        facts = {"workshop": workshop, "recipe": one.wanted.recipe.digest if one.wanted else ""}
        error = broken.get(name)
        facts |= {"why": str(error), "code": error.code} if error else {}
        what = "failed" if error else "ready"
        event = telling.event(engine, "workshop up", name, what, who=who, **facts)
        told.append(replace(event, at=answered.get(name, event.at)))
    return told


def closed(engine: Engine, begun: Begun, certificate: Certificate, *, who: str = "") -> Event:
    """That nothing of it is left, with the hashes of what was kept."""
    return telling.event(
        engine,
        "workshop close",
        "",
        begun.workshop.name,
        who=who,
        record=certificate.record_sha256,
        certificate=certificate.sha256,
        removed=begun.before.counts,
    )
