"""Another value from the safe set for each value found: the same for the same, always."""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING

import numpy as np

from sandboxctl.data.identifiers import IDENTIFIERS
from sandboxctl.errors import SandboxError

if TYPE_CHECKING:
    from sandboxctl.data.identifiers.identifier import Parts


FEW = 100
"""Sets smaller than this are lists of published test values: of those, several values may get the
same one, as no table would fit into them otherwise."""

_OWN_WAY = frozenset(["email", "ip"])
"""Kinds whose dots belong to the value."""


class UsedUp(SandboxError):
    """There are more different values than the safe set has."""

    exit_code = 3


class Surrogates:
    """One for all files of a run, so that values that were equal stay equal, and others do not
    become so (but for bank accounts and cards: there is only a handful of safe ones).

    Which one is taken follows from the key; where it is taken already, the next free one is.
    """

    def __init__(self, key: bytes) -> None:
        self._key = blake2b(key).digest()
        self._known: dict[tuple[str, str], str] = {}
        self._taken: dict[str, set[int]] = {}

    def of(self, kind: str, canonical: str) -> str:
        """A safe value in canonical writing. Raises UsedUp if all of them are taken."""
        known = self._known.get((kind, canonical))
        if known is None:
            known = self._known[kind, canonical] = self._drawn(kind, canonical)
        return known

    def _drawn(self, kind: str, canonical: str) -> str:
        one = IDENTIFIERS[kind]
        taken = self._taken.setdefault(kind, set())
        if len(taken) >= one.size >= FEW:
            raise UsedUp(
                f"there are more than {one.size:,} different {one.plural}, and no more safe ones",
                hint=f"Safe ones are {one.safe_words}. Take out the column, or some of the rows.",
            )
        drawn = blake2b(f"{kind}\0{canonical}".encode(), key=self._key, digest_size=16)
        rank = int.from_bytes(drawn.digest()) % one.size
        while rank in taken and one.size >= FEW:
            rank = (rank + 1) % one.size
        taken.add(rank)
        return joined(one.unrank(np.array([rank], np.int64)))


def joined(parts: Parts) -> str:
    """The one value that some parts make."""
    return "".join(part if isinstance(part, str) else part[0][int(part[1][0])] for part in parts)


def like(kind: str, written: str, safe: str) -> str:
    """A safe value, written the way another one was: its spaces, its small letters, its +44."""
    if kind in _OWN_WAY:
        return safe
    abroad = next((sign for sign in ("+44", "0044") if written.startswith(sign)), "")
    if abroad and safe.startswith("0"):
        gap = " " if written[len(abroad) :].startswith(" ") else ""
        zero = "(0)" if "(0)" in written else ""
        rest = safe[1:] if " " in written else safe[1:].replace(" ", "")
        return f"{abroad}{gap}{zero}{rest}"
    if written.isalnum():
        safe = "".join(filter(str.isalnum, safe))
    elif kind != "landline" and len(_signs(written)) == len(_signs(safe)):
        left = iter(_signs(safe))
        safe = "".join(next(left) if sign.isalnum() else sign for sign in written)
    return safe.lower() if written.islower() else safe


def _signs(text: str) -> list[str]:
    return list(filter(str.isalnum, text))
