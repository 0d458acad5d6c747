"""Tables of a PostgreSQL database, in one transaction that can only read."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from sandboxctl.data.infer import aggregates
from sandboxctl.data.infer.names import shown
from sandboxctl.data.infer.profile import Form, Link, Profile, Seen
from sandboxctl.data.scan.cells import Unreadable

FORMS: dict[str, Form] = {
    **dict.fromkeys(("smallint", "integer", "bigint"), "whole"),
    **dict.fromkeys(("numeric", "real", "double precision"), "decimal"),
    **dict.fromkeys(("text", "character varying", "character", "citext", "enum"), "text"),
    **dict.fromkeys(("timestamp without time zone", "timestamp with time zone"), "moment"),
    "boolean": "truth",
    "date": "day",
    "uuid": "uuid",
}

TABLES = """
SELECT c.oid, n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND n.nspname !~ '^(pg_|information_schema$)'
AND has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT') ORDER BY 2, 3"""
COLUMNS = """
SELECT a.attname, CASE t.typtype WHEN 'e' THEN 'enum' ELSE format_type(t.oid, NULL) END
FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
WHERE a.attrelid = %s AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum"""
KEYS = """
SELECT contype::text, confrelid,
  ARRAY(SELECT a.attname::text FROM unnest(conkey) WITH ORDINALITY u(n, at)
        JOIN pg_attribute a ON a.attrelid = conrelid AND a.attnum = u.n ORDER BY at),
  ARRAY(SELECT a.attname::text FROM unnest(confkey) WITH ORDINALITY u(n, at)
        JOIN pg_attribute a ON a.attrelid = confrelid AND a.attnum = u.n ORDER BY at)
FROM pg_constraint WHERE conrelid = %s AND contype IN ('p', 'f') ORDER BY contype, conname"""

INSTALL = f'Install the driver: {shlex.quote(sys.executable)} -m pip install "psycopg[binary]"'


@dataclass(frozen=True, slots=True)
class Table:
    """Where a table is, and under which name it is told of."""

    schema: str
    table: str

    @property
    def name(self) -> str:
        return self.table if self.schema == "public" else f"{self.schema}.{self.table}"


def tables(dsn: str) -> list[Seen]:
    """Every table that may be read. Raises Unreadable."""
    driver = _driver()
    try:
        with _reading(driver, dsn) as connection:
            listed = connection.execute(TABLES).fetchall()
            known = {oid: Table(schema, name) for oid, schema, name in listed}
            return [_table(connection, oid, known) for oid in known]
    except driver.Error as error:
        why = type(error).__name__
        raise Unreadable(
            f"the database cannot be read ({why})",
            hint="Look at host, name and password, and whether this user may read all tables.",
        ) from None


def _driver() -> Any:
    try:
        return import_module("psycopg")
    except ImportError:
        raise Unreadable("PostgreSQL needs psycopg, which is not here", hint=INSTALL) from None


@contextmanager
def _reading(driver: Any, dsn: str) -> Iterator[Any]:
    with driver.connect(dsn, connect_timeout=10, application_name="sandboxctl data infer") as made:
        made.read_only = True
        made.isolation_level = driver.IsolationLevel.REPEATABLE_READ
        yield made
        made.rollback()


def _table(connection: Any, oid: int, known: dict[int, Table]) -> Seen:
    here = known[oid]
    columns = connection.execute(COLUMNS, [oid]).fetchall()
    left = [(name, kind) for name, kind in columns if kind not in FORMS]
    server = aggregates.Server(connection, here.schema, here.table)
    rows = server.one("SELECT count(*) FROM {table}")
    persons = aggregates.keys(server, [name for name, kind in columns if kind in FORMS], rows)
    profiles = tuple(
        aggregates.profile(server, name, FORMS[kind], rows, persons)
        for name, kind in columns
        if kind in FORMS
    )
    keys = connection.execute(KEYS, [oid]).fetchall()
    notes = [f"{shown(name)}: left out, it holds {kind}" for name, kind in left]
    return Seen(
        here.name,
        rows,
        profiles,
        _key(keys, profiles),
        tuple(_links(server, keys, known, profiles)),
        tuple(notes),
    )


def _key(keys: Sequence[Any], profiles: Sequence[Profile]) -> tuple[str, ...]:
    told = {profile.source for profile in profiles}
    found = next((tuple(key) for sort, _, key, _ in keys if sort == "p"), ())
    return found if set(found) <= told else ()


def _links(
    server: aggregates.Server,
    keys: Sequence[Any],
    known: dict[int, Table],
    profiles: Sequence[Profile],
) -> Iterator[Link]:
    """Foreign keys of one column."""
    told = {profile.source for profile in profiles}
    done = set[str]()
    for sort, oid, columns, there in keys:
        if sort == "f" and len(columns) == 1 and oid in known and columns[0] in told - done:
            done.add(columns[0])
            to = known[oid]
            children = server.children(columns[0], to.schema, to.table, there[0])
            yield Link(columns[0], (to.name, there[0]), children)
