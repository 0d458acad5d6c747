"""What nobody else remembers: when a generation began, and how much had been changed in it when a
snapshot was taken."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

from sandboxctl.console.seen import Team
from sandboxctl.console.storing import Store, writing
from sandboxctl.sandbox.state import Record, Snapshot

SCHEMA = """
CREATE TABLE IF NOT EXISTS generations (
    sandbox    TEXT NOT NULL,
    life       TEXT NOT NULL,
    generation INTEGER NOT NULL,
    began      TEXT NOT NULL,
    PRIMARY KEY (sandbox, life, generation)
);
CREATE TABLE IF NOT EXISTS marks (
    sandbox TEXT NOT NULL,
    taken   TEXT NOT NULL,
    name    TEXT NOT NULL,
    changed INTEGER,
    PRIMARY KEY (sandbox, taken, name)
);
"""
"""``life`` is since when there is a sandbox of that name: another one may have it tomorrow."""

JUST = timedelta(seconds=10)
"""A snapshot that is older when it is first seen was taken while nobody counted along."""


class Past:
    """Of one den; what is read once is known from then on."""

    def __init__(self, store: Store) -> None:
        self._store, self._guard = store, threading.Lock()
        with store.connection() as db:
            rows = db.execute("SELECT sandbox, life, generation, began FROM generations")
            self._began = {(s, life, n): datetime.fromisoformat(at) for s, life, n, at in rows}
            rows = db.execute("SELECT sandbox, taken, name, changed FROM marks")
            self._marks: dict[tuple[str, str, str], int | None] = {
                (s, taken, name): changed for s, taken, name, changed in rows
            }

    def began(self, sandbox: str, record: Record, now: datetime) -> datetime:
        """Since when the live generation is what a team sees: as it was decided, or as it was
        first seen here."""
        key = (sandbox, record.since.isoformat(), record.live)
        with self._guard:
            if key in self._began:
                return self._began[key]
        found = _decided(record) or now
        with writing(self._store) as db, self._guard:
            db.execute(
                "INSERT OR IGNORE INTO generations VALUES (?, ?, ?, ?)", (*key, found.isoformat())
            )
            self._began[key] = found
        return found

    def mark(self, team: Team, now: datetime) -> None:
        """Remember how much was changed when each snapshot was taken, at the first look after."""
        for one in team.snapshots:
            key = _key(team.sandbox, one)
            with self._guard:
                known = key in self._marks
            if not known:
                just = one.generation == team.live and now - one.at < JUST
                changed = team.changed if just else None
                with writing(self._store) as db, self._guard:
                    db.execute("INSERT OR IGNORE INTO marks VALUES (?, ?, ?, ?)", (*key, changed))
                    self._marks[key] = changed

    def since(self, team: Team, snapshot: Snapshot) -> int | None:
        """How much was changed since a snapshot of the live generation; None: nobody counted."""
        with self._guard:
            before = self._marks.get(_key(team.sandbox, snapshot))
        if before is None or team.changed is None or team.changed < before:
            return None
        return team.changed - before


def _decided(record: Record) -> datetime | None:
    """The first generation began with its sandbox, any other when it replaced one that is aside."""
    if record.asides:
        return record.asides[0].since
    return record.since if record.live == 1 else None


def _key(sandbox: str, one: Snapshot) -> tuple[str, str, str]:
    return sandbox, one.at.isoformat(), one.name
