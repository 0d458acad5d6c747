"""What one team takes of an engine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sandboxctl.blueprint.forms import Frozen
from sandboxctl.sandbox.recipe import Recipe

MEBIBYTE = 1024**2
CEILINGS_ON_A_CORE = 16
"""How many cores of ``cpus`` limits share one that there is. A limit is a ceiling and not what is
used: people read, type and talk most of the time, so this leaves each prototype a sixteenth of its
ceiling at every moment, on the average. CPU never fails anybody; it makes everybody slower."""

CEILINGS_ON_DISK = 8
"""The same for what services may write: an eighth of it, on the average; `watch` stops whoever
goes beyond the limit."""

SHARED = 20 * MEBIBYTE
"""What a filled generation takes of its own where files share blocks: the bar it is measured at."""

HEADROOM = 1.5
"""Above what a rehearsal measured: a team that breaks things takes more than one that was tried."""


class Measured(Frozen):
    """What a rehearsal saw of one team, on the average: bytes, cores, bytes written to disk."""

    memory: int
    cpus: float | None = None
    disk: int | None = None


@dataclass(frozen=True, slots=True)
class Need:
    """``memory`` bytes and ``cpus`` cores of the generation that runs; ``disk`` bytes of each
    generation that exists, running or not; ``services`` decides how many addresses it takes;
    ``recipe`` says which others a spare of it is good for."""

    recipe: str
    memory: int
    cpus: float
    disk: int
    services: int
    measured: bool = False


def need(
    recipe: Recipe,
    baselines: Mapping[str, int],
    *,
    reflinks: bool | None,
    measured: Measured | None = None,
) -> Need:
    """``baselines`` has the bytes of each image that a service with data starts from, by its
    reference; where files cannot share blocks (``reflinks``; None is unknown, and counts as no)
    each generation takes all of it as soon as its tables are read."""
    services = recipe.containers.values()
    filled = [baselines[one.image] for one in services if one.image in baselines]
    copied = SHARED * len(filled) if reflinks else sum(filled)
    written = sum(one.disk for one in services if one.stateful or one.writable)
    found = measured or Measured(memory=0)
    disk = written // CEILINGS_ON_DISK if found.disk is None else _more(found.disk)
    cpus = (
        sum(one.cpus for one in services) / CEILINGS_ON_A_CORE
        if found.cpus is None
        else found.cpus * HEADROOM
    )
    return Need(
        recipe=recipe.digest,
        memory=_more(measured.memory) if measured else recipe.memory,
        cpus=cpus,
        disk=copied + disk,
        services=len(recipe.containers),
        measured=measured is not None,
    )


def _more(size: int) -> int:
    return round(size * HEADROOM)
