"""The locks of a den, and the one order in which whoever needs several takes them.

==================  =====================================  ==============================
name                whoever holds it                       module
==================  =====================================  ==============================
``den.watch``       watches the den                        `lifecycle.watch`
``workshop.W``      changes what a workshop is             `lifecycle.workshops.kept`
``N``               changes a sandbox                      `Engine.lock`
``spare.R.X``       starts a spare again                   `lifecycle.restarts`
``spares.R``        makes or removes spares of a recipe    `lifecycle.spares`
``baseline.K``      makes a minute zero                    `lifecycle.change`
``den.gateway``     puts another gateway in its place      `engine.replacing`
``den.isolation``   tries whether sandboxes are closed     `engine.trial`
==================  =====================================  ==============================

From the top to the bottom, and by name within a kind. Two commands that need the same locks wait
one for the other so, and never each for the other. What takes a lock without patience may take it
at any time: it gives up instead of waiting.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager

from sandboxctl.engine.protocol import Engine
from sandboxctl.sandbox import names
from sandboxctl.sandbox.state import Record

WATCH = "den.watch"
"""Held by the one that watches a den."""
WORKSHOP, SPARES = "workshop.", "spares."
"""How the locks of workshops, and of the spares of a recipe, begin."""
GATEWAY = "den.gateway"
"""Held by the one that puts a gateway in the place of another."""
ISOLATION = "den.isolation"
"""Held by the one that tries whether sandboxes are closed."""
_LATE = (names.SPARE, SPARES, names.BASELINE, GATEWAY, ISOLATION)


def with_workshops(records: Mapping[str, Record], sandboxes: Iterable[str]) -> list[str]:
    """Sandboxes, and the workshops that they are teams of: for whoever takes them away, since what
    is known of a team is written down in its workshop before."""
    found = list(sandboxes)
    of = {records[name].workshop for name in found if name in records} - {""}
    return [*found, *(f"{WORKSHOP}{name}" for name in of)]


def in_order(wanted: Iterable[str]) -> list[str]:
    """Each once, as they are to be taken."""
    return sorted(set(wanted), key=_place)


@contextmanager
def all_held(engine: Engine, wanted: Iterable[str], *, patience: float) -> Iterator[None]:
    """Nobody else changes any of these. Held names who does after ``patience`` seconds."""
    with ExitStack() as held:
        for name in in_order(wanted):
            held.enter_context(engine.lock(name, patience=patience))
        yield


def _place(name: str) -> tuple[int, str]:
    if name == WATCH:
        return 0, name
    if name.startswith(WORKSHOP):
        return 1, name
    late = [n for n, begin in enumerate(_LATE) if name.startswith(begin)]
    return (3 + late[0] if late else 2), name
