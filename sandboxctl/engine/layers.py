"""The layers that services write into: how full they are.

On this machine they are counted on the disk. Behind a line, or where that takes too long, the
engine's own figure is taken; it counts what was only read, so what the baseline holds is taken
off again (Docker Engine API 1.41, `SizeRw`).
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import docker
from docker.errors import NotFound

from sandboxctl.engine import tree
from sandboxctl.engine.carried import CARRIED
from sandboxctl.engine.containers import SNAPSHOT
from sandboxctl.engine.translate import in_our_words
from sandboxctl.sandbox import labels
from sandboxctl.sandbox.disk import Wrote, most_files

SECONDS = 1.5
"""How long a look at one service may take."""
_DATA = ("baseline", "passing", "carried", "snapshot")


@dataclass(frozen=True, slots=True)
class _Layer:
    """Where a container writes: ``upper`` over ``lowers``; ``before`` is what earlier
    generations wrote, and it carries along."""

    upper: Path
    lowers: tuple[Path, ...]
    before: tuple[int, int] = (0, 0)


class Layers:
    """Those of one den. What cannot change is looked up once for each container."""

    def __init__(
        self, api: docker.APIClient, ours: Mapping[str, Any], install: Callable[[], str]
    ) -> None:
        self._api, self._ours, self._install = api, ours, install
        self._layers: dict[str, _Layer | None] = {}
        self._root: Path | None = None

    def wrote(self) -> Sequence[Wrote]:
        with in_our_words("looking at what services wrote"):
            running = self._api.containers(filters=dict(self._ours))
            ours = [one for one in running if self._limit(one)]
            with ThreadPoolExecutor(4) as pool:
                return [found for found in pool.map(self._wrote, ours) if found]

    def filled(self, references: Collection[str]) -> Mapping[str, int]:
        """Bytes of data in each of these images; one that is not there has none."""
        found: dict[str, int] = {}
        for one in references:
            with in_our_words(f"looking at {one}"), contextlib.suppress(NotFound):
                found[one] = self._data(one)
        return found

    def free(self) -> int | None:
        if self._root is None:
            with in_our_words("asking where the engine keeps its data"):
                self._root = Path(self._api.info()["DockerRootDir"])
        try:
            disk = os.statvfs(self._root)
        except OSError:
            return None
        return disk.f_bavail * disk.f_frsize if any(self._layers.values()) else None

    def _limit(self, one: Mapping[str, Any]) -> int:
        owner = labels.owner(one["Labels"])
        mine = owner is not None and owner.install == self._install()
        return int(one["Labels"].get(labels.DISK) or 0) if mine else 0

    def _wrote(self, one: Mapping[str, Any]) -> Wrote | None:
        owner, limit = labels.owner(one["Labels"]), self._limit(one)
        assert owner is not None
        try:
            size, files = self._measured(one["Id"], most_files(limit) * 2)
        except NotFound:  # just removed
            return None
        return Wrote(owner.sandbox, owner.generation, owner.service, size, files, limit)

    def _measured(self, container: str, most: int) -> tuple[int, int | None]:
        if container not in self._layers:
            self._layers[container] = self._found(container)
        layer = self._layers[container]
        if layer is None:
            return self._told(container), None
        try:
            size, files = tree.grown(layer.upper, layer.lowers, most=most, seconds=SECONDS)
        except tree.Unfinished:
            return self._told(container), None
        return size + layer.before[0], files + layer.before[1]

    def _found(self, container: str) -> _Layer | None:
        """Its folders on this machine; None where the engine is elsewhere or we may not look."""
        seen = self._api.inspect_container(container)
        data = (seen.get("GraphDriver") or {}).get("Data") or {}
        upper = Path(data.get("UpperDir") or "/nowhere")
        lowers = tuple(map(Path, (data.get("LowerDir") or "").split(":")))
        if not os.access(upper, os.R_OK | os.X_OK):
            return None
        return _Layer(upper, lowers, self._before(seen, lowers[1:]))

    def _before(self, seen: Mapping[str, Any], lowers: Sequence[Path]) -> tuple[int, int]:
        """What was carried over lies in layers of its own, on top of those of the baseline."""
        size = files = 0
        for n in range(self._carried(seen)):
            try:
                more = tree.grown(lowers[n], lowers[n + 1 :], most=10**7, seconds=60)
            except tree.Unfinished:
                continue
            size, files = size + more[0], files + more[1]
        return size, files

    def _carried(self, seen: Mapping[str, Any]) -> int:
        """How many layers of its image were carried over."""
        if not seen["Config"]["Image"].startswith((CARRIED, SNAPSHOT)):
            return 0
        found = self._image(seen["Image"])
        said = (found["Config"].get("Labels") or {}).get(labels.CARRIED) or "0"
        return int(said) if said.isdecimal() else 0

    def _told(self, container: str) -> int:
        """The engine's figure, less what was there before: a service that only reads what its
        baseline holds has all of that copied into its layer."""
        found = self._api.containers(all=True, size=True, filters={"id": container})
        if not found:
            raise NotFound(container)
        one = found[0]
        return max(0, int(one.get("SizeRw") or 0) - self._data(one["ImageID"]))

    def _data(self, image: str) -> int:
        """Bytes that an image has more than the one it was made of by filling it."""
        found = self._image(image)
        whole, below = int(found["Size"]), found
        while (below["Config"].get("Labels") or {}).get(f"{labels.PREFIX}image") in _DATA:
            if not below.get("Parent"):
                return whole
            below = self._image(below["Parent"])
        return whole - int(below["Size"])

    def _image(self, image: str) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self._api.inspect_image(image)  # type: ignore[no-untyped-call]  # the stubs lack it
        return found
