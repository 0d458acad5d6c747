"""What a reader of the data has to know of it: where it is not what it seems, or may be taken for
somebody's."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING

from sandboxctl.data.identifiers.identifier import LEVELS
from sandboxctl.data.kinds.formulas import Expression
from sandboxctl.data.proof.safe_sets import SafeColumn, weakest

if TYPE_CHECKING:
    from sandboxctl.data.model import Data, Table

NAMED = frozenset({"forename", "surname", "full_name", "date_of_birth", "email"})
REAL_PLACES = frozenset({"lad", "ward", "location", "country"})

COINCIDENCE = (
    "A made-up name, alone or with a date of birth, may be somebody's. No identifier, address or "
    "contact that is taken from a safe set can be."
)
GEOGRAPHY = "Codes and names of districts, wards and countries are real; who lives there is not."
DECLARED = (
    "Made of what the blueprint itself declares and of no safe set; `validate` looked through it "
    "for what could be somebody's, as `data scan` does"
)
_PATH = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+")
FREE = frozenset({"choice", "text", "pattern", "integer", "expression"})
WRONG = (
    "Mistakes are there on purpose; what was meant stands in the table of that name with _truth."
)
RARE = "Rare cases are there on purpose, more often than in life where the blueprint says so."


def caveats(data: Data, columns: Sequence[SafeColumn], names: Collection[str]) -> list[str]:
    """Sentences, each about something that is in these tables."""
    tables = {name: table for name, table in data.tables.items() if name in names}
    kinds = {
        str(getattr(column, "kind", ""))
        for table in tables.values()
        for column in table.columns.values()
    }
    found = [COINCIDENCE] if kinds & NAMED else []
    found += [GEOGRAPHY] if kinds & REAL_PLACES else []
    if own := _declared(tables):
        found.append(f"{DECLARED}: {', '.join(own)}.")
    found += [RARE] if any(table.edge_cases for table in tables.values()) else []
    found += [WRONG] if any(table.dirt for table in tables.values()) else []
    found += [
        f"{kind}: level {level}, {LEVELS[level]}."
        for kind, level in weakest(columns).items()
        if level != "A"
    ]
    return found + list(dict.fromkeys(_passing(one) for one in columns if "no" in one.passes))


def _declared(tables: Mapping[str, Table]) -> list[str]:
    """Columns that may hold anything the blueprint says, but for those that repeat another one."""
    return [
        f"{table}.{name}"
        for table, content in tables.items()
        for name, column in content.columns.items()
        if getattr(column, "kind", "") in FREE and not column.hidden
        if not (isinstance(column, Expression) and _PATH.fullmatch(column.of))
    ]


def sources(data: Data) -> list[str]:
    """Where declared statistics come from, as the blueprint and its packs say; each once."""
    told = [
        *getattr(data, "sources", ()),
        *(text for table in data.tables.values() for text in getattr(table, "sources", ())),
    ]
    return list(dict.fromkeys(map(str, told)))


def _passing(one: SafeColumn) -> str:
    return f"{one.kind} ({one.safe_set}): passes usual validators? {one.passes}."
