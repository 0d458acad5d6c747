"""What an engine can be told to do: a closed union, so that a new one shows where it is missing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Network
from typing import TYPE_CHECKING, TypeAlias

from sandboxctl.sandbox.disk import WriteDown as WriteDown
from sandboxctl.sandbox.happening import WriteHappened as WriteHappened
from sandboxctl.sandbox.keeping import RemoveSnapshots as RemoveSnapshots
from sandboxctl.sandbox.keeping import TakeSnapshot as TakeSnapshot
from sandboxctl.sandbox.keeping import WriteSnapshots as WriteSnapshots
from sandboxctl.sandbox.lease import Extend as Extend
from sandboxctl.sandbox.recipe import Container, Load
from sandboxctl.sandbox.swapping import BringBack as BringBack
from sandboxctl.sandbox.swapping import PutAside as PutAside
from sandboxctl.sandbox.swapping import RemoveAside as RemoveAside
from sandboxctl.sandbox.switching import Answers as Answers
from sandboxctl.sandbox.switching import Close as Close
from sandboxctl.sandbox.switching import Drain as Drain
from sandboxctl.sandbox.switching import Freeze as Freeze
from sandboxctl.sandbox.switching import GoBack as GoBack
from sandboxctl.sandbox.switching import GoLive as GoLive
from sandboxctl.sandbox.switching import Hold as Hold
from sandboxctl.sandbox.switching import LayAside as LayAside
from sandboxctl.sandbox.switching import Offer as Offer
from sandboxctl.sandbox.switching import ReadAll as ReadAll
from sandboxctl.sandbox.switching import ReplaceKey as ReplaceKey
from sandboxctl.sandbox.switching import Rest as Rest
from sandboxctl.sandbox.switching import Withdraw as Withdraw

if TYPE_CHECKING:
    from sandboxctl.data.model import Data
    from sandboxctl.sandbox.build import Build


@dataclass(frozen=True, slots=True)
class Pull:
    reference: str

    def __str__(self) -> str:
        return f"pull {self.reference}"


@dataclass(frozen=True, slots=True)
class MakeImage:
    build: Build

    def __str__(self) -> str:
        return f"build {self.build.tag}"


@dataclass(frozen=True, slots=True)
class RemoveImage:
    """Take a name away, and the image with its last name; one that is in use stays."""

    reference: str

    def __str__(self) -> str:
        return f"remove {self.reference}"


@dataclass(frozen=True, slots=True)
class CreateNetwork:
    """A closed network with the gateway on it."""

    generation: int
    subnet: IPv4Network
    blueprint: str

    def __str__(self) -> str:
        return f"network {self.subnet}"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a container of a generation stands: its subnet, and the address of every peer."""

    generation: int
    subnet: IPv4Network
    blueprint: str
    addresses: Mapping[str, str]
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class StartService:
    """Create and start; ``image`` is another one than the recipe's where data is carried over."""

    container: Container
    place: Place
    image: str

    def __str__(self) -> str:
        carried = "" if self.image == self.container.image else " with its data"
        return f"start {self.container.name}{carried}"


@dataclass(frozen=True, slots=True)
class StartAgain:
    """Start a stopped container of the live generation: same container, same data."""

    generation: int
    container: Container

    def __str__(self) -> str:
        return f"start {self.container.name} again"


@dataclass(frozen=True, slots=True)
class StopService:
    generation: int
    name: str
    grace: float

    def __str__(self) -> str:
        return f"stop {self.name}"


@dataclass(frozen=True, slots=True)
class WaitReady:
    generation: int
    container: Container
    address: str

    def __str__(self) -> str:
        return f"wait for {self.container.name} ({self.container.probe})"


@dataclass(frozen=True, slots=True)
class RunOnce:
    """A command in a container of its own; what it leaves in its layer becomes ``keep``."""

    container: Container
    place: Place
    image: str
    argv: tuple[str, ...]
    keep: str = ""

    def __str__(self) -> str:
        return f"run {' '.join(self.argv)} in {self.container.name}"


@dataclass(frozen=True, slots=True)
class RunInside:
    """A command inside a running service."""

    generation: int
    service: str
    argv: tuple[str, ...]

    def __str__(self) -> str:
        return f"run {' '.join(self.argv)} inside {self.service}"


@dataclass(frozen=True, slots=True)
class Fill:
    """Load a script or a table into a running service."""

    generation: int
    load: Load
    data: Data | None

    def __str__(self) -> str:
        what = self.load.table or self.load.script.rpartition("/")[2]
        if self.data and self.load.table:
            from sandboxctl.data.relations.sizes import sizes

            rows = sizes(self.data).get(self.load.table)
            what = f"{what} ({rows:,} rows)" if rows is not None else what
        return f"fill {self.load.service} with {what}"


@dataclass(frozen=True, slots=True)
class Commit:
    """Keep a service's layer as an image; ``stop`` it cleanly before, or else pause it.

    ``data`` is what it was filled with, for the certificate that the image carries.
    """

    generation: int
    container: Container
    tag: str
    stop: bool
    blueprint: str = ""
    data: Data | None = None

    def __str__(self) -> str:
        return f"keep {self.container.name} as {self.tag}"


@dataclass(frozen=True, slots=True)
class RemoveService:
    generation: int
    name: str

    def __str__(self) -> str:
        return f"remove {self.name}"


@dataclass(frozen=True, slots=True)
class RemoveNetwork:
    generation: int

    def __str__(self) -> str:
        return "remove its network"


Operation: TypeAlias = (
    Pull
    | MakeImage
    | RemoveImage
    | CreateNetwork
    | StartService
    | StartAgain
    | StopService
    | WaitReady
    | RunOnce
    | RunInside
    | Fill
    | Commit
    | GoLive
    | GoBack
    | Answers
    | Offer
    | Withdraw
    | ReadAll
    | LayAside
    | ReplaceKey
    | Hold
    | Rest
    | Freeze
    | Close
    | Drain
    | RemoveService
    | RemoveNetwork
    | WriteDown
    | WriteHappened
    | Extend
    | TakeSnapshot
    | WriteSnapshots
    | RemoveSnapshots
    | PutAside
    | BringBack
    | RemoveAside
)
