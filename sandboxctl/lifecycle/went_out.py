"""What went out of a sandbox, as its proxy saw it: who asked, for where, how often, how much."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sandboxctl.engine.protocol import Engine
from sandboxctl.errors import SandboxError
from sandboxctl.sandbox import addresses
from sandboxctl.sandbox.names import EGRESS
from sandboxctl.sandbox.state import Observed

MARK = "den-egress"
MOST_LINES = 100_000
MOST_HOSTS = 200
"""Of one sandbox: whoever asks for more different ones is summed up as "others"."""

OTHERS = "others"
NOWHERE = "nowhere"
"""In words, where what was asked names no host."""

_FIELDS = 8


@dataclass(frozen=True, slots=True)
class WentOut:
    """One service and one place outside. ``bytes`` came back; ``refused`` of ``times`` did not
    go out at all."""

    service: str
    to: str
    times: int
    refused: int
    bytes: int

    def __str__(self) -> str:
        refused = f", {self.refused} refused" if self.refused else ""
        often = f"{self.times} time{'' if self.times == 1 else 's'}{refused}"
        return f"{self.service} to {self.to or NOWHERE}: {often}, {self.bytes:,} bytes came back"


def went_out(engine: Engine, sandbox: str, observed: Observed | None = None) -> tuple[WentOut, ...]:
    """Of the live generation, the most asked first; empty where nothing may go out. ``observed``
    is what was just seen of the sandbox, by who has looked already."""
    live = (observed or engine.observe(sandbox)).live
    if live is None or live.subnet is None or EGRESS not in live.services:
        return ()
    places = addresses.services(live.subnet, live.services)
    services = {place: name for name, place in places.items()}
    try:
        said = list(engine.logs(sandbox, EGRESS, tail=MOST_LINES, follow=False))
    except SandboxError:  # a proxy that is gone tells nothing, and holds nothing up
        return ()
    return summed((line for _, line in said), services)


def summed(lines: Iterable[str], services: Mapping[str, str]) -> tuple[WentOut, ...]:
    """The lines of a proxy's log, of which others are left out; ``services`` by their address."""
    found: dict[tuple[str, str], WentOut] = {}
    for line in lines:
        seen = _read(line, services)
        if seen is None:
            continue
        full = len(found) >= MOST_HOSTS and (seen.service, seen.to) not in found
        key = (seen.service, OTHERS if full else seen.to)
        before = found.get(key, WentOut(*key, 0, 0, 0))
        found[key] = WentOut(
            *key, before.times + 1, before.refused + seen.refused, before.bytes + seen.bytes
        )
    return tuple(sorted(found.values(), key=lambda one: (-one.times, one.service, one.to)))


def _read(line: str, services: Mapping[str, str]) -> WentOut | None:
    """``den-egress TIME FROM METHOD URL STATUS BYTES TO``; who is no service of this generation
    does not count."""
    fields = line.split(" ")
    if len(fields) != _FIELDS or fields[0] != MARK:
        return None
    _, _, asker, method, url, _, size, answered = fields
    if asker not in services:
        return None
    to = url if method == "CONNECT" else url.partition("://")[2].partition("/")[0]
    refused = answered.strip() == "-"  # in place of the address that was connected to
    came = 0 if refused else _number(size)
    return WentOut(services[asker], to[:253], 1, int(refused), came)


def _number(text: str) -> int:
    return int(text) if text.isdecimal() else 0
