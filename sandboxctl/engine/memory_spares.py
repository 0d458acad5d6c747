"""Spares of a den in memory: what is offered, and who has what was."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sandboxctl.sandbox import names
from sandboxctl.sandbox.operations import Offer, Withdraw
from sandboxctl.sandbox.sparing import taken, withdrawn
from sandboxctl.sandbox.state import Observed, Spare


class MemorySpares(dict[str, Spare]):
    """Those that are nobody's yet, by name."""

    def change(self, name: str, operation: Offer | Withdraw, sandboxes: Iterable[Observed]) -> None:
        """SpareTaken where it is a sandbox's by now, or where what was withdrawn becomes ready."""
        if isinstance(operation, Offer):
            if operation.ready and name not in self:
                raise withdrawn(name)
            self[name] = operation.spare
        elif self.pop(name, None) is None and name in _homes(sandboxes):
            raise taken(name)

    def claim(self, home: str, before: Observed) -> None:
        """Nobody else's from now on; SpareTaken where it is somebody's already."""
        mine = before.record.homes.values() if before.record else ()
        if home and self.pop(home, None) is None and home not in mine:
            raise taken(home)

    def lost(self, sandboxes: Mapping[str, Observed]) -> list[str]:
        """Objects of spares that are neither offered nor anybody's."""
        there = {name for name in sandboxes if name.startswith(names.SPARE)}
        return sorted(there - {*self} - _homes(sandboxes.values()))


def _homes(sandboxes: Iterable[Observed]) -> frozenset[str]:
    return frozenset(home for one in sandboxes if one.record for home in one.record.homes.values())
