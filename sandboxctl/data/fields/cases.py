"""Rows that are made by another column's value: in groups, so no Python runs for a row."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache, partial

import numpy as np

from sandboxctl.data.chance.lots import draw, lots
from sandboxctl.data.chance.mix import U64, Index
from sandboxctl.data.fields.draws import Sampler
from sandboxctl.data.kinds.choices import Choice, Group
from sandboxctl.data.kinds.conditions import written
from sandboxctl.data.scope import Scope
from sandboxctl.data.values import Codes, Flags, Numbers, Values

_SPAN = 1_000


def look(scope: Scope, other: str) -> tuple[Scope, str]:
    """The rows and the column that a path stands for."""
    *way, last = other.split(".")
    for name in way:
        scope = scope.parent(name)
    return scope, last


def case_of(scope: Scope, other: str, cases: Sequence[str]) -> Index:
    """Which case each row is; those of none get the number after the last."""
    where, name = look(scope, other)
    entries, index = coded(where, name)
    return _positions(entries, tuple(cases)).take(index)


def group_of(scope: Scope, other: str, groups: Sequence[str]) -> Index:
    """Which group each row belongs to; what belongs to none, as edge cases do, to the last."""
    return np.minimum(case_of(scope, other, groups), len(groups) - 1)


@lru_cache(maxsize=256)
def _positions(entries: tuple[str, ...], cases: tuple[str, ...]) -> Index:
    places = {case: place for place, case in enumerate(cases)}
    return np.array([places.get(entry, len(cases)) for entry in entries], np.int64)


def coded(scope: Scope, name: str) -> tuple[tuple[str, ...], Index]:
    """A column as positions in a few texts, even where it is missing."""
    column = scope.content.columns[name]
    if isinstance(column, Choice):
        key = ("options", scope.table, name)
        entries = scope.dataset.once(key, lambda: tuple(map(written, column.values)))
        return entries, chosen(scope, name)
    return _coded(scope.cells(name).values)


def _coded(values: Values) -> tuple[tuple[str, ...], Index]:
    match values:
        case Codes(entries=entries, index=index):
            return entries, index
        case Flags(values=flags):
            return ("false", "true"), flags.astype(np.int64)
        case Numbers(values=numbers, width=0, places=0) if len(numbers) and np.ptp(numbers) < _SPAN:
            low, high = int(numbers.min()), int(numbers.max())
            return tuple(map(str, range(low, high + 1))), numbers - low
        case _:
            return _texts(values)


def _texts(values: Values) -> tuple[tuple[str, ...], Index]:
    from sandboxctl.data.arrow import text

    made = text(values).dictionary_encode()
    return tuple(made.dictionary.to_pylist()), made.indices.to_numpy().astype(np.int64)


def by_case(bits: U64, case: Index, makers: Sequence[Sampler]) -> Index:
    """Each row made from its bits by the maker of its case."""
    made = np.empty(len(bits), np.int64)
    for number, make in enumerate(makers):
        rows = np.flatnonzero(case == number)
        if len(rows):
            made[rows] = make(bits[rows])
    return made


def chosen(scope: Scope, name: str) -> Index:
    """Which of its values a choice column has, as positions."""
    return scope.once(("chosen", name), lambda: _chosen(scope, name))


def _chosen(scope: Scope, name: str) -> Index:
    column = scope.content.columns[name]
    assert isinstance(column, Choice)
    key = ("lots", scope.table, name)
    makers = scope.dataset.once(key, lambda: [*map(partial(_drawer, column), column.of.values())])
    if column.by is None:
        return makers[0](scope.bits(name))
    return by_case(scope.bits(name), group_of(scope, column.by, tuple(column.of)), makers)


def _drawer(column: Choice, weights: Group) -> Sampler:
    """What draws from one group, as positions among all values."""
    these = lots(weights.values())
    every = list(map(written, column.values))
    place = np.array([every.index(written(value)) for value in weights], np.int64)
    if (place == np.arange(len(place))).all():
        return lambda bits: draw(these, bits)
    return lambda bits: place.take(draw(these, bits))
