"""Tables as they will be written: rows, columns, keys, and how tables hang together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sandboxctl.data.infer import names, rounding
from sandboxctl.data.infer.decide import Decided, Decider
from sandboxctl.data.infer.links import without_circles
from sandboxctl.data.infer.profile import LEAST, Link, Profile, Seen
from sandboxctl.data.relations.rows import LARGEST

ENOUGH = 0.9
"""The share of parents whose number of children is told, of all; otherwise none is."""


@dataclass(frozen=True, slots=True)
class Section:
    """One table of a `data:` section."""

    name: str
    source: str
    rows: int | dict[str, Any]
    columns: tuple[Decided, ...]
    key: tuple[str, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Titles:
    """From names in the source to names that fit."""

    tables: dict[str, str]
    columns: dict[tuple[str, str], str]


def sections(found: Iterable[Seen], *, exact: bool = False) -> list[Section]:
    """``exact``: rows as they are, not rounded."""
    tables = without_circles(list(found))
    titles = _titles(tables)
    counted = {table.name: _rows(table, exact) for table in tables}
    targets = {link.to for table in tables for link in table.links}
    made: list[Section] = []
    above: dict[str, str] = {}
    for table in tables:
        parent = _parent(table, above)
        if parent:
            above[table.name] = parent.to[0]
        made.append(_section(table, titles, counted[table.name], targets, parent))
    return made


def _titles(tables: Sequence[Seen]) -> Titles:
    there: dict[str, str] = {}
    columns: dict[tuple[str, str], str] = {}
    for table in tables:
        there[table.name] = names.fit(_title(table, len(there)), set(there.values()))
        taken: set[str] = set()
        for profile in table.profiles:
            fitting = names.fit(profile.source, taken)
            taken.add(fitting)
            columns[table.name, profile.source] = fitting
    return Titles(there, columns)


def _title(table: Seen, before: int) -> str:
    return table.name if table.title is None else table.title or f"table_{before + 1}"


def _rows(table: Seen, exact: bool) -> int:
    if table.rows < LEAST:
        return LEAST
    return min(LARGEST, table.rows if exact else rounding.about(table.rows))


def _parent(table: Seen, above: dict[str, str]) -> Link | None:
    """The reference whose rows this table has rows per, if the numbers tell it."""
    profiles = {profile.source: profile for profile in table.profiles}
    for link in table.links:
        whole = profiles[link.column].filled == table.rows
        if whole and not _leads_back(link.to[0], table.name, above) and _told(table, link):
            return link
    return None


def _leads_back(there: str, table: str, above: dict[str, str]) -> bool:
    while there != table and there in above:
        there = above[there]
    return there == table


def _told(table: Seen, link: Link) -> bool:
    """Whether the numbers of children that may be told make nearly all of the rows."""
    rows = sum(number * parents for number, parents in link.children)
    return bool(rows) and rows >= ENOUGH * table.rows


def _section(
    table: Seen, titles: Titles, rows: int, targets: set[tuple[str, str]], parent: Link | None
) -> Section:
    decider = Decider(rows)
    links = {link.column: link for link in table.links}
    columns = []
    for profile in table.profiles:
        name, spot = titles.columns[table.name, profile.source], (table.name, profile.source)
        if link := links.get(profile.source):
            columns.append(_reference(profile, name, link, titles, link is parent, spot))
        else:
            columns.append(decider.column(profile, name, target=spot in targets))
    notes = list(table.notes)
    if table.rows < LEAST:
        notes.append("fewer than ten rows: structure only")
    if table.title == "":
        notes.append("its name may tell of somebody and is left out; give it one")
    key, lost = _key(table, titles, columns)
    title = titles.tables[table.name]
    return Section(
        title,
        table.name if table.title is None else table.title or title,
        _per(parent, titles) if parent else rows,
        tuple(columns),
        key,
        (*notes, *lost),
    )


def _reference(
    profile: Profile,
    name: str,
    link: Link,
    titles: Titles,
    own: bool,
    spot: tuple[str, str],
) -> Decided:
    there, column = link.to
    made: dict[str, Any] = {
        "kind": "reference",
        "to": f"{titles.tables[there]}.{titles.columns[there, column]}",
    }
    if there == spot[0]:
        made |= {"earlier": True, "roots": max(0.01, profile.missing)}
    elif own and profile.unique and max(number for number, _ in link.children) == 1:
        made["unique"] = True
    elif profile.missing and not own:
        made["missing"] = profile.missing
    return Decided(name, profile.source, made, "")


def _per(link: Link, titles: Titles) -> dict[str, Any]:
    """How many children: number → share of parents, in hundredths."""
    total = sum(parents for _, parents in link.children)
    shares = {number: round(parents / total, 2) for number, parents in link.children}
    told = {number: share for number, share in shares.items() if share}
    return {"per": titles.tables[link.to[0]], "count": told}


def _key(
    table: Seen, titles: Titles, columns: Sequence[Decided]
) -> tuple[tuple[str, ...], list[str]]:
    key = tuple(titles.columns[table.name, name] for name in table.key)
    unique = {one.name for one in columns if one.is_unique and not one.column.get("missing")}
    if key and not unique & set(key):
        return (), [f"its key ({', '.join(key)}) is left out: those columns may repeat here"]
    return key, []
