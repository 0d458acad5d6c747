"""What was done, written into the ledger by whoever did it: a command, or the console."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from sandboxctl import clock
from sandboxctl.engine.protocol import Engine
from sandboxctl.errors import SandboxError
from sandboxctl.lifecycle import ledger
from sandboxctl.lifecycle.ledger import Event, me
from sandboxctl.lifecycle.went_out import WentOut


def event(
    engine: Engine, verb: str, sandbox: str, what: str, *, who: str = "", **detail: object
) -> Event:
    """Something that is done now; by ``who`` runs this command unless said."""
    return Event(clock.now(), engine.den.name, verb, sandbox, what, who or me(), detail)


def outward_event(
    engine: Engine, sandbox: str, outward: Sequence[WentOut], *, who: str = ""
) -> Event | None:
    """What a proxy saw goes with its generation, so it is written down before; None where nothing
    went out."""
    if not outward:
        return None
    told = [asdict(one) for one in outward]
    return event(engine, "went out", sandbox, f"{len(told)} places", who=who, places=told)


def write(engine: Engine, events: Sequence[Event | None]) -> SandboxError | None:
    """Add them, after it is so on the engine; why they are not written down, where they cannot be:
    what was done stays done. A den that ends with its process has no history."""
    known = [one for one in events if one]
    if not engine.lasts or not known:
        return None
    try:
        ledger.write_all(known)
    except SandboxError as error:
        return error
    return None
