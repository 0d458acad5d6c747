"""`make bench`: how fast, as ratios measured in one run. A benchmark, not a test.

    python -m tests.benchmarks [--to FOLDER] [--beside] [PART…]

Without parts, those of a workshop's day. `curves` takes an hour or more and goes on where it was
interrupted; `curves-again` begins anew. Results go to ``docs/benchmarks`` unless said; with
``--beside`` they stand next to those of another storage of the engine, and do not replace them.
"""

from __future__ import annotations

import argparse
from importlib import import_module
from pathlib import Path

from tests.benchmarks import frame, machine, page

CORE = {
    "start": "start.measure",
    "engine": "engine.measure",
    "resets": "resets.measure",
    "compose": "compose.measure",
    "spares": "spares.measure",
    "steady": "steady.measure",
    "teams": "teams.measure",
    "console": "console.measure",
}
MORE = {
    "growing": "resets.growing",
    "isolation": "isolation.measure",
    "neighbour": "neighbour.main",
    "reading": "reading.main",
    "data": "data.main",
    "loading": "loading.measure",
    "storm": "storm.main",
    "networks": "many.main",
    "curves": "curves.measure",
    "curves-again": "curves.again",
}
"""Parts, and what measures them. A part is imported when its turn has come."""


def main() -> None:
    """The parts that are named, one after the other; the page is drawn after each."""
    known = CORE | MORE
    asked = argparse.ArgumentParser(prog="python -m tests.benchmarks")
    asked.add_argument("--to", type=Path, default=frame.FOLDER, metavar="FOLDER")
    asked.add_argument("--beside", action="store_true")
    asked.add_argument("parts", nargs="*", metavar="PART", help=", ".join(known))
    given = asked.parse_args()
    if strange := [one for one in given.parts if one not in known]:
        asked.error(f"there is no part {', '.join(strange)}; there are {', '.join(known)}")
    frame.BOOK.folder, frame.BOOK.beside = given.to, given.beside
    about = machine.described()
    for name in given.parts or CORE:
        print(f"-- {name}", flush=True)
        module, function = known[name].split(".")
        measure = getattr(import_module(f"tests.benchmarks.{module}"), function)
        with frame.part(name, about):
            measure()
        page.draw()


if __name__ == "__main__":
    main()
