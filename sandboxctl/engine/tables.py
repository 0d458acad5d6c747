"""A table of synthetic data into a running database, over a command inside its container."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence

from sandboxctl import __version__
from sandboxctl.data.chance.version import MIX_VERSION
from sandboxctl.data.dataset import CHUNK
from sandboxctl.data.model import Data
from sandboxctl.data.proof.canonical import fingerprint
from sandboxctl.data.proof.certificate import brief
from sandboxctl.data.proof.watch import Watch
from sandboxctl.data.scope import Dataset
from sandboxctl.data.sinks import sql
from sandboxctl.data.sinks.postgres import loading
from sandboxctl.data.tables import length, rows
from sandboxctl.engine.protocol import Answer, Note
from sandboxctl.errors import SandboxError

Run = Callable[[Sequence[str], Iterable[bytes]], Answer]
"""(command line, standard input) → its answer."""

VERIFIED = 65_536
"""Rows of each table whose identifiers are looked at one by one before they are loaded."""

_NOTE_EVERY = 0.5


def fill(run: Run, command: Sequence[str], data: Data, table: str, note: Note) -> Answer:
    """Look at what is there, then load all rows or none; ``command`` is psql with its connection.

    Says how far it is twice a second at most.
    """
    asked = run([*command, "-At", "-F", "\t", "-c", sql.columns_of(table)], ())
    if asked.status:
        return asked
    pairs = (line.split("\t") for line in asked.output.decode().splitlines())
    there = {pair[0]: pair[1] for pair in pairs if len(pair) == 2}
    dataset = Dataset(data)
    _verify(dataset, table)
    made = f"sandboxctl {__version__}, mix {MIX_VERSION}, data {fingerprint(data)[:12]}"
    load = loading(dataset, table, there, f"nobody in it exists. Made by {made}, seed {data.seed}.")
    statements = [word for statement in load.statements for word in ("-c", statement)]
    sent = [0]
    pieces = _counted(load.rows, table, length(dataset, table), note, sent)
    answer = run([*command, "-v", "QUIET=off", *statements], pieces)
    if answer.status == 0 and f"COPY {sent[0]}" not in answer.output.decode().splitlines():
        return Answer(1, f"not all of {sent[0]:,} rows arrived\n".encode() + answer.output)
    return answer


def certificate(data: Data) -> str:
    """For the label of an image that was filled with it."""
    return brief(Dataset(data), verified=VERIFIED)


def _verify(dataset: Dataset, table: str) -> None:
    """Identifiers that somebody could have stop the load. SandboxError names the first."""
    watch = Watch(dataset, table)
    size = min(VERIFIED, length(dataset, table))
    for first in range(0, size, CHUNK):
        watch.see(rows(dataset, table, first, min(first + CHUNK, size)))
    for name, seen in watch.seen.verified.items():
        if seen.outside:
            raise SandboxError(
                f"{table}.{name}: {seen.outside:,} of {seen.values:,} values lie outside the safe "
                f"set of {seen.kind}, the first in row {(seen.first or 0) + 1:,}",
                hint="This is a mistake of ours; nothing was loaded. Please tell us the blueprint.",
            )


def _counted(
    found: Iterable[tuple[int, bytes]], table: str, size: int, note: Note, sent: list[int]
) -> Iterator[bytes]:
    """The pieces as they go; ``sent`` gets the number of rows in them."""
    told = time.monotonic()
    for count, piece in found:
        yield piece
        sent[0] += count
        if time.monotonic() - told > _NOTE_EVERY:
            told = time.monotonic()
            note(f"{table}: {sent[0]:,} of {size:,} rows")
