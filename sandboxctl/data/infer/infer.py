"""What there is, by its name: a file, a folder of files, or a database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from sandboxctl.data.infer import files, links, names, sqlite
from sandboxctl.data.infer.profile import Seen
from sandboxctl.data.scan.cells import Unreadable

MOST_TABLES = 100
POSTGRES = ("postgresql://", "postgres://")
SQLITE = "sqlite:///"
DATABASES = ("db", "sqlite", "sqlite3")


def seen(source: str, *, has_header: bool | None = None) -> list[Seen]:
    """The tables of a source. Raises Unreadable for what is none."""
    if source.startswith(POSTGRES):
        from sandboxctl.data.infer import postgres

        return _some(postgres.tables(source), "the database")
    if "://" in source and not source.startswith(SQLITE):
        raise Unreadable(
            f"{source.partition('://')[0]}:// is no database that is understood",
            hint="These are: postgresql://user@host/name, sqlite:///file.db; or name a file.",
        )
    path = Path(source.removeprefix(SQLITE))
    if source.startswith(SQLITE) or path.suffix[1:].lower() in DATABASES:
        return _some(links.seen(sqlite.tables(path)), str(path))
    if path.is_dir():
        return _some(links.seen(list(_folder(path, has_header))), str(path))
    return _some(links.seen([files.table(path, has_header=has_header)]), str(path))


def _folder(path: Path, has_header: bool | None) -> Iterator[links.Held]:
    taken: set[str] = set()
    for one in sorted(path.iterdir()):
        if one.is_file() and one.suffix[1:].lower() in files.ENDINGS:
            table = files.table(one, has_header=has_header)
            name = table.name if table.name not in taken else one.name
            taken.add(name)
            yield links.named(table, name)


def _some(tables: list[Seen], where: str) -> list[Seen]:
    with_columns = [table for table in tables if table.profiles]
    if not with_columns:
        raise Unreadable(
            f"{where} has no table with columns",
            hint=f"A table is a file ({', '.join(files.ENDINGS)}), or one of a database.",
        )
    if len(with_columns) > MOST_TABLES:
        raise Unreadable(
            f"{where} has {len(with_columns)} tables, {MOST_TABLES} are possible",
            hint="Make a copy with the tables that the prototype needs.",
        )
    return with_columns


def named(source: str) -> str:
    """A source in a remark; of a database only the kind, as its address may hold a password."""
    if "://" in source:
        return source.partition("://")[0]
    path = Path(source)
    if names.is_plain(path.stem):
        return path.name
    return "a folder" if path.is_dir() else "a file"
