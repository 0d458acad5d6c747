"""A value as it may be shown: enough to find it again, not enough to know it."""

from __future__ import annotations

LONG = 6


def masked(text: str) -> str:
    """The first and the last sign, stars for the others; what separates them stays."""
    signs = [place for place, sign in enumerate(text) if sign.isalnum()]
    kept = {signs[0], signs[-1]} if len(signs) >= LONG else set(signs[:1])
    shown = (
        sign if place in kept or not sign.isalnum() else "*" for place, sign in enumerate(text)
    )
    return "".join(shown)[:60]
