"""What an engine is, and what it has."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Capacity:
    """What an engine has, and what the limits of running containers add up to. Bytes and cores.

    ``disk`` is free where it keeps its data, ``reflinks`` whether copies of files share blocks
    there; None is not seen from here.
    """

    memory: int
    promised: int
    cpus: int
    disk: int | None = None
    reflinks: bool | None = None


@dataclass(frozen=True, slots=True)
class About:
    """Whose den it is and who runs it: the install id, the engine's address and its version."""

    install: str
    engine: str
    version: str
