"""Who a den is."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class About:
    """Whose den it is and who runs it: the install id, the engine's address and its version."""

    install: str
    engine: str
    version: str
