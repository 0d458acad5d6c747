"""What an engine can be told about replacing one service in its place."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PutAside:
    """Keep the container with this id beside the service it was; one kept before it goes. Nothing
    happens where it is beside already, or gone."""

    generation: int
    service: str
    container: str

    def __str__(self) -> str:
        return f"keep {self.service} beside"


@dataclass(frozen=True, slots=True)
class BringBack:
    """Make the container with this id the service again, and keep the one that was it beside.
    Nothing happens where it is the service already, or gone."""

    generation: int
    service: str
    container: str

    def __str__(self) -> str:
        return f"take {self.service} back"


@dataclass(frozen=True, slots=True)
class RemoveAside:
    """Remove what is kept beside a service, with its data."""

    generation: int
    service: str

    def __str__(self) -> str:
        return f"remove the {self.service} that is kept beside"
