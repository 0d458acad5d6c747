"""What a column holds, known without making a row: expressions, databases and files go by it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

USUAL = 200
"""Characters that no name, address or identifier has more of."""

WRITTEN = 40
"""Characters that no number, time, truth or UUID has more of."""


@dataclass(frozen=True, slots=True)
class Type:
    """``low`` and ``high`` bound every value where that is known, in the units of `values`:
    the last decimal place, days, seconds. ``places`` counts digits after the point; ``length``
    is the most characters of a text, None where its kind does not say."""

    name: Literal["whole", "decimal", "truth", "text", "day", "moment", "span", "uuid"]
    places: int = 0
    low: int | None = None
    high: int | None = None
    length: int | None = None

    @property
    def characters(self) -> int:
        """The most that a value has, as text."""
        if self.name != "text":
            return WRITTEN
        return USUAL if self.length is None else self.length

    def __str__(self) -> str:
        return WORDS[self.name]


WORDS = {
    "whole": "a whole number",
    "decimal": "a decimal number",
    "truth": "true or false",
    "text": "text",
    "day": "a date",
    "moment": "a timestamp",
    "span": "a duration",
    "uuid": "a UUID",
}

TEXT = Type("text")
TRUTH = Type("truth")
UUID = Type("uuid")
