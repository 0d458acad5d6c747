"""The ledger: what happened in the dens of this controller, written down and never changed.

One SQLite file, opened only by commands that write. What exists is the engine's to say, what is
decided the den's: the ledger is history, and holds no secret. Its rows are one chain, of all dens
together: `sandboxctl.lifecycle.chain` says how, `audit` verifies it.
"""

from __future__ import annotations

import getpass
import json
import os
import platform
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from sandboxctl import clock
from sandboxctl.errors import SandboxError
from sandboxctl.lifecycle import chain
from sandboxctl.lifecycle.chain import Row

VERSION = 2
"""1 had no chain: its rows stay as they are, and the first row of the chain covers them."""
PATIENCE = 3.0
"""Seconds to wait while another command writes."""

_SCHEMA = """
CREATE TABLE events (
    number  INTEGER PRIMARY KEY AUTOINCREMENT,
    at      TEXT NOT NULL,
    den     TEXT NOT NULL,
    sandbox TEXT NOT NULL,
    verb    TEXT NOT NULL,
    what    TEXT NOT NULL,
    who     TEXT NOT NULL,
    detail  TEXT NOT NULL,
    chain   TEXT NOT NULL DEFAULT ''
);
CREATE TRIGGER events_stay BEFORE UPDATE ON events
BEGIN SELECT RAISE(ABORT, 'the ledger is only added to'); END;
CREATE TRIGGER events_remain BEFORE DELETE ON events
BEGIN SELECT RAISE(ABORT, 'the ledger is only added to'); END;
"""
_CHAINED = """
CREATE TRIGGER events_follow BEFORE INSERT ON events WHEN NEW.chain = ''
BEGIN SELECT RAISE(ABORT, 'a row of the ledger has a chain'); END;
"""
GUARDS = ("events_follow", "events_remain", "events_stay")
COLUMNS = ", ".join(Row._fields)


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that was done. ``at`` UTC; ``detail`` is what JSON can hold, and no secret."""

    at: datetime
    den: str
    verb: str
    sandbox: str = ""
    what: str = ""
    who: str = ""
    detail: Mapping[str, object] = field(default_factory=dict)


def path() -> Path:
    """Where this controller's ledger is."""
    state = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local/state"
    return Path(state) / "sandboxctl" / "ledger.sqlite3"


def me() -> str:
    """Who runs this command, as history and approvals name them."""
    try:
        user = getpass.getuser()
    except (KeyError, OSError):  # a uid without a name
        user = str(os.getuid())
    return f"{user}@{platform.node()}"


def write(event: Event) -> None:
    """Add one event. Raises SandboxError where it cannot be written: what was done stays done."""
    with writing(event):
        pass


def write_all(events: Sequence[Event]) -> None:
    """Add several, all of them or none."""
    with writing(*events):
        pass


def events(den: str, *, since: datetime) -> list[Event]:
    """What happened in a den since then, oldest first; nothing where there is no ledger. Raises
    SandboxError where it cannot be read."""
    if not path().exists():
        return []
    try:
        with closing(sqlite3.connect(f"{path().as_uri()}?mode=ro", uri=True)) as ledger:
            rows = ledger.execute(
                "SELECT at, den, verb, sandbox, what, who, detail FROM events"
                " WHERE den = ? AND at >= ? ORDER BY number",
                (den, since.isoformat()),
            ).fetchall()
    except sqlite3.Error as error:
        raise unusable(error, "read") from None
    return [
        Event(datetime.fromisoformat(at), den, verb, sandbox, what, who, json.loads(told))
        for at, den, verb, sandbox, what, who, told in rows
    ]


@contextmanager
def writing(*events: Event) -> Iterator[None]:
    """Add events together with what they tell of: if that raises, neither has happened.

    Raises SandboxError before anything is done where the ledger cannot be written."""
    try:
        with closing(_opened()) as ledger:
            ledger.execute("BEGIN IMMEDIATE")
            _add(ledger, [_row(event) for event in events])
            yield
            ledger.execute("COMMIT")
    except (sqlite3.Error, OSError) as error:
        raise unusable(error) from None


def _add(ledger: sqlite3.Connection, told: Sequence[Row]) -> None:
    """Behind the last row, whose chain theirs follow: inside a transaction that nobody else can
    write in. Numbers go on from the highest ever given, so that a removed row leaves a gap."""
    last = ledger.execute(
        "SELECT number, chain FROM events ORDER BY number DESC LIMIT 1"
    ).fetchone() or (0, "")
    ever = ledger.execute("SELECT seq FROM sqlite_sequence WHERE name = 'events'").fetchone()
    number, before = max(last[0], ever[0] if ever else 0), last[1]
    for row in told:
        number += 1
        numbered = row._replace(number=number)
        before = chain.link(before, numbered)
        ledger.execute(
            f"INSERT INTO events ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            numbered._replace(chain=before),
        )


def _row(event: Event) -> Row:
    return Row(
        0,
        event.at.isoformat(),
        event.den,
        event.sandbox,
        event.verb,
        event.what,
        event.who or me(),
        json.dumps(event.detail, sort_keys=True, default=str),
    )


def _opened() -> sqlite3.Connection:
    """The ledger, made where there is none: only its owner may read it."""
    file = path()
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    made = os.open(file, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    os.fchmod(made, 0o600)
    os.close(made)
    ledger = sqlite3.connect(file, timeout=PATIENCE, isolation_level=None)
    try:
        ledger.execute("PRAGMA journal_mode = WAL")
        ledger.execute("PRAGMA synchronous = FULL")
        _settle(ledger)
    except BaseException:
        ledger.close()
        raise
    return ledger


def _settle(ledger: sqlite3.Connection) -> None:
    """Make the tables in a new file, begin the chain in an older one; leave alone what a newer
    version wrote."""
    version = _version(ledger)
    if version > VERSION:
        raise sqlite3.DatabaseError(f"it was written by a newer sandboxctl (schema {version})")
    if version == VERSION:
        return
    ledger.execute("BEGIN IMMEDIATE")
    version = _version(ledger)  # another command may have been faster
    for statement in _statements(_SCHEMA) if version == 0 else ():
        ledger.execute(statement)
    if version == 1:
        _cover(ledger)
    if version < VERSION:
        for statement in _statements(_CHAINED):
            ledger.execute(statement)
        ledger.execute(f"PRAGMA user_version = {VERSION}")
    ledger.execute("COMMIT")


def _cover(ledger: sqlite3.Connection) -> None:
    """The first row of a chain stands for all that were there before: the one time that the whole
    ledger is read."""
    rows = ledger.execute(f"SELECT {COLUMNS} FROM events ORDER BY number")
    known = chain.cover(map(Row._make, rows))
    if known.rows:
        at = clock.now().isoformat()
        what = f"{known.rows} rows from before"
        _add(ledger, [Row(0, at, "", "", chain.BEGIN, what, me(), known.detail)])


def _version(ledger: sqlite3.Connection) -> int:
    return int(ledger.execute("PRAGMA user_version").fetchone()[0])


def _statements(schema: str) -> Iterator[str]:
    whole = ""
    for line in schema.strip().splitlines():
        whole += f"{line}\n"
        if sqlite3.complete_statement(whole):
            yield whole
            whole = ""


def unusable(error: Exception, what: str = "written") -> SandboxError:
    """What is said of a ledger that cannot be used."""
    return SandboxError(
        f"the ledger {path()} cannot be {what}: {getattr(error, 'strerror', None) or error}",
        hint="Look at its folder's rights and room; a ledger that is broken can be moved away, "
        "and the next command begins another one.",
        code="DEN811",
    )
