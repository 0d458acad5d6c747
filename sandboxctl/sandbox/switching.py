"""What an engine can be told about which generation teams see: decided, shown, left, kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from ipaddress import IPv4Network

from sandboxctl.sandbox import addresses
from sandboxctl.sandbox.recipe import Recipe
from sandboxctl.sandbox.state import Aside, Beside, Swapping, Why


@dataclass(frozen=True, slots=True)
class GoLive:
    """Decide that this generation is the one, keep its recipe, and point the gateway at it.

    ``home`` is the spare that it was; taking it and deciding it is one write. ``asides`` is all
    that stays aside from now on, ``beside`` what is kept of single services; ``workshop`` and
    ``team`` empty leave whose it is.
    """

    generation: int
    recipe: Recipe
    subnet: IPv4Network
    since: datetime
    until: datetime
    home: str = ""
    asides: tuple[Aside, ...] = ()
    why: Why = "up"
    workshop: str = ""
    team: str = ""
    beside: Mapping[str, Beside] = field(default_factory=dict)

    @property
    def addresses(self) -> Mapping[str, str]:
        return addresses.services(self.subnet, self.recipe.containers)

    def __str__(self) -> str:
        return f"open the gateway to generation {self.generation}"


@dataclass(frozen=True, slots=True)
class Answers:
    """Read a page through the gateway until it comes from this generation."""

    generation: int

    def __str__(self) -> str:
        return f"read through the gateway what generation {self.generation} says"


@dataclass(frozen=True, slots=True)
class LayAside:
    """Ask services to stop and wait for none: what is put aside may take its time. ``services``
    → seconds until it is ended."""

    generation: int
    services: Mapping[str, float]

    def __str__(self) -> str:
        return f"stop generation {self.generation} and keep it"


@dataclass(frozen=True, slots=True)
class ReplaceKey:
    """Another key opens the sandbox: old links and cookies do not, and who is in is cut off."""

    def __str__(self) -> str:
        return "replace the key"


@dataclass(frozen=True, slots=True)
class Hold:
    """The gateway says "one moment" and lets nothing in: what is entered now would be lost.
    ``swapping`` is the service that is replaced meanwhile, if it is for that."""

    swapping: Swapping | None = None

    def __str__(self) -> str:
        return "hold the gateway"


@dataclass(frozen=True, slots=True)
class Rest:
    """The gateway says that it rests, and lets nothing in; decided, so that everybody knows."""

    def __str__(self) -> str:
        return "say that it rests"


@dataclass(frozen=True, slots=True)
class Freeze:
    """A service stands still, with all that is in its memory."""

    generation: int
    name: str

    def __str__(self) -> str:
        return f"pause {self.name}"


@dataclass(frozen=True, slots=True)
class Close:
    """No generation is live any more; the gateway answers with its own page."""

    def __str__(self) -> str:
        return "close the gateway"


@dataclass(frozen=True, slots=True)
class Drain:
    """Let requests in flight finish; cut what is still open after two seconds."""

    generation: int

    def __str__(self) -> str:
        return f"let generation {self.generation} finish what it answers"
