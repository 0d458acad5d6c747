"""What a workshop can be opened from: shipped blueprints, and those of folders that `serve` was
given. A browser names one of these, never a path."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from sandboxctl.blueprint import load
from sandboxctl.blueprint.load import Facts
from sandboxctl.blueprint.model import Blueprint
from sandboxctl.blueprint.parameters import Parameter
from sandboxctl.errors import BlueprintError, SandboxError
from sandboxctl.sandbox.den import Den


@dataclass(frozen=True, slots=True)
class Entry:
    """``name`` as it is asked for; ``blueprint`` None where it cannot be read, and then ``why``."""

    name: str
    path: Path
    blueprint: Blueprint | None = None
    why: str = ""

    @property
    def title(self) -> str:
        return (self.blueprint.title if self.blueprint else "") or self.name

    @property
    def lifetime(self) -> timedelta:
        return timedelta(seconds=self.blueprint.lifetime if self.blueprint else 0)

    @property
    def parameters(self) -> Mapping[str, Parameter]:
        """What may be set, by name."""
        return self.blueprint.parameters if self.blueprint else {}

    @property
    def supplier(self) -> str:
        found = self.blueprint.supplier if self.blueprint else None
        return found.name if found else ""


@dataclass(frozen=True, slots=True)
class Catalogue:
    """``folders`` are blueprints, or hold some."""

    den: Den
    folders: tuple[Path, ...] = ()

    def all(self) -> Sequence[Entry]:
        """By name, each read anew: a supplier may just have mended one."""
        return [self._entry(name, path) for name, path in sorted(self._paths().items())]

    def find(self, name: str) -> Entry:
        """BlueprintError for what is not in it."""
        path = self._paths().get(name)
        if path is None:
            raise BlueprintError(
                "There is no such blueprint in the catalogue", hint="Choose one that is."
            )
        return self._entry(name, path)

    def _paths(self) -> Mapping[str, Path]:
        found = {name: load.find(name) for name in load.shipped()}
        for folder in self.folders:
            inside = sorted(folder.glob(f"*/{load.FILE}"))
            for path in [folder / load.FILE] if (folder / load.FILE).exists() else inside:
                found[path.parent.resolve().name] = path
        return found

    def _entry(self, name: str, path: Path) -> Entry:
        gateway = self.den.gateway
        facts = Facts(
            domain=gateway.domain,
            scheme=gateway.scheme,
            port=gateway.port,
            sandbox=name,
            url=self.den.url(name),
        )
        try:
            return Entry(name, path, load.load(path, facts=facts).blueprint)
        except SandboxError as error:
            return Entry(name, path, why=str(error))
