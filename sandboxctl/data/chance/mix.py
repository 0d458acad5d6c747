"""Randomness as a function: ``value = f(seed, table, column, row)``, our own and versioned.

Generators of libraries promise no stable output (numpy's ``Generator``: "no compatibility
guarantee"), and they have a state, so that a row depends on the rows before it. Here a stream is
a key, and a draw is SplitMix64 of key and row: any row can be made alone, in any order.
Integers only: floating-point functions differ between processors in the last bit.

Source  Steele, Lea, Flood: Fast splittable pseudorandom number generators (OOPSLA 2014).
"""

from __future__ import annotations

import math
from fractions import Fraction
from functools import lru_cache
from hashlib import blake2b
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from sandboxctl.data.chance.version import MIX_VERSION

U64 = NDArray[np.uint64]
Index = NDArray[np.int64]

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_HALF = np.uint64(32)
_ROUNDS = 4


@lru_cache(maxsize=4096)
def stream(seed: int, *names: str | int) -> int:
    """The key of a stream of draws: 64 bits that depend on every name and on the version."""
    text = "\0".join([f"sandboxctl mix {MIX_VERSION}", str(seed), *map(str, names)])
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "little")


def draws(key: int, rows: U64) -> U64:
    """64 bits for each row; for one key a bijection, so no two rows share them."""
    bits = rows * _GOLDEN
    bits += np.uint64(key)
    bits ^= bits >> np.uint64(30)
    bits *= np.uint64(0xBF58476D1CE4E5B9)
    bits ^= bits >> np.uint64(27)
    bits *= np.uint64(0x94D049BB133111EB)
    bits ^= bits >> np.uint64(31)
    return bits


def below(bits: U64, size: int | U64) -> U64:
    """Each draw as a number in [0, size); the bias is at most size / 2**64, or 2**-32 if small."""
    if isinstance(size, int) and size > 2**32:
        return bits % np.uint64(size)
    return ((bits >> _HALF) * np.asarray(size, np.uint64)) >> _HALF


def happens(bits: U64, rate: float) -> NDArray[np.bool_]:
    """True for this share of the draws; never for 0, always for 1."""
    return (bits >> _HALF) < np.uint64(round(rate * 2**32))


def pick(bits: U64, weights: tuple[float, ...]) -> Index:
    """For each draw the position of one of the weights, which need not add up to one."""
    return np.searchsorted(_bounds(weights), bits >> _HALF, side="right")


@lru_cache(maxsize=256)
def _bounds(weights: tuple[float, ...]) -> U64:
    parts = list(accumulate(map(Fraction, weights)))
    return np.array([int(part * 2**32 / parts[-1]) for part in parts[:-1]], np.uint64)


def permute(key: int, ranks: U64, size: int) -> U64:
    """A keyed bijection of [0, size) onto itself: a Feistel network over Z_a × Z_b.

    a·b is just above size; what falls outside is sent round again (fewer than 1 in √size).
    """
    left_size = math.isqrt(size - 1) + 1
    right_size = -(-size // left_size)
    result = _feistel(key, ranks, left_size, right_size)
    while (outside := result >= np.uint64(size)).any():
        result[outside] = _feistel(key, result[outside], left_size, right_size)
    return result


def _feistel(key: int, ranks: U64, left_size: int, right_size: int) -> U64:
    left, right = np.divmod(ranks, np.uint64(right_size))
    for turn in range(0, _ROUNDS, 2):
        left = _add(left, draws(stream(key, turn), right), left_size)
        right = _add(right, draws(stream(key, turn + 1), left), right_size)
    return left * np.uint64(right_size) + right


def _add(half: U64, bits: U64, size: int) -> U64:
    total = half + below(bits, size)
    total[total >= np.uint64(size)] -= np.uint64(size)
    return total


def octaves(bits: U64, within: U64, size: int) -> U64:
    """Ranks in [0, size) by Zipf's law: rank k with a chance near 1/(k+1), from two draws.

    The octave [2^j, 2^(j+1)) is chosen evenly, then a rank within it: no logarithm needed.
    """
    starts = [1 << j for j in range(size.bit_length())]
    sizes = [min(start, size + 1 - start) for start in starts]
    octave = pick(bits, tuple(count / start for count, start in zip(sizes, starts, strict=True)))
    offset = below(within, np.array(sizes, np.uint64)[octave])
    return np.array(starts, np.uint64)[octave] + offset - np.uint64(1)
