"""A blueprint as an engine is to make it: everything resolved, nothing left to decide.

A recipe is kept in the den, so that a sandbox can be reset long after the supplier's folder
is gone. It holds the names of secrets and never their values.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from sandboxctl.blueprint.exceptions import Asked
from sandboxctl.blueprint.forms import Frozen
from sandboxctl.blueprint.parameters import Secret
from sandboxctl.sandbox.disk import USUAL

if TYPE_CHECKING:
    from sandboxctl.data.model import Data  # what it takes to say what data may be is much


class Probe(Frozen):
    """How readiness is asked.

    ``http`` and ``tcp`` go over the line, from the gateway; ``test`` runs inside the service;
    ``running`` asks nothing more than that it runs. ``within`` and ``timeout`` in seconds.
    """

    kind: Literal["http", "tcp", "test", "running"] = "running"
    port: int = 0
    path: str = "/"
    argv: tuple[str, ...] = ()
    within: float = 60
    timeout: float = 5

    def __str__(self) -> str:
        match self.kind:
            case "http":
                return f"http {self.path} on port {self.port}"
            case "tcp":
                return f"port {self.port}"
            case "test":
                return " ".join(self.argv)
            case _:
                return "running"


class WayOut(Frozen):
    """A host outside that one service may reach."""

    service: str
    host: str
    port: int = 443

    @property
    def sorting(self) -> tuple[str, str, int]:
        return self.service, self.host, self.port

    def __str__(self) -> str:
        return f"{self.service} to {self.host}:{self.port}"


class Container(Frozen):
    """One service of a generation.

    Units   ``memory`` and ``disk`` bytes, ``cpus`` cores, ``grace`` seconds.
    ``image`` is what it starts from when nothing was carried over: an image of ours, a
    registry's, or a baseline. ``definition`` changes when what the supplier wrote about this
    service does; data is carried over only while it stays. ``user`` may be ``0:0``;
    ``capabilities`` are names without ``CAP_``: both only where an exception was granted.
    """

    name: str
    image: str
    definition: str = ""
    command: tuple[str, ...] | None = None
    entrypoint: tuple[str, ...] | None = None
    working_dir: str = ""
    environment: dict[str, str] = Field(default_factory=dict)
    secrets: tuple[str, ...] = ()
    user: str = ""
    capabilities: tuple[str, ...] = ()
    writable_root: bool = False
    memory: int
    cpus: float
    pids: int = 128
    disk: int = USUAL
    stateful: bool = False
    writable: tuple[str, ...] = ()
    probe: Probe = Probe()
    depends_on: tuple[str, ...] = ()
    public: int = Field(default=0, description="The port of its own address; 0 is none.")
    stop_signal: str = "SIGTERM"
    grace: float = 10
    ways_out: tuple[WayOut, ...] = Field(default=(), description="Only the proxy has some.")
    read: tuple[str, ...] = Field(default=(), description="Reads all that it was filled with.")


class Way(Frozen):
    """Where a path of the sandbox's origin leads."""

    service: str
    port: int


class Recipe(Frozen):
    """What a generation is made from.

    ``exceptions`` are those it cannot do without; a facilitator grants them for ``subject``, the
    SHA-256 of all that the supplier wrote, and for the content that the images ``bound`` have on
    the engine. Both are empty where nothing is asked for.
    """

    blueprint: str
    title: str
    containers: dict[str, Container]
    opens: dict[str, Way]
    secrets: dict[str, Secret] = Field(default_factory=dict)
    names_sandbox: bool = False
    exceptions: tuple[Asked, ...] = ()
    subject: str = ""
    bound: tuple[str, ...] = ()

    @cached_property
    def digest(self) -> str:
        """Changes exactly when a generation made from it would be another one."""
        return fingerprint(self.model_dump(mode="json"))

    @property
    def memory(self) -> int:
        """Bytes that one generation may take."""
        return sum(container.memory for container in self.containers.values())


class Load(Frozen):
    """Something put into a running service while its baseline is made, by a command that reads
    SQL on standard input: a script from the blueprint's folder, or a table of its data."""

    service: str
    command: tuple[str, ...]
    script: str = ""
    table: str = ""


class Prepare(Frozen):
    """A command run while a baseline is made: inside a running database, or once in a
    container of its own before the service would start."""

    service: str
    argv: tuple[str, ...]
    inside: bool


@dataclass(frozen=True, slots=True)
class Baseline:
    """What has to happen once so that services start with their data already in them.

    ``tags``  service → the image it becomes; ``containers`` start from what they are before.
    """

    key: str
    containers: dict[str, Container]
    tags: dict[str, str]
    first: tuple[Load, ...] = ()
    prepare: tuple[Prepare, ...] = ()
    fill: tuple[Load, ...] = ()
    data: Data | None = None


def digest(value: object) -> str:
    """The SHA-256 of ``value`` as canonical JSON."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def fingerprint(value: object) -> str:
    """The first 12 hex digits of it: enough for a name, too few against somebody who wants two
    of the same."""
    return digest(value)[:12]
