"""The chain of the ledger: each row carries a hash of itself and of the one before it.

A chain shows that a row was changed, taken away, put in or moved, as long as whoever did it did not
work out the rest anew; that nobody did is known only with a head (the chain of the last row) that
was noted where they could not reach it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

BEGIN = "audit begin"
"""The verb of the first row of a chain in a ledger that had rows before it had a chain."""
_FORM = "sandboxctl-ledger/1"


class Row(NamedTuple):
    """One row as it is stored; what sandboxctl wrote is text in all but ``number``."""

    number: int
    at: str
    den: str
    sandbox: str
    verb: str
    what: str
    who: str
    detail: str
    chain: str = ""


@dataclass(frozen=True, slots=True)
class Cover:
    """Rows from before a chain: how many, the last one's number, and a SHA-256 over them all."""

    rows: int = 0
    last: int = 0
    sha256: str = ""

    @property
    def detail(self) -> str:
        """As the row that begins the chain holds it."""
        told = {"rows": self.rows, "last": self.last, "sha256": self.sha256}
        return json.dumps(told, sort_keys=True)


@dataclass(frozen=True, slots=True)
class Break:
    """The first row that does not fit, by its number, and how."""

    number: int
    why: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """``rows`` that are there, ``before`` how many of them were written before the chain began;
    ``head`` and ``last`` are the chain and the number of the last row that fits; ``noted`` is the
    number of the row that a head noted earlier belongs to, 0 if none fits it."""

    rows: int
    before: int
    head: str
    last: int
    noted: int = 0
    broken: Break | None = None


def link(before: str, row: Row) -> str:
    """The chain of a row that follows one whose chain is ``before``: 64 hex digits."""
    return _hash([_FORM, before, *row[:-1]])


def cover(rows: Iterable[Row]) -> Cover:
    """What stands for rows that have no chain. Holds one of them at a time."""
    found = Cover()
    for row in rows:
        found = _covering(found, row)
    return found


def verify(rows: Iterable[Row], *, ever: int | None, noted: str = "") -> Verdict:
    """Walk through all rows in the order of their numbers, and stop at the first that does not fit.

    ``ever`` is the highest number that SQLite remembers to have given, None where it has no
    memory of it; ``noted`` a head that was noted earlier.
    """
    walk = _Walk(noted)
    broken = None
    for row, after in _with_next(rows):
        walk.rows += 1
        broken = broken or walk.step(row, after)
    broken = broken or walk.end(ever)
    return Verdict(
        rows=walk.rows,
        before=walk.covered.rows,
        head=walk.head,
        last=walk.last,
        noted=walk.found,
        broken=broken,
    )


class _Walk:
    """Where a verification is: the last row that fitted."""

    def __init__(self, noted: str) -> None:
        self.rows = self.last = self.found = 0
        self.head, self.covered = "", Cover()
        self._noted, self._first = noted, 0

    def step(self, row: Row, after: Row | None) -> Break | None:
        """What is wrong with this row, if anything is."""
        if not row.chain and not self.head:
            self._first = self._first or row.number
            self.covered = _covering(self.covered, row)
            self.last = row.number
            return None
        wrong = self._wrong(row, after)
        if wrong is None:
            self.last, self.head = row.number, row.chain
            if row.chain == self._noted:
                self.found = row.number
        return wrong

    def end(self, ever: int | None) -> Break | None:
        """What is missing behind the last row, if anything is."""
        if ever is None and self.last:
            return Break(self.last, "is the last, and it was wiped out which numbers were given")
        return None if (ever or 0) == self.last else _missing(self.last + 1, ever or 0)

    def _wrong(self, row: Row, after: Row | None) -> Break | None:
        if not row.chain:
            return Break(
                row.number, "has no chain: it was not written by sandboxctl, or was cut out"
            )
        if not self.head and (row.verb == BEGIN or self.covered.rows):
            return self._wrong_begin(row, after)
        if row.number != self.last + 1:
            return _missing(self.last + 1, row.number - 1)
        return self._wrong_link(row, after)

    def _wrong_begin(self, row: Row, after: Row | None) -> Break | None:
        if row.verb != BEGIN:
            return Break(
                self._first,
                "has no chain, and no row covers it: it was put in, or the row that began the "
                "chain was removed",
            )
        if row.chain != link("", row):
            return self._wrong_link(row, after)
        if row.detail != self.covered.detail:
            return Break(
                self._first or 1,
                f"or one behind it and before {row.number} was changed, removed, put in or moved: "
                f"{self.covered.rows} are there, and one hash covers all that were written before "
                "the chain began, so which one it was cannot be said",
            )
        return None

    def _wrong_link(self, row: Row, after: Row | None) -> Break | None:
        if row.chain == link(self.head, row):
            return None
        if after is not None and after.chain == link(row.chain, after):
            return Break(
                row.number, "was changed: the rows behind it still follow from what it was"
            )
        return Break(row.number, "does not follow from the row before: changed, put in, or moved")


def _missing(first: int, last: int) -> Break:
    if last < first:  # numbers that SQLite never gave
        return Break(last + 1, "was put in: its number was never given")
    return Break(first, "was removed" if first == last else f"and all up to {last} were removed")


def _covering(known: Cover, row: Row) -> Cover:
    return Cover(known.rows + 1, row.number, _hash([_FORM, known.sha256, *row[:-1]]))


def _with_next(rows: Iterable[Row]) -> Iterator[tuple[Row, Row | None]]:
    before: Row | None = None
    for row in rows:
        if before is not None:
            yield before, row
        before = row
    if before is not None:
        yield before, None


def _hash(value: list[object]) -> str:
    """Over canonical JSON: text is quoted, so that no two rows are written alike."""
    told = json.dumps(value, ensure_ascii=True, separators=(",", ":"), default=_foreign)
    return hashlib.sha256(told.encode()).hexdigest()


def _foreign(value: object) -> object:
    """What sandboxctl never writes, so that it is not taken for the text it looks like."""
    return {type(value).__name__: repr(value)}
