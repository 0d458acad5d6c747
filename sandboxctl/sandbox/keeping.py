"""What an engine can be told about snapshots: taken, written down, removed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sandboxctl.sandbox.recipe import Container
from sandboxctl.sandbox.state import Snapshot


@dataclass(frozen=True, slots=True)
class TakeSnapshot:
    """Keep what services hold on disk, all of it as it is at one moment.

    ``still`` stand still meanwhile and go on afterwards, whatever happens; ``containers`` are kept
    as ``images`` (service → reference). ``sandbox`` is whose they are: the generation may carry
    the name of the spare that it was. SandboxError where one has too many layers by now.
    """

    sandbox: str
    generation: int
    name: str
    blueprint: str
    containers: tuple[Container, ...]
    images: Mapping[str, str]
    still: tuple[str, ...]

    def __str__(self) -> str:
        return f"keep {', '.join(sorted(self.images))} in snapshot {self.name}"


@dataclass(frozen=True, slots=True)
class WriteSnapshots:
    """Keep in the den's state which snapshots a sandbox has: these, and no other."""

    snapshots: tuple[Snapshot, ...]

    def __str__(self) -> str:
        told = ", ".join(str(one) for one in self.snapshots)
        return f"write down which snapshots there are ({told or 'none'})"


@dataclass(frozen=True, slots=True)
class RemoveSnapshots:
    """Remove every image of a sandbox's snapshots, finished or not, but for those in ``keep``."""

    keep: tuple[str, ...] = ()

    def __str__(self) -> str:
        return "remove images of snapshots"
