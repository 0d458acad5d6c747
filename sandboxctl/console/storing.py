"""What a file of the console's own has to be able to do for those who keep something in it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol


class Store(Protocol):
    """A SQLite file. A connection belongs to one thread until it is given back, and commits
    nothing by itself."""

    def connection(self) -> AbstractContextManager[sqlite3.Connection]: ...


@contextmanager
def writing(store: Store) -> Iterator[sqlite3.Connection]:
    """All that is written inside, or nothing of it; nobody else writes meanwhile."""
    with store.connection() as found:
        if not found.in_transaction:
            found.execute("BEGIN IMMEDIATE")
        try:
            yield found
        except BaseException:
            found.rollback()
            raise
        found.commit()
