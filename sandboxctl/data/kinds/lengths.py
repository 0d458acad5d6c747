"""How long: durations as people write them."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, TypeAlias

from pydantic import BeforeValidator, Field

from sandboxctl import clock

LONGEST = 400 * 366 * 86_400


def _seconds(value: object) -> object:
    if isinstance(value, timedelta):
        return round(value.total_seconds())
    if isinstance(value, str):
        return round(clock.seconds(value))
    if value == 0 and not isinstance(value, bool):
        return 0
    raise ValueError("should be a duration with its unit, such as 20s, 90m, 1h30m or 3d")


Length: TypeAlias = Annotated[
    int, BeforeValidator(_seconds, json_schema_input_type=str), Field(ge=0, le=LONGEST)
]
"""Whole seconds, from ``90m``, ``1h30m`` or ``3d``."""


def spoken(seconds: int) -> str:
    """As it could stand in the blueprint."""
    parts = []
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "m"), (1, "s")):
        count, seconds = divmod(seconds, size)
        parts += [f"{count}{unit}"] if count else []
    return "".join(parts) or "0s"
