"""For each family another shuffle: the children of one parent all get different numbers."""

from __future__ import annotations

import math

import numpy as np

from sandboxctl.data.chance.mix import U64, below, draws, stream

_ROUNDS = 4


def apart(key: int, families: U64, ranks: U64, size: int) -> U64:
    """Ranks below ``size`` → numbers below ``size``, a bijection for each family.

    The same network as `mix.permute`, with a key for each row.
    """
    left_size = math.isqrt(size - 1) + 1
    right_size = -(-size // left_size)
    salts = draws(key, families)
    result = _feistel(key, salts, ranks, left_size, right_size)
    while (outside := np.flatnonzero(result >= np.uint64(size))).size:
        result[outside] = _feistel(key, salts[outside], result[outside], left_size, right_size)
    return result


def _feistel(key: int, salts: U64, ranks: U64, left_size: int, right_size: int) -> U64:
    left, right = np.divmod(ranks, np.uint64(right_size))
    for turn in range(0, _ROUNDS, 2):
        left = _turned(left, draws(stream(key, turn), salts + right), left_size)
        right = _turned(right, draws(stream(key, turn + 1), salts + left), right_size)
    return left * np.uint64(right_size) + right


def _turned(half: U64, bits: U64, size: int) -> U64:
    total = half + below(bits, size)
    return np.where(total >= np.uint64(size), total - np.uint64(size), total)
