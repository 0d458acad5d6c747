"""What an engine can be told about which generation teams see: decided, shown, left, kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from ipaddress import IPv4Network

from sandboxctl.sandbox import addresses
from sandboxctl.sandbox.recipe import Recipe
from sandboxctl.sandbox.state import Aside, Beside, Record, Spare, Swapping, Why


@dataclass(frozen=True, slots=True)
class GoLive:
    """Decide that this generation is the one, keep its recipe, and point the gateway at it.

    ``home`` is the spare that it was; taking it and deciding it is one write. ``asides`` is all
    that stays aside from now on, ``beside`` what is kept of single services; ``workshop`` and
    ``team`` empty leave whose it is, ``spares`` None how many there should be.
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
    spares: int | None = None

    @property
    def addresses(self) -> Mapping[str, str]:
        return addresses.services(self.subnet, self.recipe.containers)

    def __str__(self) -> str:
        return f"open the gateway to generation {self.generation}"


@dataclass(frozen=True, slots=True)
class Answers:
    """Read a page through the gateway until it comes from this generation. ``theirs``  a service
    of it has to answer: whoever takes a spare has another one to fall back on."""

    generation: int
    theirs: bool = False

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
    """Let requests in flight finish; cut what is still open after two seconds. ``places`` are the
    addresses of its services; empty: looked up."""

    generation: int
    places: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"let generation {self.generation} finish what it answers"


@dataclass(frozen=True, slots=True)
class GoBack:
    """Decide again what was decided before, word for word, and lead the gateway there: what took
    its place does not answer. ``recipe`` is the one of ``before``."""

    before: Record
    recipe: Recipe

    def __str__(self) -> str:
        return f"lead the gateway back to generation {self.before.live}"


@dataclass(frozen=True, slots=True)
class Offer:
    """Write down that this group of objects is a spare; nobody's to take until it is ``ready``."""

    recipe: Recipe
    subnet: IPv4Network
    since: datetime
    ready: bool = False

    @property
    def spare(self) -> Spare:
        return Spare(
            recipe=self.recipe.digest, subnet=self.subnet, since=self.since, ready=self.ready
        )

    def __str__(self) -> str:
        return "offer it to every sandbox" if self.ready else "write down that it is a spare"


@dataclass(frozen=True, slots=True)
class Withdraw:
    """Offer a spare to nobody any more; SpareTaken where it is a sandbox's own by now."""

    def __str__(self) -> str:
        return "offer it to nobody any more"


@dataclass(frozen=True, slots=True)
class ReadAll:
    """Read once what a service of a spare was filled with: where files do not share their blocks,
    the first look copies them, and somebody would wait for that."""

    generation: int
    service: str
    argv: tuple[str, ...]

    def __str__(self) -> str:
        return f"read all that {self.service} was filled with"
