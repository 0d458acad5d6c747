"""One generator for each kind of column: (dataset, table, column, row numbers) → values.

Each draws from streams of its own, named after table and column, so that a column's values do
not change when others come or go. A column that agrees with another one (an e-mail address with
a name, a report with its trade, a reference with its target) makes the other's values again.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from sandboxctl.blueprint.columns import capacity, scaled
from sandboxctl.blueprint.kinds import (
    Address,
    Boolean,
    Choice,
    Column,
    Date,
    Decimal,
    Email,
    Integer,
    NhsNumber,
    Nino,
    PersonName,
    Phone,
    Postcode,
    Reference,
    Sequence,
    Text,
    Timestamp,
    Uprn,
    Uuid,
)
from sandboxctl.blueprint.model import Data
from sandboxctl.data import people
from sandboxctl.data.homes import address
from sandboxctl.data.identifiers import IDENTIFIERS
from sandboxctl.data.mix import U64, Index, below, draws, happens, octaves, permute, pick, stream
from sandboxctl.data.values import Cells, Codes, Days, Numbers, Seconds, Uuids, Values

DAY_ONE = np.datetime64("1970-01-01")


def cells(data: Data, table: str, name: str, rows: U64) -> Cells:
    """A column in these rows, with what is missing in them."""
    rate = getattr(data.tables[table].columns[name], "missing", 0.0)
    key = stream(data.seed, table, name, "missing")
    return Cells(values(data, table, name, rows), happens(draws(key, rows), rate) if rate else None)


def values(data: Data, table: str, name: str, rows: U64) -> Values:
    """A column in these rows, as if nothing were missing."""
    column = data.tables[table].columns[name]
    key = stream(data.seed, table, name)
    match column:
        case Sequence(start=start):
            return Numbers(rows.astype(np.int64) + start)
        case Uprn() | Postcode() | Phone() | Nino() | NhsNumber():
            kind = column.type if isinstance(column, Phone) else column.kind
            return IDENTIFIERS[kind].unrank(_ranks(column, key, rows))
        case Address(towns=towns):
            return address(key, rows, towns)
        case PersonName():
            return people.name(key, rows)
        case Email(of=of):
            return people.email(stream(data.seed, table, of or name), rows)
        case Choice(of=weights):
            return Codes(tuple(map(written, weights)), _chosen(weights, key, rows))
        case Text():
            return _text(data, table, column, key, rows)
        case Reference():
            return values(data, *column.target, _parents(data, column, key, rows))
        case Uuid():
            return _uuid(key, rows)
        case _:
            return _quantity(column, key, rows)


def written(value: float | str) -> str:
    """A plain value of the blueprint as text; true and false as both formats write them."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _quantity(
    column: Integer | Decimal | Boolean | Date | Timestamp, key: int, rows: U64
) -> Values:
    match column:
        case Integer(between=(low, _)):
            return Numbers(_ranks(column, key, rows).view(np.int64) + low)
        case Decimal(places=places):
            return Numbers(_within(*scaled(column), key, rows), places=places)
        case Boolean(chance=chance):
            return Codes(("false", "true"), happens(draws(key, rows), chance).astype(np.int64))
        case Date(between=(first, last)):
            days = [(np.datetime64(day) - DAY_ONE).astype(int).item() for day in (first, last)]
            return Days(_within(days[0], days[1], key, rows))
        case _:
            seconds = [int(moment.timestamp()) for moment in column.between]
            return Seconds(_within(seconds[0], seconds[1], key, rows))


def _within(low: int, high: int, key: int, rows: U64) -> Index:
    """Whole numbers from low to high, both included."""
    return below(draws(key, rows), high - low + 1).view(np.int64) + low


def _ranks(column: Column, key: int, rows: U64) -> U64:
    """Which member of the kind's set each row has: never the same one twice if it is unique."""
    size = capacity(column) or 0
    if getattr(column, "unique", False):
        return permute(key, rows, size)
    return below(draws(key, rows), size)


def _chosen(weights: dict[bool | int | float | str, float], key: int, rows: U64) -> Index:
    return pick(draws(key, rows), tuple(weights.values()))


def _text(data: Data, table: str, column: Text, key: int, rows: U64) -> Values:
    lines, starts, counts = _groups(tuple(column.of.items()))
    bits = draws(key, rows)
    if column.by is None:
        return Codes(lines, below(bits, len(lines)).view(np.int64))
    other = data.tables[table].columns[column.by]
    assert isinstance(other, Choice)  # `columns.problems` has refused anything else
    chosen = _chosen(other.of, stream(data.seed, table, column.by), rows)
    position = [list(column.of).index(str(value)) for value in other.of]
    group = np.array(position)[chosen]
    return Codes(lines, starts[group] + below(bits, counts[group].view(np.uint64)).view(np.int64))


@lru_cache(maxsize=64)
def _groups(of: tuple[tuple[str, tuple[str, ...]], ...]) -> tuple[tuple[str, ...], Index, Index]:
    """All sentences in one tuple, and where each group starts and how long it is."""
    counts = np.array([len(lines) for _, lines in of], np.int64)
    return tuple(line for _, lines in of for line in lines), np.cumsum(counts) - counts, counts


def _parents(data: Data, column: Reference, key: int, rows: U64) -> U64:
    size = data.tables[column.target[0]].rows
    if column.unique:
        return permute(key, rows, size)
    bits = draws(key, rows)
    if column.distribution == "uniform":
        return below(bits, size)
    within = draws(stream(key, "within"), rows)
    # popular rows should not all stand at the top of the table
    return permute(stream(key, "popular"), octaves(bits, within, size), size)


def _uuid(key: int, rows: U64) -> Values:
    """Version 4 in form. 64 of its bits are a bijection of the row, so no two are the same."""
    own, more = draws(key, rows), draws(stream(key, "more"), rows)
    high = more & ~np.uint64(0xF003) | np.uint64(0x4000) | own >> np.uint64(62)
    return Uuids(high, own & np.uint64(2**62 - 1) | np.uint64(2**63))
