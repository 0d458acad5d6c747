"""Hands that are raised, what is said to teams, and notes that somebody takes with the time."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sandboxctl.console.storing import Store, writing
from sandboxctl.lifecycle.workshops.told import HAND, MESSAGE, NOTE

SCHEMA = """
CREATE TABLE IF NOT EXISTS hands (
    sandbox TEXT NOT NULL,
    raised  TEXT NOT NULL,
    by      TEXT NOT NULL,
    why     TEXT NOT NULL,
    lowered TEXT NOT NULL DEFAULT '',
    who     TEXT NOT NULL DEFAULT ''
);
CREATE UNIQUE INDEX IF NOT EXISTS hands_up ON hands (sandbox) WHERE lowered = '';
CREATE TABLE IF NOT EXISTS messages (
    sandbox TEXT PRIMARY KEY,
    at      TEXT NOT NULL,
    by      TEXT NOT NULL,
    text    TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS notes (
    number  INTEGER PRIMARY KEY AUTOINCREMENT,
    workshop TEXT NOT NULL,
    sandbox TEXT NOT NULL,
    at      TEXT NOT NULL,
    by      TEXT NOT NULL,
    text    TEXT NOT NULL
);
"""
LONGEST = 1_000
"""Characters of a message, and of a note."""


@dataclass(frozen=True, slots=True)
class Hand:
    """``raised`` UTC; ``by`` whom, in words; ``why`` the reference of a job that failed, empty
    where somebody asked."""

    raised: datetime
    by: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class Message:
    at: datetime
    by: str
    text: str


@dataclass(frozen=True, slots=True)
class Note:
    """``sandbox`` empty where it is about all of a workshop."""

    at: datetime
    by: str
    text: str
    workshop: str
    sandbox: str = ""


class Hands:
    """Of one den. ``told`` is called after something changed; ``write`` puts it into the ledger:
    verb, sandbox, what, who, and what is told beside it."""

    def __init__(
        self,
        store: Store,
        *,
        told: Callable[[], None] = lambda: None,
        write: Callable[[str, str, str, str, Mapping[str, object]], None] | None = None,
    ) -> None:
        self._store, self.told, self.write = store, told, write
        self._guard = threading.Lock()
        with store.connection() as db:
            rows = db.execute("SELECT sandbox, raised, by, why FROM hands WHERE lowered = ''")
            self._up = {name: Hand(_read(at), by, why) for name, at, by, why in rows.fetchall()}
            rows = db.execute("SELECT sandbox, at, by, text FROM messages")
            self._said = {name: Message(_read(at), by, text) for name, at, by, text in rows}

    @property
    def up(self) -> Mapping[str, Hand]:
        """By sandbox; what was raised stays so until somebody lowers it."""
        with self._guard:
            return dict(self._up)

    @property
    def messages(self) -> Mapping[str, Message]:
        """The last one to each sandbox."""
        with self._guard:
            return dict(self._said)

    def raise_hand(self, sandbox: str, *, by: str, why: str = "") -> Hand:
        """The hand that is up; raised twice it is up since the first time."""
        hand = Hand(_now(), by, why)
        with writing(self._store) as db, self._guard:
            if sandbox in self._up:
                return self._up[sandbox]
            db.execute(
                "INSERT INTO hands (sandbox, raised, by, why) VALUES (?, ?, ?, ?)",
                (sandbox, hand.raised.isoformat(), by, why),
            )
            self._up[sandbox] = hand
        self._write(HAND, sandbox, "raised", by, {"job": why} if why else {})
        self.told()
        return hand

    def lower_hand(self, sandbox: str, *, by: str) -> None:
        """What is down already stays so."""
        now = _now()
        with writing(self._store) as db, self._guard:
            hand = self._up.pop(sandbox, None)
            if hand is None:
                return
            db.execute(
                "UPDATE hands SET lowered = ?, who = ? WHERE sandbox = ? AND lowered = ''",
                (now.isoformat(), by, sandbox),
            )
        waited = round((now - hand.raised).total_seconds())
        self._write(HAND, sandbox, "lowered", by, {"seconds": waited})
        self.told()

    def say(self, sandboxes: Sequence[str], text: str, *, by: str) -> None:
        """The same to each of them, in the place of what was said before; empty: nothing any
        more. ValueError for what is too long."""
        text, now = checked(text), _now()
        with writing(self._store) as db, self._guard:
            for sandbox in sandboxes:
                db.execute(
                    "INSERT OR REPLACE INTO messages (sandbox, at, by, text) VALUES (?, ?, ?, ?)",
                    (sandbox, now.isoformat(), by, text),
                )
                self._said[sandbox] = Message(now, by, text)
        for sandbox in sandboxes:
            self._write(MESSAGE, sandbox, text, by, {})
        self.told()

    def forget_before(self, sandbox: str, since: datetime) -> None:
        """A sandbox that is younger than what was raised or said has only the name of another."""
        with self._guard:
            hand, said = self._up.get(sandbox), self._said.get(sandbox)
        old = [one for one in (hand and hand.raised, said and said.at) if one and one < since]
        if not old:
            return
        with writing(self._store) as db, self._guard:
            for table, at in (("hands", "raised"), ("messages", "at")):
                db.execute(
                    f"DELETE FROM {table} WHERE sandbox = ? AND {at} < ?",
                    (sandbox, since.isoformat()),
                )
            if hand and hand.raised < since:
                self._up.pop(sandbox, None)
            if said and said.at < since:
                self._said.pop(sandbox, None)

    def note(self, text: str, *, by: str, workshop: str, sandbox: str = "") -> Note:
        """Written down with the time, for the record of the workshop. ValueError for an empty one,
        and for what is too long."""
        note = Note(_now(), by, checked(text), workshop, sandbox)
        if not note.text:
            raise ValueError("a note says something")
        with writing(self._store) as db:
            db.execute(
                "INSERT INTO notes (workshop, sandbox, at, by, text) VALUES (?, ?, ?, ?, ?)",
                (workshop, sandbox, note.at.isoformat(), by, note.text),
            )
        self._write(NOTE, sandbox, note.text, by, {"workshop": workshop})
        return note

    def notes(self, workshop: str) -> Sequence[Note]:
        """Those of a workshop and its teams, newest first."""
        with self._store.connection() as db:
            rows = db.execute(
                "SELECT at, by, text, workshop, sandbox FROM notes WHERE workshop = ?"
                " ORDER BY number DESC",
                (workshop,),
            ).fetchall()
        return [Note(_read(at), by, text, of, sandbox) for at, by, text, of, sandbox in rows]

    def _write(
        self, verb: str, sandbox: str, what: str, who: str, detail: Mapping[str, object]
    ) -> None:
        if self.write:
            self.write(verb, sandbox, what, who, detail)


def checked(text: str) -> str:
    """Without what no page would show; ValueError where it is longer than `LONGEST`."""
    kept = "".join(c for c in text.strip() if c.isprintable() or c == "\n")
    if len(kept) > LONGEST:
        raise ValueError(f"should have at most {LONGEST:,} characters")
    return kept


def _read(at: str) -> datetime:
    return datetime.fromisoformat(at)


def _now() -> datetime:
    return datetime.now(UTC)
