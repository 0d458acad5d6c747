"""The time, and how people write it. The only reader of the clock."""

from __future__ import annotations

import re
import time as system
from datetime import UTC, datetime, time, timedelta

_UNITS = {"d": 86_400, "h": 3_600, "m": 60, "s": 1}
_DURATION = re.compile(r"(?:[0-9]+(?:\.[0-9]+)?[dhms])+")
_PART = re.compile(r"([0-9]+(?:\.[0-9]+)?)([dhms])")


def now() -> datetime:
    """The time in UTC, to the second: leases and labels need no more."""
    return datetime.now(UTC).replace(microsecond=0)


def stamp() -> str:
    """Seconds since 1970 with all digits, as engines take them."""
    return f"{datetime.now(UTC).timestamp():.6f}"


def boottime() -> float:
    """Seconds on a clock that nobody sets and that goes on while the machine sleeps: where there
    is no CLOCK_BOOTTIME (macOS), the monotonic one does so."""
    return system.clock_gettime(getattr(system, "CLOCK_BOOTTIME", system.CLOCK_MONOTONIC))


def seconds(text: str) -> float:
    """Seconds in ``8h``, ``1h30m``, ``90s`` or ``1.5m``; ValueError says what is wanted."""
    if not _DURATION.fullmatch(text.strip()):
        raise ValueError("should be a duration such as 20s, 90m, 8h or 1h30m")
    return sum(float(number) * _UNITS[unit] for number, unit in _PART.findall(text))


def short(length: float) -> str:
    """Seconds as `seconds` reads them: ``30m``, ``1h30m``, ``0s``."""
    left, found = length, ""
    for unit, size in _UNITS.items():
        if unit != "s" and left >= size:
            number, left = divmod(left, size)
            found += f"{number:.0f}{unit}"
    return f"{found}{left:g}s" if left or not found else found


def words(length: timedelta) -> str:
    """``7 h 58 min``, ``12 min``, ``40 s``: the two largest units at most."""
    total = max(0, round(length.total_seconds()))
    days, rest = divmod(total, 86_400)
    hours, rest = divmod(rest, 3_600)
    minutes, left = divmod(rest, 60)
    parts = [(days, "d"), (hours, "h"), (minutes, "min"), (left, "s")]
    first = next((i for i, (value, _) in enumerate(parts) if value), 3)
    shown = [f"{value} {unit}" for value, unit in parts[first : first + 2] if value]
    return " ".join(shown) or "0 s"


def until(text: str, *, today: datetime) -> datetime:
    """The next moment after ``today`` (aware, the user's zone) when a clock shows ``17:00``."""
    try:
        at = time.fromisoformat(text)
    except ValueError:
        raise ValueError("should be a time of day such as 17:00") from None
    moment = today.replace(hour=at.hour, minute=at.minute, second=at.second, microsecond=0)
    return moment if moment > today else moment + timedelta(days=1)


def moment(text: str, *, today: datetime) -> datetime:
    """What ``17:00``, ``2026-05-12 17:00`` or ``2026-05-12T17:00+01:00`` means to somebody for whom
    it is ``today`` (aware, the user's zone); ValueError says what is wanted."""
    if ":" not in text or "-" not in text[:5]:
        return until(text, today=today)
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError("should be a time such as 17:00 or 2026-05-12 17:00") from None
    return at if at.tzinfo else at.replace(tzinfo=today.tzinfo)
