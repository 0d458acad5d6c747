"""What people read: references, dates and trades in words. Pure."""

from __future__ import annotations

import re
from datetime import datetime

TRADES = {
    "plumber": "Plumber",
    "heating": "Heating engineer",
    "electrician": "Electrician",
    "joiner": "Joiner",
    "roofer": "Roofer",
}
WHAT_THEY_FIX = {
    "plumber": "Taps, toilets, pipes, drains, leaks",
    "heating": "Boilers, radiators, hot water, gas",
    "electrician": "Lights, sockets, switches, fuses",
    "joiner": "Doors, windows, locks, floors, cupboards",
    "roofer": "Roofs, gutters, chimneys, ceilings",
}
STATUSES = {"reported": "Waiting for a visit", "booked": "Visit booked", "closed": "Closed"}
PREFERS = {
    "any": "Any time",
    "morning": "Mornings, 8am to 12pm",
    "afternoon": "Afternoons, 12pm to 5pm",
}
AN_INITIAL_VOWEL = ("electrician",)


def reference(number: int) -> str:
    return f"RR-{number:06d}"


def number(text: str) -> int | None:
    """The number of a reference, however it was typed; None if it is not one."""
    found = re.fullmatch(r"\s*rr[\s-]*0*(\d{1,15})\s*", text, re.IGNORECASE)
    return int(found[1]) if found else None


def postcode(text: str) -> str | None:
    """``ab1 2cd`` as ``AB1 2CD``; None if it does not look like a postcode."""
    squeezed = re.sub(r"[\s.-]", "", text).upper()
    if not re.fullmatch(r"[A-Z]{1,2}[0-9][A-Z0-9]?[0-9][A-Z]{2}", squeezed):
        return None
    return f"{squeezed[:-3]} {squeezed[-3:]}"


def day(moment: datetime) -> str:
    return f"{moment:%A} {moment.day} {moment:%B %Y}"


def visit(moment: datetime, urgent: bool) -> str:
    """A half-day, or for what is urgent the hour it will be seen by."""
    if urgent:
        return f"{day(moment)}, by {moment:%-I:%M}{'am' if moment.hour < 12 else 'pm'}"
    return f"{day(moment)}, {'8am to 12pm' if moment.hour < 12 else '12pm to 5pm'}"


def a_trade(trade: str) -> str:
    article = "an" if trade in AN_INITIAL_VOWEL else "a"
    return f"{article} {TRADES[trade].lower()}"


def share(part: int, whole: int) -> str:
    return f"{round(100 * part / whole)}%" if whole else "no answer yet"
