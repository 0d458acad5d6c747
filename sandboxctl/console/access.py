"""Who may come in: links that work once, and the sessions that they are exchanged for.

Nothing that opens anything is kept: the file holds SHA-256 digests of tokens of 160 bits and more,
so that it is worth nothing to who reads it, and looking one up takes as long for a near miss.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from base64 import b32encode
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal, TypeAlias

from sandboxctl.console.storing import Store, writing

Role: TypeAlias = Literal["facilitator", "observer", "supplier", "team"]

SCHEMA = """
CREATE TABLE IF NOT EXISTS links (
    digest TEXT PRIMARY KEY,
    role   TEXT NOT NULL,
    until  TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS visits (
    number  INTEGER PRIMARY KEY AUTOINCREMENT,
    digest  TEXT NOT NULL UNIQUE,
    role    TEXT NOT NULL,
    sandbox TEXT NOT NULL,
    key     TEXT NOT NULL,
    since   TEXT NOT NULL,
    until   TEXT NOT NULL
);
DROP TABLE IF EXISTS sessions;
CREATE TABLE IF NOT EXISTS tickets (
    digest TEXT PRIMARY KEY,
    until  TEXT NOT NULL
);
"""
LINK = timedelta(hours=1)
"""So long a link can be used for the first, and only, time."""
SESSION = timedelta(hours=12)
"""A day's work."""
TICKET = timedelta(minutes=15)
"""So long a ticket that was used is remembered: longer than any is good for."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who is behind a request. ``sandbox`` of a team, ``key`` the digest of the key that it came
    with; ``secret`` what its forms are signed with; ``visit`` the number of its session."""

    role: Role
    secret: str
    sandbox: str = ""
    key: str = ""
    visit: int = 0

    @property
    def name(self) -> str:
        return named(self.role, self.sandbox)

    def may_see(self, sandbox: str) -> bool:
        return self.role in ("facilitator", "observer") or self._is_its(sandbox)

    def may_change(self, sandbox: str) -> bool:
        return self.role == "facilitator" or self._is_its(sandbox)

    @property
    def hands_in(self) -> bool:
        """Whether it may have a prototype looked at."""
        return self.role in ("facilitator", "supplier")

    def _is_its(self, sandbox: str) -> bool:
        return self.role == "team" and self.sandbox == sandbox

    @property
    def form(self) -> str:
        """What a form of theirs has to carry."""
        return hmac.new(self.secret.encode(), b"form", hashlib.sha256).hexdigest()

    def wrote(self, given: str) -> bool:
        """Whether a form is one of theirs."""
        return hmac.compare_digest(self.form.encode(), given.encode(errors="replace"))


@dataclass(frozen=True, slots=True)
class Visit:
    """A session, as who may end it sees it: with a number, and nothing that opens anything."""

    number: int
    role: Role
    sandbox: str
    key: str
    since: datetime
    until: datetime

    @property
    def name(self) -> str:
        return named(self.role, self.sandbox)


class Access:
    """Links, sessions and tickets of one den. ``now`` gives the time, UTC."""

    def __init__(self, store: Store, now: Callable[[], datetime] = lambda: datetime.now(UTC)):
        self._store, self._now = store, now

    def invite(self, role: Role) -> str:
        """A token that works once, within the hour."""
        token = b32encode(secrets.token_bytes(20)).decode().lower()
        with writing(self._store) as db:
            self._forget(db.execute)
            row = (_digest(token), role, self._until(LINK))
            db.execute("INSERT INTO links (digest, role, until) VALUES (?, ?, ?)", row)
        return token

    def invited(self, token: str) -> Role | None:
        """What it would open, without using it."""
        with self._store.connection() as db:
            row = db.execute(
                "SELECT role FROM links WHERE digest = ? AND until > ?",
                (_digest(token), self._now().isoformat()),
            ).fetchone()
        return row[0] if row else None

    def enter(self, token: str) -> str | None:
        """The session that it is exchanged for; None for one that does not open anything."""
        if self.invited(token) is None:  # what opens nothing holds up nobody who writes
            return None
        with writing(self._store) as db:
            row = db.execute(
                "DELETE FROM links WHERE digest = ? AND until > ? RETURNING role",
                (_digest(token), self._now().isoformat()),
            ).fetchone()
        return self._opened(row[0], "", "") if row else None

    def enter_team(self, sandbox: str, key: str) -> str:
        """The session of a team that has shown its key. ``key``  its SHA-256: with another key it
        is over."""
        return self._opened("team", sandbox, key)

    def spend(self, ticket: str) -> bool:
        """Whether a ticket is shown for the first time."""
        with writing(self._store) as db:
            self._forget(db.execute)
            row = (_digest(ticket), self._until(TICKET))
            return bool(db.execute("INSERT OR IGNORE INTO tickets VALUES (?, ?)", row).rowcount)

    def visitor(self, session: str) -> Visitor | None:
        with self._store.connection() as db:
            row = db.execute(
                "SELECT role, sandbox, key, number FROM visits WHERE digest = ? AND until > ?",
                (_digest(session), self._now().isoformat()),
            ).fetchone()
        return Visitor(row[0], session, *row[1:]) if row else None

    def visits(self) -> list[Visit]:
        """Those that last: of who runs or sees it first, then teams, each by their time."""
        with self._store.connection() as db:
            rows = db.execute(
                "SELECT number, role, sandbox, key, since, until FROM visits WHERE until > ?"
                " ORDER BY role = 'team', role, sandbox, number",
                (self._now().isoformat(),),
            ).fetchall()
        return [_visit(row) for row in rows]

    @property
    def unused(self) -> int:
        """Links that would still let somebody in."""
        with self._store.connection() as db:
            asked = "SELECT COUNT(*) FROM links WHERE until > ?"
            return int(db.execute(asked, (self._now().isoformat(),)).fetchone()[0])

    def end(self, number: int) -> Visit | None:
        """A session is over; None where it was already."""
        return next(iter(self._end("number = ?", number)), None)

    def end_others(self, number: int) -> list[Visit]:
        """Every session but that one, and every link that nobody used."""
        with writing(self._store) as db:
            db.execute("DELETE FROM links")
        return self._end("number <> ?", number)

    def _end(self, which: str, number: int) -> list[Visit]:
        with writing(self._store) as db:
            rows = db.execute(
                f"DELETE FROM visits WHERE {which}"
                " RETURNING number, role, sandbox, key, since, until",
                (number,),
            ).fetchall()
        return [_visit(row) for row in rows]

    def _opened(self, role: Role, sandbox: str, key: str) -> str:
        session = secrets.token_urlsafe(32)
        row = (_digest(session), role, sandbox, key, self._now().isoformat(), self._until(SESSION))
        with writing(self._store) as db:
            self._forget(db.execute)
            db.execute(
                "INSERT INTO visits (digest, role, sandbox, key, since, until)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                row,
            )
        return session

    def _until(self, length: timedelta) -> str:
        return (self._now() + length).isoformat()

    def _forget(self, execute: Callable[..., object]) -> None:
        for table in ("links", "visits", "tickets"):
            execute(f"DELETE FROM {table} WHERE until <= ?", (self._now().isoformat(),))


def named(role: Role, sandbox: str) -> str:
    """As jobs and the ledger have it."""
    return f"team {sandbox}" if role == "team" else role


def _visit(row: tuple[int, Role, str, str, str, str]) -> Visit:
    number, role, sandbox, key, since, until = row
    times = datetime.fromisoformat(since), datetime.fromisoformat(until)
    return Visit(number, role, sandbox, key, *times)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
