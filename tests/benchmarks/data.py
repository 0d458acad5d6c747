"""How fast rows are made, written, loaded, and looked through; how much memory that takes.

Each ratio is of two rates measured in turns in one run. Memory is the peak of a process of its own.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import yaml

from sandboxctl.data.dataset import batches
from sandboxctl.data.model import Data
from sandboxctl.data.scope import Dataset
from sandboxctl.data.sinks.files import FORMATS, Format, write
from tests.benchmarks import citizens

ROUNDS = 5
OURS, FAKERS, MIMESES = 400_000, 2_000, 10_000
MANY = 10_000_000


def rate(count: int, what: Callable[[], object]) -> float:
    begun = time.perf_counter()
    what()
    return count / (time.perf_counter() - begun)


def line(name: str, ours: list[float], base: list[float], bar: float) -> None:
    """The ratio of median rates, both rates, and the bar that it has to reach."""
    mine, its = statistics.median(ours), statistics.median(base)
    print(
        f"{name:<46}{mine / its:6.2f} x   bar {bar:4g} x   {verdict(mine / its >= bar)}"
        f"({mine:9,.0f} rows/s / {its:9,.0f} rows/s, n={len(ours)})",
        flush=True,
    )


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


def memory(folder: Path) -> None:
    """The peak of `data export` with ten million rows."""
    blueprint = {
        "blueprint": 1,
        "name": "citizens",
        "opens": "web",
        "services": {"web": {"image": "example/web", "expose": [8000]}},
        "data": citizens.asked(MANY),
    }
    (folder / "blueprint.yaml").write_text(yaml.safe_dump(blueprint, sort_keys=False))
    program = str(Path(sys.executable).with_name("sandboxctl"))
    for form in FORMATS:
        words = ["data", "export", str(folder), "--format", form, "--to", str(folder / form)]
        begun = time.perf_counter()
        child = os.posix_spawn(program, [program, *words, "--plain"], os.environ)
        _, status, used = os.wait4(child, 0)
        took, peak = time.perf_counter() - begun, used.ru_maxrss / 1024
        size = sum(path.stat().st_size for path in (folder / form).glob("citizens.*"))
        fine = status == 0 and peak < 400
        print(
            f"{f'export {MANY:,} rows as {form}: peak memory':<46}{peak:6.0f} MiB bar  400    "
            f"{verdict(fine)}({MANY / took:9,.0f} rows/s, {size / 1e6:,.0f} MB, all of it)",
            flush=True,
        )
        for path in (folder / form).iterdir():
            path.unlink()


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        making(Path(name))
        memory(Path(name))


if __name__ == "__main__":
    main()
