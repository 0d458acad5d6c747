"""How many spares there should be: what sandboxes and workshops ask for."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime

from sandboxctl.engine.protocol import Engine
from sandboxctl.errors import SandboxError
from sandboxctl.lifecycle.up import why_none
from sandboxctl.sandbox.sparing import asked


def wanted_spares(engine: Engine, now: datetime) -> dict[str, int]:
    """Recipe → how many spares of it there should be. SandboxError where a workshop cannot be
    read: then nobody knows."""
    records, workshops = engine.records().values(), engine.part("workshops")
    found = asked(records, [_of(name, one, now) for name, one in workshops.items()], now)
    used = {record.recipe for record in records}
    return {one: number for one, number in found.items() if _can_be(engine, one, one in used)}


def _can_be(engine: Engine, digest: str, used: bool) -> bool:
    """Whether a spare of it fits anybody. A workshop is written down before its first team is, and
    nobody needs a spare until then; of one that is ``used`` and not kept its maker tells."""
    with suppress(SandboxError):
        return not why_none(engine.recipe(digest))
    return used


def _of(name: str, entry: object, now: datetime) -> dict[str, int]:
    """What a workshop asks for; nothing once it is over."""
    from sandboxctl.workshop.record import kept  # a den without workshops need not know them

    workshop = kept(name, entry)
    return workshop.spares_wanted if workshop.until > now else {}
