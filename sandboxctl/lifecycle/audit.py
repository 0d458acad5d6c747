"""The ledger looked at as an auditor does: its rows as they are stored, and whether they fit."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime

from sandboxctl.lifecycle import chain
from sandboxctl.lifecycle.chain import Row, Verdict
from sandboxctl.lifecycle.ledger import COLUMNS, GUARDS, VERSION, path, unusable


@dataclass(frozen=True, slots=True)
class Audit:
    """What a verification saw. ``begun`` is whether the ledger has a chain at all; ``guards`` that
    are gone are triggers which keep rows from being changed."""

    verdict: Verdict
    begun: bool
    guards: tuple[str, ...] = ()


def verify(*, noted: str = "") -> Audit | None:
    """Every row of this controller's ledger; None where there is none. ``noted`` is a head that was
    noted earlier. Raises SandboxError where the ledger cannot be read."""
    with _reading() as ledger:
        if ledger is None:
            return None
        begun = ledger.execute("PRAGMA user_version").fetchone()[0] >= VERSION
        found = ledger.execute("SELECT seq FROM sqlite_sequence WHERE name = 'events'").fetchone()
        rows = ledger.execute(f"SELECT {COLUMNS} FROM events ORDER BY number")
        verdict = chain.verify(map(Row._make, rows), ever=found[0] if found else None, noted=noted)
        named = ledger.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
    gone = set(GUARDS) - {name for (name,) in named} if begun else set()
    return Audit(verdict, begun, tuple(sorted(gone)))


def head() -> Row | None:
    """The last row; None where there is none, or the chain has not begun. It is not verified."""
    with _reading() as ledger:
        found = (
            ledger
            and ledger.execute(
                f"SELECT {COLUMNS} FROM events ORDER BY number DESC LIMIT 1"
            ).fetchone()
        )
    row = Row._make(found) if found else None
    return row if row and row.chain else None


def rows(
    *, den: str | None = None, sandbox: str | None = None, since: datetime | None = None
) -> list[Row]:
    """Those of a den, of a sandbox, since then; oldest first, all of them unless said."""
    with _reading() as ledger:
        if ledger is None:
            return []
        found = ledger.execute(
            f"SELECT {COLUMNS} FROM events WHERE (?1 IS NULL OR den = ?1)"
            " AND (?2 IS NULL OR sandbox = ?2) AND (?3 IS NULL OR at >= ?3) ORDER BY number",
            (den, sandbox, since.isoformat() if since else None),
        ).fetchall()
    return [Row._make(row) for row in found]


@contextmanager
def _reading() -> Iterator[sqlite3.Connection | None]:
    """The ledger as it is now, all reads of the same moment; bytes that are no text are shown as
    what they are, for somebody may have put them there."""
    if not path().exists():
        yield None
        return
    try:
        with closing(sqlite3.connect(f"{path().as_uri()}?mode=ro", uri=True)) as ledger:
            ledger.isolation_level = None
            ledger.text_factory = lambda told: told.decode("utf-8", "backslashreplace")
            ledger.execute("BEGIN")
            yield ledger
    except sqlite3.Error as error:
        raise unusable(error, "read") from None
