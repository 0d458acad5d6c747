"""What `watch` looks after, in this order. A new duty is one line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from sandboxctl.lifecycle.leases import Leases
from sandboxctl.lifecycle.restarts import Restarts
from sandboxctl.lifecycle.spares_kept import Asides, Spares
from sandboxctl.lifecycle.watch import Disks, Duty


@dataclass
class Duties:
    """Those of one den. ``trusted``: its clocks are right as they are; ``patience`` as in
    `Restarts`. ``disks`` tells what the last look found."""

    trusted: bool = False
    patience: float | None = 2.0
    disks: Disks = field(default_factory=Disks)

    def all(self) -> Sequence[Duty]:
        """The most urgent first: a full disk is everybody's. What is over is taken away before
        what stopped is started."""
        leases = Leases(trusted=self.trusted)
        return (
            self.disks,
            leases,
            Restarts(self.disks.due, lambda: leases.doubted, patience=self.patience),
            Asides(lambda: leases.doubted),
            Spares(beside=self.patience is not None),
        )
