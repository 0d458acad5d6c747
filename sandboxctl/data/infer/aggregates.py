"""What a PostgreSQL server says of a column: only counts, and values that ten rows share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from sandboxctl.data.infer import categories, identity, names
from sandboxctl.data.infer.links import MOST_CHILDREN
from sandboxctl.data.infer.patterns import LONGEST, MOST, is_shape
from sandboxctl.data.infer.profile import FEW, LEAST, Form, Profile, ranks
from sandboxctl.data.scan import kinds

UNMISTAKABLE = ("nino", "driving_licence", "postcode", "phone", "email", "mac", "url")
"""Kinds that a pattern tells without check digits."""

FINITE = {
    "whole": "true",
    "decimal": "{column}::float8 BETWEEN -1e300 AND 1e300",
    "day": "isfinite({column})",
    "moment": "isfinite({column})",
}
NUMBERS = {
    "whole": "{column}::float8",
    "decimal": "{column}::float8",
    "day": "({column} - DATE '1970-01-01')::float8",
    "moment": "extract(epoch FROM {column})::float8 / 86400",
}
SHAPE = (
    "SELECT regexp_replace(regexp_replace(regexp_replace({value}, '[0-9]', '#', 'g'), "
    "'[A-Z]', '@', 'g'), '[a-z]', '?', 'g') AS shape, count(*) FROM {table} "
    f"WHERE length({{value}}) <= {LONGEST} GROUP BY 1 "
    f"HAVING count(*) >= %s AND count(DISTINCT {{value}}) >= {LEAST} ORDER BY 2 DESC LIMIT 1"
)
CHILDREN = (
    "SELECT n, count(*) FROM (SELECT count(c.{column}) AS n FROM {there} p LEFT JOIN {table} c "
    "ON c.{column} = p.{key} GROUP BY p.{key}) AS counted "
    f"WHERE n <= {MOST_CHILDREN} GROUP BY n HAVING count(*) >= {LEAST} ORDER BY n"
)
_VALUE = "nullif(btrim({column}::text), '')"


@dataclass(frozen=True, slots=True)
class Server:
    """One table, asked in SQL; names go in quoted."""

    connection: Any
    schema: str
    table: str

    def rows(self, query: str, *given: Any, column: str = "", **more: Any) -> list[Any]:
        sql = import_module("psycopg.sql")
        parts = {"table": sql.Identifier(self.schema, self.table), **more}
        if column:
            parts["column"] = sql.Identifier(column)
            parts["value"] = sql.SQL(_VALUE).format(column=parts["column"])
        found: list[Any] = self.connection.execute(sql.SQL(query).format(**parts), given).fetchall()
        return found

    def one(self, query: str, *given: Any, column: str = "") -> Any:
        found = self.rows(query, *given, column=column)
        return found[0][0] if found else None

    def children(
        self, column: str, schema: str, table: str, key: str
    ) -> tuple[tuple[int, int], ...]:
        """How many rows refer to one of another table; numbers that ten of those share."""
        sql = import_module("psycopg.sql")
        there = {"there": sql.Identifier(schema, table), "key": sql.Identifier(key)}
        return tuple((n, count) for n, count in self.rows(CHILDREN, column=column, **there))


def profile(
    server: Server, column: str, form: Form, rows: int, keys: Sequence[str] = ()
) -> Profile:
    """One column; ``keys`` are columns that stand for persons."""
    counted = "SELECT count({value}), count(DISTINCT {value}) FROM {table}"
    filled, different = server.rows(counted, column=column)[0]
    few = different <= min(FEW, filled // LEAST)
    facts: dict[str, Any] = {}
    if form in NUMBERS:
        facts = _numbers(server, column, form)
    elif form == "text" and filled >= LEAST:
        facts = {
            "shape": _shape(server, column, filled),
            "addressed": _addressed(server, column),
        }
    return Profile(
        source=column,
        rows=rows,
        filled=filled,
        form=form,
        unique=filled > 0 and different == filled,
        few=few,
        groups=_groups(server, column, keys) if few else (),
        identifier=_identifier(server, column, filled) if form in ("text", "whole") else None,
        **facts,
    )


def keys(server: Server, columns: Sequence[str], rows: int) -> list[str]:
    """Columns that stand for persons, by their names, and have a value in most rows."""
    made = []
    for column in columns:
        said = names.fit(column)
        if names.is_person_key(said) or names.may_be_key(said):
            counted = "SELECT count({value}), count(DISTINCT {value}) FROM {table}"
            filled, different = server.rows(counted, column=column)[0]
            enough = different >= LEAST or names.is_person_key(said)
            if filled and 2 * filled >= rows and enough:
                made.append(column)
    return made


def _addressed(server: Server, column: str) -> bool:
    share = "SELECT avg((lower({value}) ~ %s)::int)::float8 FROM {table} WHERE {value} IS NOT NULL"
    found = server.one(share, f"^(?:{categories.ADDRESS})$", column=column)
    return bool(found > categories.MOST_ADDRESSES)


def _groups(server: Server, column: str, keys: Sequence[str]) -> tuple[tuple[str, int], ...]:
    """Values that at least ten rows have, and ten persons."""
    sql = import_module("psycopg.sql")
    named = {f"key{number}": sql.Identifier(key) for number, key in enumerate(keys)}
    persons = "".join(f" AND count(DISTINCT {{{name}}}) >= {LEAST}" for name in named)
    query = (
        f"SELECT {{value}}, count(*) FROM {{table}} WHERE {{value}} IS NOT NULL GROUP BY 1 "
        f"HAVING count(*) >= {LEAST}{persons} ORDER BY 2 DESC, 1"
    )
    return tuple((value, count) for value, count in server.rows(query, column=column, **named))


def _numbers(server: Server, column: str, form: Form) -> dict[str, Any]:
    some = f"FROM {{table}} WHERE {{column}} IS NOT NULL AND {FINITE[form]}"
    total = server.one(f"SELECT count(*) {some}", column=column)
    facts: dict[str, Any] = {}
    if form == "whole":
        wide = "max({column})::numeric - min({column}) + 1"
        spread = f"SELECT {wide} = count(DISTINCT {{column}}) {some}"
        facts["dense"] = bool(server.one(spread, column=column))
    if form == "decimal":
        scale = f"SELECT max(scale(trim_scale({{column}}::numeric))) {some}"
        facts["places"] = min(6, server.one(scale, column=column) or 0)
    if total >= LEAST:
        shares = [(rank - 0.5) / total for rank in ranks(total)]
        cut = f"SELECT percentile_disc(%s::float8[]) WITHIN GROUP (ORDER BY {NUMBERS[form]}) {some}"
        facts["knots"] = tuple(server.one(cut, shares, column=column))
    return facts


def _shape(server: Server, column: str, filled: int) -> str:
    found = server.one(SHAPE, max(LEAST, MOST * filled), column=column) or ""
    return found if is_shape(found) else ""


def _identifier(server: Server, column: str, filled: int) -> str | None:
    """By its name and most of its values, or by values of which a pattern says enough."""
    said = names.fit(column)
    if filled < LEAST:
        return identity.by_name(said)
    hints = kinds.hinted(said)
    for kind in [*sorted(hints), *(one for one in UNMISTAKABLE if one in kinds.KINDS)]:
        pattern = f"^(?:{kinds.KINDS[kind].written})$"
        share = "SELECT avg(({value} ~ %s)::int)::float8 FROM {table} WHERE {value} IS NOT NULL"
        if server.one(share, pattern, column=column) > identity.MOST:
            return (identity.by_name(said) or kind) if kind in hints else kind
    return None
