"""Makes the tables of a dataset and holds each to what is declared of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass

from sandboxctl.data.proof.limits import ALARM
from sandboxctl.data.proof.result import Result
from sandboxctl.data.proof.trial import Trial
from sandboxctl.data.proof.watch import Seen
from sandboxctl.data.scope import Dataset
from sandboxctl.data.sinks.stream import made

Tell = Callable[[str, int], None]
"""(table, rows of it that are done)."""


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that was checked, in the order of the tables."""

    results: tuple[Result, ...]
    seen: dict[str, Seen]

    @property
    def failed(self) -> tuple[Result, ...]:
        return tuple(one for one in self.results if not one.holds)


def examine(
    dataset: Dataset,
    tables: Sequence[str] = (),
    *,
    rows: int | None = None,
    tell: Tell = lambda _table, _rows: None,
) -> Report:
    """Check these tables, or all; of each the first ``rows``, or all. Memory does not grow."""
    results: list[Result] = []
    with ExitStack() as stack:
        wanted = tables or tuple(dataset.data.tables)
        trials = [stack.enter_context(Trial(dataset, table)) for table in wanted]
        alarm = ALARM / max(1, sum(trial.tests for trial in trials))
        for trial in trials:
            with trial:
                results += _tried(trial, alarm, rows, tell)
    return Report(tuple(results), {trial.table: trial.watch.seen for trial in trials})


def _tried(trial: Trial, alarm: float, rows: int | None, tell: Tell) -> list[Result]:
    size = trial.dataset.sizes[trial.table]
    stop = size if rows is None else min(rows, size)
    # the next chunks are made by another thread while this one is looked at
    for _, batch in made(trial.dataset, trial.table, lambda batch: batch, stop=stop):
        trial.see(batch)
        tell(trial.table, trial.watch.rows)
    return trial.results(alarm, rows=stop)
