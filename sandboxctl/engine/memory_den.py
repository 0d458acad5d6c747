"""What is there in a den in memory, and what it tells of itself."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from ipaddress import IPv4Network
from typing import Any

from sandboxctl.engine.memory_spares import MemorySpares
from sandboxctl.engine.memory_state import (
    MemoryApprovals,
    MemoryLocks,
    image_users,
    inventory,
    with_homes,
    written,
)
from sandboxctl.errors import EngineError
from sandboxctl.sandbox import names, sparing
from sandboxctl.sandbox.den import Den
from sandboxctl.sandbox.disk import Wrote
from sandboxctl.sandbox.machines import About
from sandboxctl.sandbox.recipe import Recipe
from sandboxctl.sandbox.state import Capacity, Observed, Record, Spare
from sandboxctl.workshop.inventory import Thing


class MemoryDen:
    """What an engine in memory remembers. ``wrote`` is what services wrote, in bytes."""

    lasts = False

    def __init__(self, den: Den | None, *, memory: int, wrote: Mapping[str, int] | None) -> None:
        self.den = den or Den(engine="memory")
        self._memory = memory
        self._wrote: Mapping[str, int] = {} if wrote is None else wrote
        self._sandboxes: dict[str, Observed] = {}
        self._promised: dict[tuple[str, int, str], int] = {}
        self._given: dict[str, Mapping[str, str]] = {}
        self._recipes: dict[str, Recipe] = {}
        self._images: frozenset[str] = frozenset()
        self._spares = MemorySpares()
        self._parts: dict[str, dict[str, Any]] = {}
        self._locks = MemoryLocks()
        self.lock, self.holder = self._locks.lock, self._locks.holder
        self.approvals = MemoryApprovals(lambda: self._images)
        self._change = threading.RLock()
        self._console = ""

    def image_users(self, references: Collection[str]) -> Mapping[str, Sequence[str]]:
        with self._change:
            return image_users(self._sandboxes, references, self.den.name)

    def filled(self, references: Collection[str]) -> Mapping[str, int]:  # noqa: ARG002
        return {}

    def about(self) -> About:
        return About("memory", "memory", "")

    def capacity(self) -> Capacity:
        return Capacity(self._memory, sum(self._promised.values()), cpus=4)

    def sandboxes(self) -> Sequence[str]:
        return sorted(name for name in self._sandboxes if not name.startswith(names.OURS))

    def making(self) -> Sequence[str]:
        begun = [name for name in self._sandboxes if name.startswith(names.BASELINE)]
        return sorted([*begun, *self._spares.lost(self._sandboxes)])

    def observe(self, sandbox: str, references: Collection[str] = ()) -> Observed:
        with self._change:
            found = self._sandboxes.get(sandbox, Observed(sandbox))
            return replace(
                found,
                generations=with_homes(found, self._sandboxes),
                images=self._images & set(references),
                taken=self._taken(),
                range=self.den.range,
                den=self.den.name,
            )

    def observe_all(
        self, sandboxes: Collection[str], references: Collection[str] = ()
    ) -> Mapping[str, Observed]:
        with self._change:
            return {name: self.observe(name, references) for name in sandboxes}

    def inventory(self) -> Sequence[Thing]:
        with self._change:
            return inventory(self._sandboxes, self._images, self.den.name)

    def part(self, name: str) -> Mapping[str, Any]:
        if name == "sandboxes":
            records = {n: one.record for n, one in self._sandboxes.items() if one.record}
            return {n: one.model_dump(mode="json") for n, one in records.items()}
        if name == "spares":
            return {n: one.model_dump(mode="json") for n, one in self._spares.items()}
        return dict(self._parts.get(name, {}))

    def decide(self, part: str, name: str, what: object) -> None:
        if part == "spares" and what is None:
            self._spares.pop(name, None)
        entries = self._parts.setdefault(part, {})
        entries.pop(name, None)
        if what is not None:
            entries[name] = what

    def records(self) -> Mapping[str, Record]:
        found = list(self._sandboxes.items())
        return {name: one.record for name, one in found if one.record}

    def spares(self) -> Mapping[str, Spare]:
        return dict(self._spares)

    def glance(self, sandbox: str, now: datetime) -> Observed | None:
        record = self.observe(sandbox).record
        if record is None or record.recipe not in self._recipes:
            return None
        recipe = self._recipes[record.recipe]
        return sparing.without_looking(sandbox, record, recipe, self.spares(), now)

    def recipe(self, digest: str) -> Recipe:
        if digest not in self._recipes:
            raise EngineError(
                f"the den keeps no recipe {digest}", hint="Run `up` with the blueprint again."
            )
        return self._recipes[digest]

    def secrets(self, sandbox: str, wanted: Sequence[str]) -> Mapping[str, str]:
        live = self.observe(sandbox).live
        given = self._given.get((live and live.home) or sandbox, {})
        return {name: given[name] for name in wanted if name in given}

    def known(self, sandbox: str) -> Mapping[str, Sequence[str]]:
        return {name: [value] for name, value in self._given.get(sandbox, {}).items()}

    def wrote(self) -> Sequence[Wrote]:
        return written(self._sandboxes, self._recipes, self._wrote)

    def used(self, sandbox: str) -> Mapping[str, int]:
        """A quarter of what each was promised: enough to plan with."""
        live = self.observe(sandbox).live
        return {
            service: promised // 4
            for (name, number, service), promised in self._promised.items()
            if live and (name, number) == (live.home or sandbox, live.number)
        }

    def version(self) -> str:
        return "an engine in memory"

    def console(self, url: str) -> str:
        """Nobody is led there: no gateway is here."""
        with self._change:
            self._console = (self._console or secrets.token_hex(32)) if url else ""
            return self._console

    def changes(self) -> Mapping[str, int]:
        return {}

    def free(self) -> int | None:
        return None

    def _taken(self) -> tuple[IPv4Network, ...]:
        found = (g.subnet for s in self._sandboxes.values() for g in s.generations.values())
        return tuple(sorted(subnet for subnet in found if subnet))
