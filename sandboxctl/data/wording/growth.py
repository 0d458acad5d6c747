"""How much a grammar grows to, counted before it grows: what doubles at each level never ends."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sandboxctl.data.numerals import spelled
from sandboxctl.data.wording.grammar import LONGEST, POOL, Rules, longest, names, ordered, pieces

DEEPEST = 30
MOST_PARTS = 2_000
"""Pools, chains and forks: each takes its time for every batch of rows."""


@dataclass(frozen=True, slots=True)
class Size:
    """Of a node: as many ``texts`` if it is a pool, otherwise 0; and all ``parts`` in it."""

    texts: int
    parts: int


_PLAIN = Size(1, 1)


def too_much(rules: Rules, texts: Sequence[str]) -> str | None:
    """What is too much about texts and all that they lead to; the rules have no circle."""
    if (deep := _depth(rules, texts)) > DEEPEST:
        return f"leads through {deep:,} names inside one another; at most {DEEPEST}"
    if (most := longest(rules, texts)) > LONGEST:
        return f"has texts of {spelled(most)} characters; at most {LONGEST:,}"
    if (parts := size(rules, texts).parts) > MOST_PARTS:
        return f"has {spelled(parts)} parts with all that its names lead to; at most {MOST_PARTS:,}"
    return None


def _depth(rules: Rules, texts: Sequence[str]) -> int:
    depths: dict[str, int] = {}
    for name in ordered(rules):
        depths[name] = 1 + _deepest(rules[name], depths)
    return _deepest(texts, depths)


def _deepest(texts: Sequence[str], depths: Mapping[str, int]) -> int:
    return max((depths[name] for text in texts for name in names(text)), default=0)


def size(rules: Rules, texts: Sequence[str]) -> Size:
    """Of what `grammar.grown` makes of them."""
    known: dict[str, Size] = {}
    for name in ordered(rules):
        known[name] = _one_of(rules[name], known)
    return _one_of(texts, known)


def _one_of(texts: Sequence[str], known: Mapping[str, Size]) -> Size:
    ways = [_chain(text, known) for text in texts]
    listed = sum(way.texts for way in ways)
    if all(way.texts for way in ways) and listed <= max(POOL, len(ways)):
        return Size(listed, 1)
    return ways[0] if len(ways) == 1 else Size(0, 1 + sum(way.parts for way in ways))


def _chain(text: str, known: Mapping[str, Size]) -> Size:
    done = [_PLAIN]
    for piece, is_name in pieces(text):
        next_one = known[piece] if is_name else _PLAIN
        together = done[-1].texts * next_one.texts
        if 0 < together <= POOL:
            done[-1] = Size(together, 1)
        else:
            done.append(next_one)
    return done[0] if len(done) == 1 else Size(0, 1 + sum(one.parts for one in done))
