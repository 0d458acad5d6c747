"""Sentences from a small grammar: names in braces stand for one of several texts, and so on.

A name whose texts can be listed becomes a pool, drawn at once; only what is too large for that is
put together for each row.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from graphlib import CycleError, TopologicalSorter
from typing import TypeAlias

POOL = 4_096
"""As many texts are listed one by one."""

LONGEST = 10_000

_NAME = re.compile(r"\{([a-z][a-z0-9_]*)\}")

Rules: TypeAlias = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Pool:
    """Texts, each with its chance."""

    texts: tuple[str, ...]
    chances: tuple[Fraction, ...]


@dataclass(frozen=True, slots=True)
class Chain:
    """Parts, one after the other."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Fork:
    """One of several, all with the same chance."""

    ways: tuple[Node, ...]


Node: TypeAlias = Pool | Chain | Fork


def names(text: str) -> list[str]:
    """The names that a text has in braces."""
    return _NAME.findall(text)


def circle(rules: Rules) -> list[str] | None:
    """Names that lead back to themselves, if there are any."""
    graph = {name: [n for text in texts for n in names(text)] for name, texts in rules.items()}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        found: list[str] = error.args[1][::-1]
        return found
    return None


def unknown(rules: Rules, texts: Sequence[str]) -> Iterator[str]:
    """Names that a text has and the rules do not."""
    for text in texts:
        yield from (name for name in names(text) if name not in rules)


def is_sound(rules: Rules, texts: Sequence[str]) -> bool:
    """Whether the texts lead somewhere in the end, whatever is chosen."""
    strangers = (name for some in (*rules.values(), texts) for name in unknown(rules, some))
    return all(rules.values()) and next(strangers, None) is None and not circle(rules)


def longest(rules: Rules, texts: Sequence[str]) -> int:
    """Characters of the longest text; the rules have no circle."""
    most: dict[str, int] = {}
    for name in ordered(rules):
        most[name] = max(_length(text, most) for text in rules[name])
    return max(_length(text, most) for text in texts)


def ordered(rules: Rules) -> Iterable[str]:
    """Every name after those that its texts have; the rules have no circle."""
    graph = {name: {n for text in texts for n in names(text)} for name, texts in rules.items()}
    return TopologicalSorter(graph).static_order()


def pieces(text: str) -> Iterator[tuple[str, bool]]:
    """What stands between names, and the names, in turn; with whether it is a name."""
    for number, piece in enumerate(_NAME.split(text)):
        yield piece, number % 2 == 1


def _length(text: str, most: Mapping[str, int]) -> int:
    # a name counts even if it stands for nothing: it has to be put together too
    return len(_NAME.sub("", text)) + sum(max(1, most[name]) for name in names(text))


def grown(rules: Rules, texts: Sequence[str]) -> Node:
    """All that can be made of some texts; the rules have no circle."""
    made: dict[str, Node] = {}
    for name in ordered(rules):
        made[name] = _one_of(rules[name], made)
    return _one_of(texts, made)


def _one_of(texts: Sequence[str], made: Mapping[str, Node]) -> Node:
    ways = [_chain(text, made) for text in texts]
    pools = [way for way in ways if isinstance(way, Pool)]
    if len(pools) == len(ways) and sum(len(pool.texts) for pool in pools) <= max(POOL, len(ways)):
        every = [text for pool in pools for text in pool.texts]
        chances = [chance / len(pools) for pool in pools for chance in pool.chances]
        return Pool(tuple(every), tuple(chances))
    return ways[0] if len(ways) == 1 else Fork(tuple(ways))


def _chain(text: str, made: Mapping[str, Node]) -> Node:
    """A text with what its names stand for; neighbours become one pool as long as that is small."""
    done: list[Node] = [_plain("")]
    for piece, is_name in pieces(text):
        node = made[piece] if is_name else _plain(piece)
        match done[-1], node:
            case Pool() as before, Pool() as after if len(before.texts) * len(after.texts) <= POOL:
                done[-1] = _product(before, after)
            case _:
                done.append(node)
    return done[0] if len(done) == 1 else Chain(tuple(done))


def _plain(text: str) -> Pool:
    return Pool((text,), (Fraction(1),))


def _product(first: Pool, second: Pool) -> Pool:
    texts = tuple(one + other for one in first.texts for other in second.texts)
    return Pool(texts, tuple(one * other for one in first.chances for other in second.chances))
