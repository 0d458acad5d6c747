"""The console's own file: sessions, jobs, hands, messages. What is decided about sandboxes is not
in it, and what happened is in the ledger: lost, it costs everybody a new link and no work."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from sandboxctl.errors import SandboxError
from sandboxctl.lifecycle import ledger

PATIENCE = 10.0
"""Seconds to wait while another thread, or another console, writes."""


def path(den: str) -> Path:
    """Where the console of a den keeps it: beside the ledger."""
    return ledger.path().with_name(f"console-{den}.sqlite3")


class File:
    """A SQLite file that only its owner may read; made where there is none."""

    def __init__(self, file: Path, schema: str) -> None:
        self._file = file
        try:
            file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
            made = os.open(file, flags, 0o600)
            os.fchmod(made, 0o600)
            os.close(made)
            with self.connection() as db:
                db.execute("PRAGMA journal_mode = WAL")
                db.executescript(schema)
        except (sqlite3.Error, OSError) as error:
            why = getattr(error, "strerror", None) or error
            raise SandboxError(
                f"what the console keeps cannot be written to {file}: {why}",
                hint="Look at its folder's rights and room; a file that is broken can be moved "
                "away, and everybody needs a new link then.",
                code="DEN960",
            ) from None

    @contextlib.contextmanager
    def connection(self) -> Iterator[sqlite3.Connection]:
        """One for a thread, closed when it is given back."""
        with contextlib.closing(sqlite3.connect(self._file, timeout=PATIENCE)) as found:
            found.execute("PRAGMA synchronous = NORMAL")
            yield found
