"""Batches made ahead and in parallel, handed out in order: what every sink reads."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

from sandboxctl.data.dataset import chunk
from sandboxctl.data.scope import Dataset
from sandboxctl.data.tables import length, rows

if TYPE_CHECKING:
    import pyarrow as pa

T = TypeVar("T")

_USUAL = 2
"""Threads that `chunk` reckons with."""


def made(
    dataset: Dataset,
    table: str,
    work: Callable[[pa.RecordBatch], T],
    *,
    workers: int = 1,
    size: int = 0,
    stop: int | None = None,
) -> Iterator[tuple[int, T]]:
    """For each chunk of a table its number of rows, and what ``work`` makes of it, in order.

    ``workers`` threads are a chunk ahead of the reader, so memory stays flat and the sink hardly
    waits for the generator; numpy and pyarrow let go of the interpreter meanwhile.
    An error comes out where its chunk would have. Rows are made before ``stop``.
    """
    # more threads make smaller chunks: what is in flight stays the same
    size = size or chunk(dataset, table) * _USUAL // max(_USUAL, workers)
    end = length(dataset, table) if stop is None else min(stop, length(dataset, table))

    def one(first: int) -> tuple[int, T]:
        batch = rows(dataset, table, first, min(first + size, end))
        return batch.num_rows, work(batch)

    waiting: deque[Future[tuple[int, T]]] = deque()
    pool = ThreadPoolExecutor(workers, thread_name_prefix="rows")
    try:
        for first in range(0, end, size):
            if len(waiting) > workers:
                yield waiting.popleft().result()
            waiting.append(pool.submit(one, first))
        while waiting:
            yield waiting.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)
