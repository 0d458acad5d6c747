"""Tables of a SQLite file: opened as one that nobody can change, so nothing is written to it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pyarrow as pa

from sandboxctl.data.infer.files import held
from sandboxctl.data.infer.links import Held
from sandboxctl.data.infer.names import shown
from sandboxctl.data.scan.cells import Unreadable

BATCH = 65_536
_TABLES = (
    "SELECT name FROM sqlite_master WHERE type = 'table' "
    "AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND sql NOT LIKE 'CREATE VIRTUAL%' ORDER BY name"
)


def tables(path: Path) -> list[Held]:
    """Every table of a file. Raises Unreadable."""
    if not path.is_file():
        raise Unreadable(f"{path} is not there, or no file", hint="Look at its name.")
    try:
        with closing(
            sqlite3.connect(f"file:{quote(str(path))}?mode=ro&immutable=1", uri=True)
        ) as db:
            db.execute("PRAGMA trusted_schema = OFF")
            db.text_factory = lambda data: data.decode(errors="replace")
            return [_table(db, name) for (name,) in db.execute(_TABLES).fetchall()]
    except sqlite3.Error as error:
        raise Unreadable(
            f"{path} cannot be read as SQLite: {error}", hint="Was it copied whole, and closed?"
        ) from None


def _table(db: sqlite3.Connection, name: str) -> Held:
    facts = db.execute(f"PRAGMA table_info({_quoted(name)})").fetchall()
    columns = [fact[1] for fact in facts]
    parts: dict[str, list[pa.Array]] = {column: [] for column in columns}
    left: set[str] = set()
    for rows in _rows(db, name, columns):
        for column, values in zip(columns, zip(*rows, strict=True), strict=True):
            if any(isinstance(value, bytes) for value in values):
                left.add(column)
            parts[column].append(pa.array(map(_text, values), pa.string()))
    cells = {c: pa.chunked_array(p, pa.string()) for c, p in parts.items() if c not in left}
    made = held(name, cells, [f"{shown(one)}: left out, it holds binary" for one in sorted(left)])
    key = [fact[1] for fact in sorted(facts, key=lambda fact: int(fact[5])) if fact[5]]
    known = tuple(key) if not left & set(key) else ()
    return Held(name, made.rows, made.columns, known, _references(db, name), made.notes)


def _rows(db: sqlite3.Connection, name: str, columns: list[str]) -> Iterator[list[Any]]:
    chosen = ", ".join(map(_quoted, columns))
    cursor = db.execute(f"SELECT {chosen} FROM {_quoted(name)}")
    while rows := cursor.fetchmany(BATCH):
        yield rows


def _references(db: sqlite3.Connection, name: str) -> tuple[tuple[str, str, str], ...]:
    """Foreign keys of one column."""
    listed = db.execute(f"PRAGMA foreign_key_list({_quoted(name)})").fetchall()
    several = {fact[0] for fact in listed if fact[1] > 0}
    return tuple(
        (fact[3], fact[2], fact[4] or _key_of(db, fact[2]))
        for fact in listed
        if fact[0] not in several
    )


def _key_of(db: sqlite3.Connection, name: str) -> str:
    facts = db.execute(f"PRAGMA table_info({_quoted(name)})").fetchall()
    return next((fact[1] for fact in facts if fact[5]), "")


def _text(value: Any) -> str | None:
    return None if value is None or isinstance(value, bytes) else str(value)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
