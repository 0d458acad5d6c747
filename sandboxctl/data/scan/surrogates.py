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


def like(written: str, safe: str) -> str:
    """A safe value, written the way another one was: its spaces, its small letters, its +44."""
    signs = [sign for sign in written if sign.isalnum()]
    new = [sign for sign in safe if sign.isalnum()]
    abroad = next((p for p in ("+44", "0044") if written.startswith(p) and safe[:1] == "0"), "")
    if abroad:
        zero = "0" if "(0)" in written else ""
        return abroad + like(written[len(abroad) :], zero + safe[1:])
    if len(signs) != len(new) or "@" in written:
        return safe
    left = iter(new)
    made = "".join(next(left) if sign.isalnum() else sign for sign in written)
    return made.lower() if written.islower() else made.upper() if written.isupper() else made
