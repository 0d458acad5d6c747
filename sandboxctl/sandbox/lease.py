"""Until when a sandbox lives, and whether the clocks that say so can be believed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from sandboxctl import clock
from sandboxctl.sandbox.state import Record

WARNINGS = (timedelta(minutes=15), timedelta(minutes=5))
"""How long before the end it is said, the longest first."""
YOUNG = timedelta(minutes=5)
"""What is younger is not taken away by itself, nor by a gateway that is younger: a machine that
has just started may still be asking for the time."""
JUMP = timedelta(minutes=5)
"""A clock that is off by more was set by somebody."""
AHEAD = timedelta(days=14)
"""A lease ends at most so long from now."""


@dataclass(frozen=True, slots=True)
class Extend:
    """Decide another end of the lease; nothing else of the sandbox is touched."""

    until: datetime

    def __str__(self) -> str:
        return f"let it live until {self.until:%Y-%m-%d %H:%M} UTC"


@dataclass(frozen=True, slots=True)
class Moment:
    """A time on the wall, UTC, and on a clock that nobody sets and no sleep stops, in seconds."""

    wall: datetime
    boot: float


@dataclass(frozen=True, slots=True)
class Times:
    """What the engine's clock says, and said when the gateway was started; ``uptime`` is how long
    that is ago on a clock that nobody sets."""

    now: datetime
    since: datetime
    uptime: timedelta


class Skew(NamedTuple):
    """How far the engine's clock was set since its gateway started, and how far this machine's
    is ahead of it."""

    engine: timedelta = timedelta()
    here: timedelta = timedelta()


def skew(times: Times, now: datetime) -> Skew:
    """What the clocks say of one another; ``now`` is this machine's."""
    return Skew(times.now - times.since - times.uptime, now - times.now)


def doubt(found: Skew, trusted: Skew | None = None) -> str:
    """Why the clocks cannot be believed, in words; empty if they can. ``trusted`` is how far off
    they were when somebody said that they are right."""
    engine, here = (off - known for off, known in zip(found, trusted or Skew(), strict=True))
    if abs(engine) > JUMP:
        return f"the engine's clock was set {_way(engine)} since its gateway started"
    if abs(here) > JUMP:
        side = "ahead of" if here > timedelta() else "behind"
        return f"this machine's clock is {clock.words(abs(here))} {side} the engine's"
    return ""


def young(times: Times) -> str:
    """Why nothing can be told yet, in words: a machine that has just started may still be asking
    for the time, and its gateway started with it. Empty once that is some time ago."""
    if times.uptime >= YOUNG:
        return ""
    ago = clock.words(times.uptime)
    return (
        f"the den's gateway was started {ago} ago, and until that is {clock.words(YOUNG)} the "
        "machine may not know the time yet"
    )


def jumped(before: Moment, after: Moment) -> str:
    """How this machine's clock was set between two moments, in words; empty if it was not."""
    passed = timedelta(seconds=after.boot - before.boot)
    off = after.wall - before.wall - passed
    return f"this machine's clock was set {_way(off)}" if abs(off) > JUMP else ""


def over(records: Mapping[str, Record], now: datetime) -> list[str]:
    """Sandboxes whose lease has ended, the longest ago first."""
    ended = [(record.until, name) for name, record in records.items() if record.until <= now]
    return [name for _, name in sorted(ended)]


def warning(left: timedelta) -> timedelta | None:
    """The warning that is due when so much is left; None where the end is far, or was."""
    due = [one for one in WARNINGS if timedelta() < left <= one]
    return min(due, default=None)


def _way(off: timedelta) -> str:
    return f"{'forward' if off > timedelta() else 'back'} by {clock.words(abs(off))}"
