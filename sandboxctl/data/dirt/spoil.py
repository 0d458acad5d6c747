"""One text becomes another, as a hurried hand or a wrong setting would have it.

Pure functions of a text and 64 bits: for the few rows that a mistake happens in.
"""

from __future__ import annotations

from collections.abc import Callable

ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm", "1234567890")
"""Of a keyboard: keys that stand side by side."""


def mistyped(text: str, bits: int) -> str:
    """One slip in a text; the same text where there is nothing to slip on."""
    places = [place for place, letter in enumerate(text) if letter.isalnum()]
    if not places:
        return text
    slip = _SLIPS[bits % len(_SLIPS)]
    bits //= len(_SLIPS)
    return slip(text, places[bits % len(places)], bits // len(places))


def decoded_wrongly(text: str) -> str:
    """UTF-8 read as Latin-1; the control characters that come out are dropped, as forms do."""
    read = text.encode().decode("latin-1")
    return "".join(letter for letter in read if letter.isprintable())


def _left_out(text: str, place: int, _: int) -> str:
    return text[:place] + text[place + 1 :] if len(text) > 1 else text


def _doubled(text: str, place: int, _: int) -> str:
    return text[: place + 1] + text[place:]


def _exchanged(text: str, place: int, _: int) -> str:
    """With the letter after it, or before it at the end."""
    first = min(place, len(text) - 2)
    if first < 0:
        return text
    return text[:first] + text[first + 1] + text[first] + text[first + 2 :]


def _beside(text: str, place: int, bits: int) -> str:
    """The key to the left or right of the one that was meant."""
    meant = text[place]
    row = next((row for row in ROWS if meant.lower() in row), "")
    if not row:
        return text
    at = row.index(meant.lower()) + (1 if bits % 2 else -1)
    hit = row[at % len(row)]
    return text[:place] + (hit.upper() if meant.isupper() else hit) + text[place + 1 :]


_SLIPS: tuple[Callable[[str, int, int], str], ...] = (_left_out, _doubled, _exchanged, _beside)
