"""Parents and children: where the rows of a table stand that has rows per another table.

How many children a row has is drawn from its number. Their row numbers follow from a table of
prefix sums over blocks of parents; within a block the numbers are drawn again. So any child finds
its parent, and any parent its children, without the rows between.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np

from sandboxctl.data.chance.mix import U64, Index, draws, pick, stream
from sandboxctl.data.relations import histories
from sandboxctl.data.relations.counting import Counting, Drawn, Fixed, counting, parent_table
from sandboxctl.data.scope import Dataset, Scope

BLOCK = 64
"""Parents that have one entry in the table: a lone child costs as many draws."""

_COUNTED = 64 * BLOCK
_FOUND = 8192


@dataclass(frozen=True)
class Family:
    """The rows of ``table``, for each of ``parents`` rows of another one."""

    seed: int
    table: str
    how: Counting
    parents: int

    @property
    def total(self) -> int:
        """How many children all parents have."""
        return int(self.starts[-1])

    @cached_property
    def starts(self) -> Index:
        """The first child of each block, and the number of all."""
        return _starts(self.seed, self.table, self.how, self.parents)

    def counts(self, parents: U64) -> Index:
        """How many children each of these has."""
        return _counts(self.seed, self.table, self.how, parents)


@dataclass(frozen=True, slots=True)
class Located:
    """For each child its parent, its place among the children of that, and how many they are."""

    parents: U64
    ordinals: Index
    counts: Index


def family(dataset: Dataset, table: str) -> Family:
    """Of a table with rows per another one."""
    return dataset.once(("family", table), lambda: _family(dataset, table))


def _family(dataset: Dataset, table: str) -> Family:
    how, above = counting(dataset.data, table), parent_table(dataset.data, table)
    assert how is not None
    assert above is not None
    return Family(dataset.data.seed, table, how, dataset.sizes[above])


def locate(scope: Scope) -> tuple[U64, Index]:
    """Each row's parent, and its place among the children of that, from 0."""
    found = located(scope)
    return found.parents, found.ordinals


def place(scope: Scope) -> tuple[Index, Index]:
    """Each row's place among the children of its parent, from 0, and how many they are."""
    found = located(scope)
    return found.ordinals, found.counts


def children(scope: Scope, table: str) -> tuple[Scope, Index, Index]:
    """All children of these rows, in order; where those of each row begin, and how many."""
    return scope.once(("children", table), lambda: _children(scope, table))


def located(scope: Scope) -> Located:
    return scope.once("located", lambda: _found_again(scope))


def _found_again(scope: Scope) -> Located:
    """Children that were found by their parents need not look for them."""
    born: tuple[U64, Index, Index] | None = scope.once("born", lambda: None)
    if born is None:
        return _located(family(scope.dataset, scope.table), scope.rows)
    parents, starts, counts = born
    ordinals = np.arange(scope.count) - np.repeat(starts, counts)
    return Located(np.repeat(parents, counts), ordinals, np.repeat(counts, counts))


def _counts(seed: int, table: str, how: Counting, parents: U64) -> Index:
    match how:
        case Fixed(most=each):
            return np.full(len(parents), each, np.int64)
        case Drawn(values=values, weights=weights):
            chosen = pick(draws(stream(seed, table, "rows"), parents), weights)
            return np.array(values, np.int64)[chosen]
        case walked:
            return histories.lengths(walked.machine, steps(seed, table, walked.column), parents)


def steps(seed: int, table: str, column: str) -> histories.Keys:
    """The keys of the steps that a state column takes."""
    return lambda step: stream(seed, table, column, "step", step)


@lru_cache(maxsize=64)
def _starts(seed: int, table: str, how: Counting, parents: int) -> Index:
    sums = [np.zeros(1, np.int64)]
    for first in range(0, parents, _COUNTED):
        some = np.arange(first, min(first + _COUNTED, parents), dtype=np.uint64)
        counts = _counts(seed, table, how, some)
        sums.append(np.add.reduceat(counts, np.arange(0, len(counts), BLOCK)))
    starts = np.cumsum(np.concatenate(sums))
    starts.flags.writeable = False
    return starts


def _located(whole: Family, rows: U64) -> Located:
    if isinstance(whole.how, Fixed):
        parents, ordinals = np.divmod(rows, np.uint64(max(whole.how.most, 1)))
        return Located(parents, ordinals.view(np.int64), whole.counts(parents))
    if len(rows) and (rows[1:] - rows[:-1] == 1).all():
        return _run(whole, int(rows[0]), len(rows))
    some = [_found(whole, rows[at : at + _FOUND]) for at in range(0, len(rows) or 1, _FOUND)]
    return Located(
        np.concatenate([part.parents for part in some]),
        np.concatenate([part.ordinals for part in some]),
        np.concatenate([part.counts for part in some]),
    )


def _run(whole: Family, first: int, count: int) -> Located:
    """Of children that follow one another."""
    low, high = np.searchsorted(whole.starts, [first, first + count - 1], side="right") - 1
    parents, firsts, counts = _blocks(whole, np.arange(low, high + 1))
    skipped = first - int(firsts[0])
    position = np.repeat(np.arange(len(parents)), counts)[skipped : skipped + count]
    ordinals = np.arange(first, first + count) - firsts[position]
    return Located(parents[position], ordinals, counts[position])


def _found(whole: Family, rows: U64) -> Located:
    """Of any children."""
    signed = rows.view(np.int64)
    blocks, _ = _distinct(np.searchsorted(whole.starts, signed, side="right") - 1)
    parents, firsts, counts = _blocks(whole, blocks)
    position = np.searchsorted(firsts + counts, signed, side="right")
    return Located(parents[position], signed - firsts[position], counts[position])


def _blocks(whole: Family, blocks: Index) -> tuple[U64, Index, Index]:
    """All parents in some blocks, ascending; the first child of each, and how many it has."""
    signed: Index = (blocks[:, None] * BLOCK + np.arange(BLOCK)).ravel()
    parents = signed[signed < whole.parents].view(np.uint64)
    counts = whole.counts(parents)
    before = np.cumsum(counts) - counts
    offsets = whole.starts[blocks] - before[::BLOCK]
    return parents, before + np.repeat(offsets, BLOCK)[: len(parents)], counts


def _children(scope: Scope, table: str) -> tuple[Scope, Index, Index]:
    firsts, counts = _spans(family(scope.dataset, table), scope.rows)
    starts = np.cumsum(counts) - counts
    rows = np.repeat(firsts - starts, counts) + np.arange(int(counts.sum()))
    found = scope.dataset.scope(table, rows.view(np.uint64))
    found.once("born", lambda: (scope.rows, starts, counts))
    return found, starts, counts


def _spans(whole: Family, parents: U64) -> tuple[Index, Index]:
    """The first child of each parent, and how many it has."""
    if isinstance(whole.how, Fixed):
        return parents.view(np.int64) * whole.how.most, whole.counts(parents)
    some = [_span(whole, parents[at : at + _FOUND]) for at in range(0, len(parents) or 1, _FOUND)]
    firsts, counts = zip(*some, strict=True)
    return np.concatenate(firsts), np.concatenate(counts)


def _span(whole: Family, parents: U64) -> tuple[Index, Index]:
    signed = parents.view(np.int64)
    blocks = signed // BLOCK
    wanted, which = _distinct(blocks)
    _, firsts, counts = _blocks(whole, wanted)
    position = which * BLOCK + signed % BLOCK
    return firsts[position], counts[position]


def _distinct(numbers: Index) -> tuple[Index, Index]:
    """The different ones, ascending, and for each number which of them it is."""
    if (numbers[1:] < numbers[:-1]).any():
        found, which = np.unique(numbers, return_inverse=True)
        return found, which
    is_new = np.ones(len(numbers), np.bool_)
    is_new[1:] = numbers[1:] != numbers[:-1]
    return numbers[is_new], np.cumsum(is_new) - 1
