"""New keys: what a team's link carries, and nobody guesses."""

from __future__ import annotations

import secrets

LETTERS = "abcdefghijklmnopqrstuvwxyz234567"
LENGTH = 26
"""Of 32 letters: 130 bits. Small letters and digits that are not taken for each other, because
a link may be copied from a board."""


def new() -> str:
    return "".join(secrets.choice(LETTERS) for _ in range(LENGTH))
