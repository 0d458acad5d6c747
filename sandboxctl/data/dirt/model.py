"""The `dirt:` of a table: which mistakes, how often, in which columns."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from pydantic import Field

from sandboxctl.data.forms import Frozen, Name, Rate

if TYPE_CHECKING:
    from sandboxctl.data.kinds.kind import Kind
    from sandboxctl.data.model import Data, Table

_ROOM = 100_000
"""Values of an identifier, from which on a slip in one often makes another one."""

TRUTH = "_truth"
"""What the table of what was meant has at the end of its name."""

LONGEST_NAME = 63
"""Characters of the name of a table (PostgreSQL, NAMEDATALEN)."""

Problem = tuple[tuple[str | int, ...], str]


class Mistake(Frozen):
    """One kind of mistake."""

    rate: Rate = Field(
        description="Share of rows that are chosen; nothing happens to a text that leaves no room."
    )
    columns: tuple[Name, ...] = Field(
        min_length=1, max_length=20, description="Text columns it may happen in; one of them does."
    )


class Swap(Frozen):
    """Two fields filled in the wrong way round."""

    rate: Rate = Field(description="Share of rows it happens in.")
    columns: tuple[Name, Name] = Field(description="The two text columns.")


class Dirt(Frozen):
    """Mistakes on purpose; what was meant stands in the table `<table>_truth`."""

    typos: Mistake | None = Field(
        default=None, description="A letter left out, doubled, exchanged, or the key beside it."
    )
    swapped: Swap | None = Field(default=None, description="Two fields the wrong way round.")
    wrong_encoding: Mistake | None = Field(
        default=None,
        description="UTF-8 read as Latin-1: Zoë becomes ZoÃ«, and plain letters stay as they are.",
    )
    duplicates: Rate = Field(
        default=0, description="Share of rows entered again, under another key, at the end."
    )

    @property
    def columns(self) -> frozenset[str]:
        """Every column that a mistake may happen in."""
        kinds = (self.typos, self.swapped, self.wrong_encoding)
        return frozenset(name for one in kinds if one for name in one.columns)


def problems(data: Data) -> Iterator[Problem]:
    """Dirt that cannot be put where it is asked for."""
    for table, content in data.tables.items():
        if content.dirt is None:
            continue
        path = ("tables", table, "dirt")
        if f"{table}{TRUTH}" in data.tables:
            yield path, f"{table}{TRUTH} is a table already; what was meant needs that name"
        if len(table) > LONGEST_NAME - len(TRUTH):
            most = LONGEST_NAME - len(TRUTH)
            why = f"needs a table name of {most} characters or fewer, for {table}{TRUTH}"
            yield path, f"{why}; it has {len(table)}"
        for kind in ("typos", "swapped", "wrong_encoding"):
            mistake: Mistake | Swap | None = getattr(content.dirt, kind)
            for number, name in enumerate(mistake.columns if mistake else ()):
                yield from _column(data, table, name, (*path, kind, "columns", number))
        if content.dirt.swapped:
            yield from _exchanged(content, content.dirt.swapped, (*path, "swapped", "columns"))
        if content.dirt.duplicates:
            yield from _repeated(data, table, (*path, "duplicates"))


def _column(data: Data, table: str, name: str, path: tuple[str | int, ...]) -> Iterator[Problem]:
    from sandboxctl.data.kinds.kind import Place
    from sandboxctl.data.kinds.links import Reference
    from sandboxctl.data.relations.sizes import sizes

    column = data.tables[table].columns.get(name)
    if column is None:
        yield path, f"{name} is not a column of {table}"
    elif column.hidden:
        yield path, f"{name} is hidden, so nobody would see the mistake"
    elif column.is_unique or isinstance(column, Reference) or name in data.tables[table].key:
        yield path, f"{name} connects or tells rows apart; a mistake in it would break references"
    elif (kind := Place(data, sizes(data), table, name).type).name != "text":
        yield path, f"{name} holds {kind}; mistakes are made in text"
    elif "swapped" not in path and (why := _no_room(column, str(path[3]))):
        yield path, f"{name}: {why}"


def _no_room(column: Kind, mistake: str) -> str:
    """Why there are hardly any mistakes in an identifier that nobody could have."""
    from sandboxctl.data.identifiers import IDENTIFIERS

    known = IDENTIFIERS.get(str(getattr(column, "kind", "")))
    if known is None:
        return ""
    if mistake == "wrong_encoding":
        return "has nothing but plain letters and digits, which any encoding reads alike"
    if known.size < _ROOM or any(one.check == "right" for one in known.sets):
        return f"nearly every slip in one of the {known.plural} would make one that is somebody's"
    return ""


def _exchanged(content: Table, swap: Swap, path: tuple[str | int, ...]) -> Iterator[Problem]:
    """An identifier among those of another kind is in none of their safe sets."""
    from sandboxctl.data.identifiers import IDENTIFIERS

    known = [one for one in swap.columns if one in content.columns]
    kinds = {str(getattr(content.columns[one], "kind", "")) for one in known}
    if len(set(swap.columns)) == 1:
        yield path, f"{swap.columns[0]} cannot be exchanged with itself"
    if len(kinds) > 1 and kinds & IDENTIFIERS.keys():
        yield path, f"{' and '.join(known)} are of two kinds; in the other no value would be safe"


def _repeated(data: Data, table: str, path: tuple[str | int, ...]) -> Iterator[Problem]:
    columns = data.tables[table].columns
    if not isinstance(data.tables[table].rows, int):
        yield path, "needs `rows` to be a number: these rows belong to those of another table"
    key = key_of(data, table)
    if key is None:
        why = "needs a column that tells rows apart, such as `id: {kind: sequence}`"
        yield path, why
    for name, column in columns.items():
        if column.is_unique and not column.always_unique and name != key:
            yield path, f"repeats {name}, so that cannot be unique: take `unique` away from it"


def repeats(content: Table) -> int:
    """How many rows of a table are entered again, at its end."""
    if content.dirt is None or not isinstance(content.rows, int):
        return 0
    return round(content.rows * content.dirt.duplicates)


def key_of(data: Data, table: str) -> str | None:
    """The column that tells rows of a table apart: its first unique one without gaps."""
    columns = data.tables[table].columns.items()
    keys = (name for name, one in columns if one.is_unique and not (one.is_missing or one.hidden))
    return next(keys, None)
