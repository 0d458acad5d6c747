"""From what was seen of a column to what is said of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from sandboxctl.data.identifiers import IDENTIFIERS
from sandboxctl.data.scan.evidence import FIRST, Count, Evidence
from sandboxctl.data.scan.kinds import TELLING, hinted, is_version

MOST = 0.5
"""A tenth of all numbers of ten digits pass as NHS numbers: half of a column do not by chance."""

ENOUGH = 3
"""Fewer values than this say nothing about a column."""

Confidence = Literal["high", "medium", "low"]
_PHONES = ("mobile", "landline", "phone")


@dataclass(frozen=True, slots=True)
class Finding:
    """Values of one kind in one column, any of which may be somebody's.

    ``rows`` are the first few lines (records of a Parquet file), ``shown`` the values there,
    masked; ``share`` is how much of the column is of the kind, safe values included.
    """

    file: str
    column: str
    kind: str
    count: int
    rows: tuple[int, ...]
    shown: tuple[str, ...]
    share: float
    confidence: Confidence
    reason: str

    @property
    def title(self) -> str:
        return IDENTIFIERS[self.kind].title if self.count == 1 else IDENTIFIERS[self.kind].plural


def findings(file: str, columns: Mapping[str, Evidence]) -> tuple[Finding, ...]:
    """What has to be said of a file."""
    return tuple(
        finding for column, seen in columns.items() for finding in _of_column(file, column, seen)
    )


def _of_column(file: str, column: str, seen: Evidence) -> Iterator[Finding]:
    hints = hinted(column)
    holds = held(column, seen)
    for kind, count in seen.counts.items():
        loose = kind in holds or _kind(kind) in holds
        total = count.sure + (count.loose if loose else 0)
        if not total or is_version(column, kind):
            continue
        rows = sorted({*count.sure_rows, *(count.loose_rows if loose else ())})[:FIRST]
        share = _share(seen, kind)
        yield Finding(
            file,
            column,
            kind,
            total,
            tuple(row for row, _ in rows),
            tuple(text for _, text in rows),
            share,
            _confidence(kind, count, share, _kind(kind) in hints),
            _reason(kind, total, share, _kind(kind) in hints),
        )


def held(column: str, seen: Evidence) -> frozenset[str]:
    """The kinds that the column as a whole speaks for, by its name or by most of its values.

    Numbers of ten digits can be right for several kinds: a name decides, then which has the most
    values in its safe set, then which has the most values at all.
    """
    hints = hinted(column)
    by_name = frozenset(kind for kind in seen.counts if _kind(kind) in hints)
    if by_name & {kind for kind, count in seen.counts.items() if count.right}:
        return by_name
    shares = {kind: _share(seen, kind) for kind in seen.counts if _kind(kind) in TELLING}
    most = {
        kind: share
        for kind, share in shares.items()
        if share > MOST and share * seen.filled >= ENOUGH
    }
    if not most:
        return by_name
    best = max(most, key=lambda kind: (seen.counts[kind].safe, most[kind], kind))
    return by_name | frozenset(kind for kind in most if _kind(kind) == _kind(best))


def _kind(name: str) -> str:
    return "phone" if name in _PHONES else name


def _share(seen: Evidence, kind: str) -> float:
    names = _PHONES if kind in _PHONES else (kind,)
    right = sum(seen.counts.get(name, Count()).right for name in names)
    return right / seen.filled if seen.filled else 0.0


def _confidence(kind: str, count: Count, share: float, named: bool) -> Confidence:
    if share > MOST and (_kind(kind) in TELLING or named):
        return "high"
    if count.sure:
        return "high" if named else "medium"
    return "medium" if named and _kind(kind) in TELLING else "low"


def _reason(kind: str, total: int, share: float, named: bool) -> str:
    one = IDENTIFIERS[kind]
    checked = f" with right check digits ({one.check_words})" if one.right else ""
    if share > MOST:
        why = f"{share:.0%} of the column are {one.plural}{checked}"
    elif named:
        why = f"the column is named like one of {one.plural}, and values fit{checked}"
    else:
        why = f"written as {one.plural} are{checked}"
    return f"{why}; {'this is' if total == 1 else 'these are'} outside the safe sets"
