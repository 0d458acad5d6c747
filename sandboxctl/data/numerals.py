"""Whole numbers in messages, where they may have hundreds of digits."""

from __future__ import annotations

from decimal import Decimal

_SPELLED = 10**36


def spelled(number: int) -> str:
    """With thousands commas; roughly, where nobody would read all digits."""
    return f"{number:,}" if abs(number) < _SPELLED else f"about {Decimal(number):.0e}"
