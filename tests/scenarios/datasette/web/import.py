"""Each CSV file beside this one becomes a table of the SQLite database that Datasette serves."""

from __future__ import annotations

import csv
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

DATABASE = Path("/data/den.db")
HERE = Path(__file__).parent


def load(database: sqlite3.Connection, path: Path) -> int:
    """Make one table; returns how many rows are in it."""
    with path.open(newline="", encoding="utf-8") as file:
        names, *rows = csv.reader(file)
    columns = ", ".join(f'"{name}"' for name in names)
    database.execute(f'create table "{path.stem}" ({columns})')
    marks = ", ".join("?" * len(names))
    database.executemany(f'insert into "{path.stem}" values ({marks})', rows)
    return len(rows)


def main(database: Path = DATABASE, folder: Path = HERE) -> None:
    files = sorted(folder.glob("*.csv"))
    if not files:
        sys.exit(f"there is no CSV file in {folder}")
    with closing(sqlite3.connect(database)) as connection, connection:
        for path in files:
            print(f"{path.stem}: {load(connection, path)} rows")


if __name__ == "__main__":
    main()
