"""What every benchmark hands in: rows, each a ratio of two things that took turns in one run.

A row is printed when it is known, and kept in ``docs/benchmarks/results.json`` with the part it
belongs to; a part that is measured again replaces its rows and no others'.
"""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

FOLDER = Path(__file__).parents[2] / "docs" / "benchmarks"
VERSION = 1

Sense = Literal["most", "least"]


@dataclass(frozen=True, slots=True)
class Row:
    """``ours`` and ``base`` are medians in ``unit``; the ratio may be ``bar`` at the ``most``, or
    has to be it at ``least``. A bar of None is only told. ``n`` is how often it was measured."""

    id: str
    name: str
    ours: float
    base: float
    ratio: float
    bar: float | None
    sense: Sense
    n: int
    unit: str
    verdict: str

    def __str__(self) -> str:
        if self.unit == "count":
            return f"{self.name:<58}{self.ours:8g}     may be {self.bar:g}     {self.verdict}"
        bar = f"{_at(self.sense)} {self.bar:4g} x" if self.bar is not None else "no bar"
        return (
            f"{self.name:<58}{self.ratio:8.2f} x   {bar:<12}{self.verdict:<5}"
            f"({shown(self.ours, self.unit)} / {shown(self.base, self.unit)}, n={self.n})"
        )


@dataclass(slots=True)
class Book:
    """The rows of the part that is being measured, and where results are kept. ``beside``: next to
    what was measured with another storage, and without bars: those are for one with reflinks."""

    folder: Path = FOLDER
    beside: bool = False
    rows: list[Row] = field(default_factory=list)

    @property
    def results(self) -> Path:
        return self.folder / "results.json"

    def add(self, row: Row) -> Row:
        self.rows.append(row)
        print(row, flush=True)
        return row


BOOK = Book()


def row(
    name: str,
    ours: Sequence[float],
    base: Sequence[float],
    bar: float | None,
    *,
    key: str = "",
    sense: Sense = "most",
    unit: str = "s",
) -> Row:
    """One ratio of medians, told and kept."""
    mine, its = statistics.median(ours), statistics.median(base)
    ratio = mine / its if its else float("inf")
    return BOOK.add(
        Row(
            id=key or _slug(name),
            name=name,
            ours=mine,
            base=its,
            ratio=round(ratio, 3),
            bar=bar,
            sense=sense,
            n=len(ours),
            unit=unit,
            verdict=verdict(ratio, bar, sense),
        )
    )


def count(name: str, seen: int, bar: int = 0, *, n: int, key: str = "") -> Row:
    """Something that must not happen, or not more often than ``bar`` in ``n`` times."""
    ok = verdict(seen, bar, "most")
    return BOOK.add(Row(key or _slug(name), name, seen, n, seen, bar, "most", n, "count", ok))


def verdict(ratio: float, bar: float | None, sense: Sense) -> str:
    if bar is None:
        return ""
    if sense == "most":
        return "ok" if ratio <= bar else "OVER"
    return "ok" if ratio >= bar else "UNDER"


def timed(what: Callable[[], object]) -> float:
    """Seconds."""
    begun = time.perf_counter()
    what()
    return time.perf_counter() - begun


def shown(value: float, unit: str) -> str:
    match unit:
        case "s" if value < 10:
            return f"{value * 1000:,.0f} ms"
        case "s":
            return f"{value:,.1f} s"
        case "rows/s":
            return f"{value:,.0f} rows/s"
        case "MB":
            return f"{value:,.1f} MB"
        case _:
            return f"{value:,.4g}{f' {unit}' if unit else ''}"


@contextmanager
def part(name: str, about: Mapping[str, str]) -> Iterator[None]:
    """The rows that are added in here become those of one part, even if it does not end well.

    ``about`` describes the machine."""
    BOOK.rows = []
    begun = time.monotonic()
    try:
        yield
    finally:
        if BOOK.rows:
            keep(name, BOOK.rows, about, time.monotonic() - begun)


def keep(part: str, rows: Iterable[Row], about: Mapping[str, str], seconds: float) -> None:
    """Into the file of results, in the place of what this part said before."""
    kept = read()
    if BOOK.beside:
        part, rows = f"{part}, {about['storage']}", [replace(r, bar=None, verdict="") for r in rows]
    else:
        kept["machine"] = dict(about)
    kept["parts"][part] = {
        "when": datetime.now(UTC).date().isoformat(),
        "seconds": round(seconds),
        "rows": [asdict(one) for one in rows],
    }
    write(kept)


def read() -> dict[str, Any]:
    if BOOK.results.exists():
        found: dict[str, Any] = json.loads(BOOK.results.read_text(encoding="utf-8"))
        if found.get("results") == VERSION:
            return found
    return {"results": VERSION, "machine": {}, "parts": {}, "curves": {}}


def write(kept: Mapping[str, Any]) -> None:
    """By temp and rename: a run of hours may be interrupted at any point."""
    BOOK.folder.mkdir(parents=True, exist_ok=True)
    draft = BOOK.results.with_suffix(".new")
    draft.write_text(json.dumps(kept, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    draft.replace(BOOK.results)


def point(curve: str, x: float, values: Mapping[str, float], *, unit: str, axis: str) -> None:
    """One place of a growth curve, kept at once."""
    kept = read()
    known = kept["curves"].setdefault(curve, {"unit": unit, "axis": axis, "points": {}})
    known["points"][f"{x:g}"] = {name: round(value, 5) for name, value in values.items()}
    write(kept)
    told = ", ".join(f"{name} {shown(value, unit)}" for name, value in values.items())
    print(f"{curve} {x:>12,.0f}: {told}", flush=True)


def known(curve: str, x: float) -> bool:
    """Whether that place was measured before: a run that was interrupted goes on behind it."""
    return f"{x:g}" in read()["curves"].get(curve, {}).get("points", {})


def forget(curve: str) -> None:
    kept = read()
    kept["curves"].pop(curve, None)
    write(kept)


def _at(sense: Sense) -> str:
    return "<=" if sense == "most" else ">="


def _slug(name: str) -> str:
    return "-".join("".join(c if c.isalnum() else " " for c in name.lower()).split())
