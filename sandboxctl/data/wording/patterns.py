"""Text of a given shape: `#` a digit, `@` a capital, `?` a small letter, `{a|b}` one of several.

A backslash before any of these, or before itself, makes it plain.
"""

from __future__ import annotations

import string
from collections.abc import Iterator, Sequence
from functools import lru_cache
from math import prod
from typing import TypeAlias

Slot: TypeAlias = tuple[str, ...]
"""What may stand at one place; a plain character is the only one of its own."""

POOL = 10_000
SLOTS = {
    "#": tuple(string.digits),
    "@": tuple(string.ascii_uppercase),
    "?": tuple(string.ascii_lowercase),
}


@lru_cache(maxsize=256)
def slots(pattern: str) -> tuple[Slot, ...]:
    """Raises ValueError with what is wrong."""
    return tuple(_slots(iter(pattern)))


def _slots(characters: Iterator[str]) -> Iterator[Slot]:
    for character in characters:
        if character == "{":
            yield _choice(characters)
        elif character == "}":
            raise ValueError("has a } without its {; as plain text, write \\}")
        elif character == "\\":
            yield (_escaped(characters),)
        else:
            yield SLOTS.get(character, (character,))


def _choice(characters: Iterator[str]) -> Slot:
    found = [""]
    for character in characters:
        if character == "}":
            if len(set(found)) < len(found):
                raise ValueError(f"has {{{'|'.join(found)}}}, where a text is there twice")
            return tuple(found)
        if character == "|":
            found.append("")
        else:
            found[-1] += _escaped(characters) if character == "\\" else character
    raise ValueError("has a { without its }; as plain text, write \\{")


def _escaped(characters: Iterator[str]) -> str:
    character = next(characters, None)
    if character is None:
        raise ValueError("ends in a backslash; as plain text, write two")
    return character


def size(pattern: str) -> int:
    """How many texts there are."""
    return prod(map(len, slots(pattern)))


@lru_cache(maxsize=256)
def longest(pattern: str) -> int:
    """Characters of the longest text."""
    return sum(max(map(len, slot)) for slot in slots(pattern))


def is_clear(pattern: str) -> bool:
    """Whether each text comes about in one way only: known if one place at most varies in length"""
    return sum(len(set(map(len, slot))) > 1 for slot in slots(pattern)) <= 1


@lru_cache(maxsize=256)
def pools(pattern: str) -> tuple[Slot, ...]:
    """Neighbouring places together, as long as their texts are few enough to list."""
    done: list[Slot] = [("",)]
    for slot in slots(pattern):
        if len(done[-1]) * len(slot) <= POOL:
            done[-1] = tuple(before + after for before in done[-1] for after in slot)
        else:
            done.append(slot)
    return tuple(done)


def leading(sizes: Sequence[int], limit: int) -> int:
    """How many pools from the first on have fewer texts together than the limit."""
    total = 1
    for number, count in enumerate(sizes):
        total *= count
        if total > limit:
            return number
    return len(sizes)
