"""Rows made and loaded into PostgreSQL over one connection, against the same rows made before.

Both run the same statements in the same container over the same stream; only whether the rows are
there already differs. What is left is what the generator costs.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import yaml

from sandboxctl.blueprint import catalogue
from sandboxctl.data.model import Data
from sandboxctl.data.scope import Dataset
from sandboxctl.data.sinks.postgres import Loading, loading
from sandboxctl.engine.docker import DockerEngine
from sandboxctl.engine.piped import piped
from sandboxctl.engine.protocol import Answer
from sandboxctl.sandbox import names
from tests.benchmarks import citizens, prototype
from tests.benchmarks.data import line

ROWS, ROUNDS = 1_000_000, 3
TABLE = "citizens"
BLUEPRINT: dict[str, Any] = {
    "blueprint": 1,
    "name": "loading",
    "opens": "db",
    "services": {"db": {"template": "postgres", "mem_limit": "3g", "cpus": 2}},
}


def measure() -> None:
    """In a database of its own."""
    with tempfile.TemporaryDirectory() as folder, prototype.den() as engine:
        file = Path(folder) / "blueprint.yaml"
        file.write_text(yaml.safe_dump(BLUEPRINT))
        prototype.up(engine, prototype.loaded(engine, file, "loading"), "loading")
        load(engine, "loading")


def load(engine: DockerEngine, sandbox: str) -> None:
    """``sandbox`` runs `BLUEPRINT`."""
    generation = engine.observe(sandbox).live
    assert generation is not None
    container = names.container(engine.den.name, sandbox, generation.number, "db")
    command = catalogue.filled("postgres", {}).load
    assert command is not None
    run = partial(piped, engine._api, container)  # the raw client is the point
    dataset = Dataset(Data.model_validate(citizens.asked(ROWS)))

    def fill(made: Loading) -> float:
        succeeded(run([*command, "-c", f"DROP TABLE IF EXISTS {TABLE}"], ()))
        words = [word for statement in made.statements for word in ("-c", statement)]
        begun = time.perf_counter()
        succeeded(run([*command, *words], (piece for _, piece in made.rows)))
        return ROWS / (time.perf_counter() - begun)

    plan = loading(dataset, TABLE, {}, "benchmark")
    ready = list(plan.rows)
    bare = tuple(one for one in plan.statements if not one.startswith(("ALTER", "ANALYZE")))
    rates: dict[str, list[float]] = {"ours": [], "ready": [], "ours bare": [], "ready bare": []}
    for _ in range(ROUNDS):
        for kind, statements in (("", plan.statements), (" bare", bare)):
            again = loading(dataset, TABLE, {}, "benchmark")
            rates[f"ready{kind}"].append(fill(Loading(statements, iter(ready))))
            rates[f"ours{kind}"].append(fill(replace(again, statements=statements)))
    line(
        "make and load (no keys), against ready rows", rates["ours bare"], rates["ready bare"], 0.8
    )
    line("make and load with keys, against ready rows", rates["ours"], rates["ready"], 0.8)
    size = sum(len(piece) for _, piece in ready) / ROWS
    took = statistics.median(rates["ours"])
    print(f"  {size:.0f} bytes a row, {took * size / 1e6:.0f} MB/s", flush=True)


def succeeded(answer: Answer) -> None:
    if answer.status:
        raise SystemExit(answer.output.decode())
