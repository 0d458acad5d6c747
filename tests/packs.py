"""Packs as rows, read again in plain Python: what the tests of packs share."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Any

from sandboxctl.blueprint import packs
from sandboxctl.data import tables
from sandboxctl.data.scope import Dataset

FEW = {
    "benefits-claims": {"claims": "1200"},
    "blue-badge": {"people": "900"},
    "council-tax": {"properties": "700", "band_d": "2280.55"},
    "gp-appointments": {"patients": "3000", "practices": "2"},
    "parking-permits": {"households": "800", "notices": "900"},
    "person-household-address": {"households": "1500"},
    "planning-applications": {"applications": "700"},
    "school-admissions": {"applications": "800"},
}
Row = dict[str, Any]
Tables = dict[str, list[Row]]


@lru_cache(maxsize=8)
def made(name: str) -> Tables:
    """A small one of a pack, all rows."""
    dataset = Dataset(packs.alone(name, FEW[name]))
    return {
        table: tables.rows(dataset, table, 0, size).to_pylist()
        for table, size in dataset.sizes.items()
    }


def keyed(rows: Iterable[Row], key: str) -> dict[Any, Row]:
    return {row[key]: row for row in rows}


def grouped(rows: Iterable[Row], key: str) -> dict[Any, list[Row]]:
    found = defaultdict(list)
    for row in rows:
        found[row[key]].append(row)
    return found


def share(rows: list[Row], holds: Callable[[Row], Any]) -> float:
    return sum(map(bool, map(holds, rows))) / len(rows)


def months_later(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = (date(year + (month == 11), (month + 1) % 12 + 1, 1) - timedelta(1)).day
    return date(year, month + 1, min(day.day, last))


def pennies(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal("0.01"), ROUND_HALF_UP)


def ascending(*days: date | None) -> bool:
    known = [day for day in days if day]
    return known == sorted(known)
