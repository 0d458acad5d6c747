"""Which visit is free next. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

CAPACITY = 3
"""Visits of one trade in one half-day."""

HOURS = {"morning": 8, "afternoon": 12}
URGENT = timedelta(hours=4)
SATURDAY = 5


def urgent_slot(now: datetime) -> datetime:
    """An emergency is seen within four hours, whatever else is booked."""
    return (now + URGENT).replace(minute=0, second=0, microsecond=0)


def next_slot(now: datetime, taken: Mapping[datetime, int], prefers: str) -> datetime:
    """The first half-day from tomorrow, on a weekday, with a visit left; ``prefers`` may be any."""
    parts = [part for part in HOURS if prefers in (part, "any")]
    day = now.replace(minute=0, second=0, microsecond=0)
    while True:
        day += timedelta(days=1)
        for part in parts:
            slot = day.replace(hour=HOURS[part])
            if day.weekday() < SATURDAY and taken.get(slot, 0) < CAPACITY:
                return slot
