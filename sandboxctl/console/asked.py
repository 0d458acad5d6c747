"""What somebody asked for, jobs and tasks alike: each once, one at a time about the same, and kept
whatever ends. What is under way is known from memory, the rest is read."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from sandboxctl.console.job import ACTIVE, Job, reference
from sandboxctl.console.storing import Store, writing
from sandboxctl.console.task import Task

T = TypeVar("T", bound=Job | Task)
TRIES = 20
"""References that may be somebody's already before it is our bug."""
MANY = 50


@dataclass(frozen=True, slots=True)
class Table(Generic[T]):
    """Where they stand: ``about`` is the column that says what each is about, ``columns`` gives
    what is looked for beside ``reference``, ``once`` and ``state``; ``told`` is all of it."""

    name: str
    about: str
    columns: Callable[[T], Mapping[str, str]]
    written: Callable[[T], str]
    read: Callable[[str], T]


class Asked(Generic[T]):
    """``store`` has executed what makes the table."""

    def __init__(self, store: Store, table: Table[T]) -> None:
        self._store, self._table = store, table
        self._guard = threading.Lock()
        self._active: dict[str, T] = {}

    def add(self, one: T) -> tuple[T, bool]:
        """Ask for it: it, and that it is new; or what there is already, of the same ``once`` or
        under way. Its reference may be another one afterwards."""
        table, columns = self._table, self._table.columns(one)
        same = (table.about, columns[table.about])
        with writing(self._store) as db:
            for where, values in (("once = ?", (one.once,)), (f"state IN {ACTIVE}", ())):
                if found := self._rows(db, f"{same[0]} = ? AND {where}", same[1], *values, most=1):
                    return self._now(found[0]), False
            one = self._numbered(db, one, same[1])
            row = {
                "reference": one.reference,
                "once": one.once,
                "state": one.state,
                "told": table.written(one),
                **columns,
            }
            names, marks = ", ".join(row), ", ".join("?" * len(row))
            db.execute(f"INSERT INTO {table.name} ({names}) VALUES ({marks})", (*row.values(),))
        return one, True

    def put(self, one: T, *, kept: bool = False) -> None:
        """It is so now. What is only further (``kept``: or was written already) is not written: it
        is told of from memory, and begins again where the console ends. What is over is forgotten
        only once it is written: whoever asks then reads it."""
        if not kept:
            with writing(self._store) as db:
                db.execute(
                    f"UPDATE {self._table.name} SET state = ?, told = ? WHERE reference = ?",
                    (one.state, self._table.written(one), one.reference),
                )
        with self._guard:
            if one.active:
                self._active[one.reference] = one
            else:
                self._active.pop(one.reference, None)

    def get(self, reference: str) -> T | None:
        """As it is now; None where there is no such one."""
        with self._guard:
            if reference in self._active:
                return self._active[reference]
        found = self.find("reference = ?", reference, most=1)
        return found[0] if found else None

    def find(self, where: str, *values: object, most: int = MANY) -> list[T]:
        """Those of which that is true, as they are now, newest first."""
        with self._store.connection() as db:
            found = self._rows(db, where, *values, most=most)
        return [self._now(one) for one in found]

    def unfinished(self) -> list[T]:
        """Those that wait or are under way, oldest first."""
        return self.find(f"state IN {ACTIVE}", most=MANY * MANY)[::-1]

    @property
    def active(self) -> Sequence[T]:
        """Those that wait or are under way here."""
        with self._guard:
            return list(self._active.values())

    def _now(self, one: T) -> T:
        with self._guard:
            return self._active.get(one.reference, one)

    def _numbered(self, db: sqlite3.Connection, one: T, about: str) -> T:
        for _ in range(TRIES):
            if not self._rows(db, "reference = ?", one.reference, most=1):
                return one
            one = replace(one, reference=reference(about))
        raise AssertionError("no reference is free")

    def _rows(self, db: sqlite3.Connection, where: str, *values: object, most: int) -> list[T]:
        asked = f"SELECT told FROM {self._table.name} WHERE {where} ORDER BY number DESC LIMIT ?"
        return [self._table.read(row[0]) for row in db.execute(asked, (*values, most)).fetchall()]
