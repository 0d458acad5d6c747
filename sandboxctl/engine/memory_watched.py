"""What a den in memory tells those who look after it: as whoever made it says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sandboxctl.sandbox.lease import Times
from sandboxctl.sandbox.restarting import Ended, Pulse, Still
from sandboxctl.sandbox.state import Observed


class MemoryBeat:
    """``ended`` by sandbox and service, ``pulse_now`` and ``told`` are what is answered."""

    def __init__(self, sandboxes: Mapping[str, Observed]) -> None:
        self._sandboxes = sandboxes
        self.ended: dict[tuple[str, str], Ended] = {}
        self.pulse_now = Pulse(runs=True)
        self.told: Times | None = None

    def pulse(self) -> Pulse | None:
        return self.pulse_now

    def times(self) -> Times | None:
        return self.told

    def still(self) -> Sequence[Still]:
        return [
            Still(name, number, seen.service)
            for name, one in self._sandboxes.items()
            for number, generation in one.generations.items()
            for seen in generation.services.values()
            if not seen.runs
        ]

    def ends(self, observed: Observed) -> Sequence[Ended]:
        live = observed.live
        return [
            Ended(name, runs=True)
            if seen.runs
            else self.ended.get((observed.sandbox, name), Ended(name))
            for name, seen in sorted(live.services.items() if live else ())
        ]
