"""Looks through files: parts of them at the same time, findings in the order of the file."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from sandboxctl.data.scan.cells import Reader, Unreadable, Work
from sandboxctl.data.scan.columns import examine
from sandboxctl.data.scan.evidence import Evidence
from sandboxctl.data.scan.files import kind, reader
from sandboxctl.data.scan.findings import Finding, findings
from sandboxctl.data.scan.lines import read as lines
from sandboxctl.data.scan.spots import few

Tell = Callable[[Path, int], None]
"""Hears how many values of a file have been looked at so far."""


def untold(path: Path, values: int) -> None:
    """For those who do not want to hear it."""


@dataclass(frozen=True, slots=True)
class Scanned:
    """One file: its columns and what is found in them, or why it cannot be read."""

    path: Path
    columns: dict[str, Evidence]
    findings: tuple[Finding, ...]
    error: Unreadable | None = None

    @property
    def values(self) -> int:
        return sum(seen.filled for seen in self.columns.values())


def scan(paths: Iterable[Path], tell: Tell = untold, *, as_text: bool = False) -> Iterator[Scanned]:
    """Each file as soon as it is done. What cannot be read does not keep the others waiting.

    ``as_text``: what is not the JSON or the table that its name promises is read line by line.
    """
    workers = max(1, len(os.sched_getaffinity(0)))
    pool = ThreadPoolExecutor(workers)
    try:
        for path in paths:
            look = partial(_look, pool=pool, workers=workers, tell=tell)
            scanned = _scanned(path, look, reader)
            if as_text and scanned.error and kind(path) == "json":
                scanned = _scanned(path, look, lambda _: lines)
            yield scanned
    finally:  # whoever is interrupted does not wait for what is left
        pool.shutdown(wait=False, cancel_futures=True)


def _scanned(path: Path, look: Callable[..., None], reads: Callable[[Path], Reader]) -> Scanned:
    columns: dict[str, Evidence] = {}
    error = None
    try:
        if path.is_dir():
            raise Unreadable("is a folder", hint=f"Name the files in it: {path}/*.csv")
        look(path, reads(path), columns=columns)
    except Unreadable as problem:
        error = problem
    except OSError as problem:
        error = Unreadable(
            f"cannot be read: {problem.strerror or problem}",
            hint="Look at its name, and whether you may read it.",
        )
    return Scanned(path, columns, findings(str(path), columns), error)


def _look(
    path: Path,
    read: Reader,
    *,
    pool: ThreadPoolExecutor,
    workers: int,
    columns: dict[str, Evidence],
    tell: Tell,
) -> None:
    waiting: deque[Future[list[tuple[str, Evidence]]]] = deque()
    values = 0
    for work in read(path):
        waiting.append(pool.submit(_examined, work))
        if len(waiting) > 2 * workers:
            values += _merge(columns, waiting.popleft().result())
            tell(path, values)
    for part in waiting:
        _merge(columns, part.result())


def _examined(work: Work) -> list[tuple[str, Evidence]]:
    return [(cells.column, examine(cells)) for cells in few(work())]


def _merge(columns: dict[str, Evidence], part: list[tuple[str, Evidence]]) -> int:
    for column, seen in part:
        columns[column] = columns.get(column, Evidence()) + seen
    return sum(seen.filled for _, seen in part)
