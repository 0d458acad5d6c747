"""How fast rows are made, written, loaded, and looked through; how much memory that takes.

Each ratio is of two rates measured in turns in one run. Memory is the peak of a process of its own.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import yaml

from sandboxctl.data.dataset import batches
from sandboxctl.data.model import Data
from sandboxctl.data.proof.watch import Seen, Watch
from sandboxctl.data.scan.scan import scan
from sandboxctl.data.scope import Dataset
from sandboxctl.data.sinks.files import FORMATS, Format, write
from sandboxctl.data.sinks.stream import made
from tests.benchmarks import citizens, frame

ROUNDS = 5
OURS, FAKERS, MIMESES = 400_000, 2_000, 10_000
MANY = 10_000_000


def rate(count: int, what: Callable[[], object]) -> float:
    begun = time.perf_counter()
    what()
    return count / (time.perf_counter() - begun)


def line(name: str, ours: list[float], base: list[float], bar: float) -> None:
    """The ratio of median rates, both rates, and the bar that it has to reach."""
    frame.row(name, ours, base, bar, sense="least", unit="rows/s")


def verdict(reached: bool) -> str:
    return f"{'ok' if reached else 'UNDER':<6}"


def making(folder: Path) -> None:
    """Rows as Arrow arrays, complete, on one core; and as files."""
    ours = Dataset(Data.model_validate(citizens.asked(OURS)))
    faker, mimesis = citizens.faker_row(), citizens.mimesis_row()
    path = folder / "rows"

    def make() -> None:
        for _ in batches(ours, "citizens"):
            pass

    def wrote(form: Format) -> Callable[[], object]:
        return lambda: write(ours, "citizens", path, form, told={}, workers=2)

    sides: dict[str, tuple[int, Callable[[], object]]] = {
        "ours": (OURS, make),
        "Faker": (FAKERS, lambda: list(citizens.rows(faker, FAKERS))),
        "Mimesis": (MIMESES, lambda: list(citizens.rows(mimesis, MIMESES))),
        "our csv": (OURS, wrote("csv")),
        "Faker csv": (FAKERS, lambda: citizens.csv_of(faker, FAKERS, path)),
        "our parquet": (OURS, wrote("parquet")),
        "our jsonl": (OURS, wrote("jsonl")),
        "our arrow": (OURS, wrote("arrow")),
    }
    rates: dict[str, list[float]] = {name: [] for name in sides}
    for _ in range(ROUNDS):
        for name, (count, what) in sides.items():
            rates[name].append(rate(count, what))
    line("make, against Mimesis", rates["ours"], rates["Mimesis"], 60)
    line("make, against Faker", rates["ours"], rates["Faker"], 400)
    line("make and write CSV, against Faker's", rates["our csv"], rates["Faker csv"], 200)
    million = [1_000_000.0] * ROUNDS
    line("make and write Parquet (zstd), in M rows/s", rates["our parquet"], million, 1)
    line("make and write JSON lines, in M rows/s", rates["our jsonl"], million, 0)
    line("make and write Arrow, in M rows/s", rates["our arrow"], million, 0)


def blueprint(folder: Path, rows: int) -> None:
    asked = {
        "blueprint": 1,
        "name": "citizens",
        "opens": "web",
        "services": {"web": {"image": "example/web", "expose": [8000]}},
        "data": citizens.asked(rows),
    }
    (folder / "blueprint.yaml").write_text(yaml.safe_dump(asked, sort_keys=False))


_PEAK = """
import os, sys
child = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ)
_, status, used = os.wait4(child, 0)
print(status, used.ru_maxrss)
"""
"""A small process in between: until its program begins, a child counts its parent's memory."""


def memory(folder: Path) -> None:
    """The peak of `data export` with ten million rows."""
    blueprint(folder, MANY)
    program = str(Path(sys.executable).with_name("sandboxctl"))
    for form in FORMATS:
        words = ["data", "export", str(folder), "--format", form, "--to", str(folder / form)]
        begun = time.perf_counter()
        watched = [sys.executable, "-c", _PEAK, program, *words, "--json"]
        told = subprocess.run(watched, stdout=subprocess.PIPE, check=True, text=True).stdout
        status, most = map(int, told.splitlines()[-1].split())
        took, peak = time.perf_counter() - begun, most / 1024
        size = sum(path.stat().st_size for path in (folder / form).glob("citizens.*"))
        fine = status == 0 and peak < 400
        print(
            f"{f'export {MANY:,} rows as {form}: peak memory':<46}{peak:6.0f} MiB bar  400    "
            f"{verdict(fine)}({MANY / took:9,.0f} rows/s, {size / 1e6:,.0f} MB, all of it)",
            flush=True,
        )
        for path in (folder / form).iterdir():
            path.unlink()


def safe() -> None:
    """Every identifier of ten million rows, by the registry's own look at each value, and the NHS
    numbers among them by python-stdnum, which knows nothing of us."""
    from stdnum.gb import nhs

    dataset = Dataset(Data.model_validate(citizens.asked(MANY)))
    watch, numbers = Watch(dataset, "citizens"), set[str]()

    def looked(batch: pa.RecordBatch) -> tuple[Seen, list[str]]:
        return watch.look(batch), batch.column("nhs_number").unique().to_pylist()

    begun = time.perf_counter()
    for _, (seen, found) in made(dataset, "citizens", looked, workers=2):
        watch.add(seen)
        numbers.update(found)
    took = time.perf_counter() - begun
    values = sum(one.values for one in watch.seen.verified.values())
    outside = sum(one.outside for one in watch.seen.verified.values())
    wrong = [number for number in numbers if not nhs.is_valid(number)]
    print(
        f"{values:,} identifiers in {MANY:,} rows: {outside:,} outside their safe sets; "
        f"{len(wrong):,} of {len(numbers):,} different NHS numbers wrong by python-stdnum   "
        f"{verdict(not outside and not wrong)}({MANY / took:,.0f} rows/s)",
        flush=True,
    )


def scanning(folder: Path) -> None:
    """`data scan` of a million rows, reading included: nothing found in what we wrote."""
    asked = Dataset(Data.model_validate(citizens.asked(1_000_000)))
    path = folder / "citizens.csv"
    write(asked, "citizens", path, "csv", told={}, workers=2)
    rates = []
    for _ in range(3):
        begun = time.perf_counter()
        (report,) = scan([path])
        rates.append(1_000_000 / (time.perf_counter() - begun))
        found = [*report.findings, *([report.error] if report.error else [])]
    fine = not found and statistics.median(rates) >= 500_000
    print(
        f"{'scan 1,000,000 rows of 13 columns':<46}{statistics.median(rates):9,.0f} rows/s   "
        f"bar 500,000   {verdict(fine)}({len(found)} findings, n=3)",
        flush=True,
    )


def page(folder: Path) -> None:
    """The first page of ten rows, and of ten million."""
    times: dict[int, list[float]] = {10: [], MANY: []}
    program = str(Path(sys.executable).with_name("sandboxctl"))
    for _ in range(ROUNDS):
        for rows, taken in times.items():
            blueprint(folder, rows)
            begun = time.perf_counter()
            words = [program, "data", "preview", str(folder), "citizens", "--plain"]
            subprocess.run(words, check=True, stdout=subprocess.DEVNULL)
            taken.append(time.perf_counter() - begun)
    few, many = (statistics.median(taken) for taken in times.values())
    print(
        f"{'first page, 10,000,000 rows against 10':<46}{many / few:6.2f} x   bar  1.2 x   "
        f"{verdict(many / few < 1.2)}({many * 1000:.0f} ms / {few * 1000:.0f} ms, n={ROUNDS})",
        flush=True,
    )


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        making(Path(name))
        scanning(Path(name))
        page(Path(name))
        memory(Path(name))
    safe()


if __name__ == "__main__":
    main()
