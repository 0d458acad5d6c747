"""What a supplier may ask for. Frozen, nothing extra; units and bounds stand with each key.

Keys that the Compose Specification has mean here what they mean there, in its long and its
short forms; `load.py` turns YAML into these models and problems into ``file:line: key: why``.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from sandboxctl.blueprint.exceptions import Asked
from sandboxctl.blueprint.forms import (
    MEBIBYTE,
    Command,
    ContainerPath,
    DependsOn,
    Duration,
    Environment,
    Extended,
    Frozen,
    Identifier,
    Name,
    Number,
    Port,
    Route,
    Routes,
    Size,
    Sources,
    StorageOpt,
    Truth,
    UserId,
    Variable,
    Whole,
)
from sandboxctl.blueprint.health import Healthcheck
from sandboxctl.blueprint.limits import CORES, MEMORY, PROCESSES
from sandboxctl.blueprint.origins import Archive, Build, Origin
from sandboxctl.blueprint.parameters import Parameter, Parameters, Secret
from sandboxctl.blueprint.patterns import PYTHON
from sandboxctl.blueprint.problem import Unfit
from sandboxctl.blueprint.supplier import Supplier
from sandboxctl.data.model import Data, Table

__all__ = [
    "MEBIBYTE",
    "Asked",
    "Blueprint",
    "Data",
    "Frozen",
    "Healthcheck",
    "Name",
    "Parameter",
    "Route",
    "Secret",
    "Service",
    "Size",
    "Supplier",
    "Table",
]

MOST_SERVICES = 30
ORIGINS = ("source", "build", "template", "image")


class Service(Frozen):
    """One container of a prototype: a folder with a runtime, a ready-made template, or an image.

    Units   ``mem_limit`` bytes, ``cpus`` cores, durations seconds.
    Source  ``services.<name>`` in the blueprint; bounds are those of a workshop laptop.
    """

    extends: Extended | None = Field(
        default=None,
        exclude=True,
        description="Another service it starts from. Mappings are merged, lists replaced.",
    )
    source: str | None = Field(
        default=None, max_length=400, description="A folder beside the blueprint: your code."
    )
    runtime: Literal["python", "node", "static"] | None = Field(
        default=None,
        description=(
            "What `source` needs to run. For python, lines of its requirements.txt are "
            "`name==version` only; what those need need not be listed. For node, its "
            "package-lock.json is read."
        ),
    )
    python: str | None = Field(
        default=None, pattern=PYTHON, description="With `runtime: python`: another version of it."
    )
    spa: Truth = Field(
        default=False, description="With `runtime: static`: unknown paths get index.html."
    )
    template: Name | None = Field(default=None, description="A ready-made service.")
    with_: dict[Identifier, Any] = Field(
        default_factory=dict, alias="with", description="Values for the template."
    )
    build: Build | None = Field(
        default=None, description="A folder with a strict Dockerfile; `docs/images.md` tells which."
    )
    image: Origin | None = Field(
        default=None,
        description="An image of a registry, or `{archive: api.tar}`, a file of `docker save`.",
    )

    command: Command | None = Field(default=None, description="What runs; no shell unless named.")
    entrypoint: Command | None = Field(default=None, description="What comes before `command`.")
    working_dir: ContainerPath | None = Field(default=None, description="Where it runs.")
    environment: Environment = Field(default_factory=dict, description="Its variables.")
    secrets: Sources = Field(
        default=(),
        max_length=50,
        description="Names of `secrets`; each becomes a variable of that name.",
    )
    expose: tuple[Port, ...] = Field(
        default=(), max_length=20, description="Ports it listens on; the first one is routed."
    )
    public: Truth = Field(
        default=False, description="Gives it an address of its own: <service>--<sandbox>."
    )
    healthcheck: Healthcheck | None = Field(
        default=None, description="How it shows that it is ready; without one, ready is running."
    )
    depends_on: DependsOn = Field(
        default=(), max_length=MOST_SERVICES, description="Waits until these are ready."
    )
    user: UserId | None = Field(
        default=None,
        description='If the image names none, or root: 10001. "0:0" is root, and an exception.',
    )
    files: dict[ContainerPath, str] = Field(
        default_factory=dict,
        max_length=100,
        description="Path in the container: file or folder beside the blueprint.",
    )
    writable: tuple[ContainerPath, ...] = Field(
        default=(), max_length=20, description="Folders it keeps data in."
    )
    prepare: tuple[Command, ...] = Field(
        default=(), max_length=20, description="Commands run once, while the baseline is made."
    )
    fill: tuple[Identifier, ...] = Field(
        default=(), max_length=100, description="Tables of `data` that are in it at minute zero."
    )
    mem_limit: Annotated[Size, Field(ge=16 * MEBIBYTE, le=MEMORY.most)] = Field(
        default=256 * MEBIBYTE,
        description="Memory; it is stopped when it takes more. Over 8g by exception.",
    )
    cpus: Number = Field(
        default=0.5, ge=0.05, le=CORES.most, description="Cores; over 8 by exception."
    )
    pids_limit: Whole = Field(
        default=128, ge=8, le=PROCESSES.most, description="Processes; over 1024 by exception."
    )
    storage_opt: StorageOpt = Field(
        default=StorageOpt(), description="What it may write to disk, if it keeps data."
    )
    stop_grace_period: Annotated[Duration, Field(ge=0, le=60)] = Field(
        default=10, description="How long it may take to stop before it is killed."
    )

    @property
    def pulled(self) -> str:
        """The image that a registry has for it; empty where none is asked."""
        return self.image if isinstance(self.image, str) else ""

    @property
    def archive(self) -> str:
        """The archive that it comes from; empty where it does not."""
        return self.image.archive if isinstance(self.image, Archive) else ""

    @model_validator(mode="after")
    def _comes_from_one_place(self) -> Self:
        origins = [name for name in ORIGINS if getattr(self, name) is not None]
        if not origins:
            why = "comes from nowhere; add `source`, `build`, `template` or `image`"
            raise Unfit(why, "DEN250")
        if len(origins) > 1:
            raise Unfit(f"has {' and '.join(f'`{name}`' for name in origins)}; keep one", "DEN250")
        return self

    @model_validator(mode="after")
    def _goes_together(self) -> Self:
        if (self.source is None) != (self.runtime is None):
            raise Unfit("`source` and `runtime` go together", "DEN251")
        if self.python and self.runtime != "python":
            raise Unfit("`python` goes with `runtime: python`", "DEN251")
        if self.spa and self.runtime != "static":
            raise Unfit("`spa` goes with `runtime: static`", "DEN251")
        if self.with_ and self.template is None:
            raise Unfit("`with` goes with `template`", "DEN251")
        if any(not argv for argv in self.prepare):
            raise Unfit("`prepare` has an empty command", "DEN252")
        return self


class Blueprint(Frozen):
    """A prototype, described once and started as often as you like."""

    blueprint: Literal[1] = Field(description="Version of this format.")
    name: Name = Field(description="What it is called; sandboxes are named after it.")
    title: str = Field(default="", max_length=120, description="Its name for people.")
    summary: str = Field(default="", max_length=500, description="What it does, in a sentence.")
    supplier: Supplier | None = Field(default=None, description="Who answers for it.")
    licence: str = Field(default="", max_length=60, description="SPDX name, such as MIT.")
    opens: Routes = Field(
        description="What a team sees first: a service, or paths on one origin.", max_length=50
    )
    lifetime: Annotated[Duration, Field(ge=60, le=14 * 86_400)] = Field(
        default=8 * 3_600, description="How long a sandbox may live."
    )
    parameters: Parameters = Field(
        default_factory=dict, description="Values that may be set with `--set name=value`."
    )
    secrets: dict[Variable, Secret] = Field(
        default_factory=dict, description="Values that are in no file."
    )
    services: dict[Name, Service] = Field(
        min_length=1, max_length=MOST_SERVICES, description="Its parts, one container each."
    )
    data: Data | None = Field(default=None, description="The synthetic data.")
    exceptions: tuple[Asked, ...] = Field(
        default=(),
        max_length=50,
        description="What it cannot do without; a facilitator grants it, or not.",
    )
