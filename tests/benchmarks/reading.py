"""How long the worst files of up to 1 MB take to be read or refused, in the whole of `load`."""

from __future__ import annotations

import contextlib
import resource
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from sandboxctl.blueprint.load import Facts, load
from sandboxctl.blueprint.syntax import LARGEST
from sandboxctl.errors import SandboxError

FACTS = Facts("den.localhost", "http", 8080, "demo", "http://demo.den.localhost:8080")
BAR, MEMORY = 0.5, 200
"""Seconds of one file, and MiB of this process beyond what it had before."""

HEAD = "blueprint: 1\nname: x\nopens: web\nservices:\n  web:\n    image: a\n    expose: [80]\n"


def hostile() -> Iterator[tuple[str, str]]:
    """Name and text; each as large as is still read, and as large as a megabyte."""
    for size, much in (("largest taken", LARGEST - 2_000), ("1 MB", 2**20 - 10)):
        for name, text in _shapes(much):
            yield f"{name}, {size}", text


def _shapes(much: int) -> Iterator[tuple[str, str]]:
    yield "brackets", "[" * much
    yield "braces", "{" * much
    yield "dashes", "- " * (much // 2)
    yield "questions", "? " * (much // 2)
    yield "short values", "a: [" + "1," * (much // 2 - 4) + "1]"
    yield "keys", "\n".join(f"k{n}: 1" for n in range(much // 11))
    yield "keys of a service", HEAD + "\n".join(f"    k{n}: 1" for n in range(much // 16))
    yield "services", "services:\n" + "\n".join(f"  s{n}: {{image: a}}" for n in range(much // 24))
    yield "one word", "a: " + "x" * (much - 4)
    yield "words over lines", "a: " + "x y\n  " * (much // 7)
    yield "escapes", 'a: "' + "\\x41" * (much // 4 - 4) + '"'
    yield "comments", "# x\n" * (much // 4)
    yield "aliases", "a: &a [x]\nb: [" + "*a," * (much // 3 - 8) + "*a]"
    yield "merges", "a: &a {x: 1}\n" + "\n".join("b: {<<: *a}" for _ in range(much // 12))
    yield "tags", "a: [" + "!!str x," * (much // 8 - 2) + "x]"
    yield "documents", "---\n" * (much // 4)
    yield "numbers", "a: [" + "9" * (much - 6) + "]"
    yield (
        "templates",
        HEAD
        + "    environment:\n"
        + "".join(f'      V{n}: "{{{{ 1 + 1 }}}}"\n' for n in range(much // 27)),
    )
    yield (
        "long names",
        HEAD
        + "    environment:\n"
        + "".join(f"      {'V' * 120}{n}: x\n" for n in range(much // 135)),
    )
    yield "dollars", HEAD + "    command: [" + "$X," * (much // 3 - 60) + "x]"
    yield (
        "tables",
        "data:\n  tables:\n"
        + "".join(
            f"    t{n}: {{rows: 1, columns: {{c: {{kind: sequense}}}}}}\n"
            for n in range(much // 52)
        ),
    )
    yield "bytes", "\x00" * much


def main() -> None:
    """The five slowest, and what memory all took together."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "blueprint.yaml"
        file.write_text(HEAD)
        with contextlib.suppress(SandboxError):
            load(file, facts=FACTS)
        before = _peak()
        took = sorted(((_seconds(file, text), name) for name, text in hostile()), reverse=True)
    for seconds, name in took[:5]:
        verdict = "ok" if seconds < BAR else "OVER"
        print(f"read or refused: {name:<36}{seconds:6.2f} s   bar {BAR} s   {verdict}", flush=True)
    more = _peak() - before
    verdict = "ok" if more < MEMORY else "OVER"
    print(
        f"memory for {len(took)} files{more:10.0f} MiB   bar {MEMORY} MiB   {verdict}", flush=True
    )


def _seconds(file: Path, text: str) -> float:
    file.write_text(text)
    began = time.perf_counter()
    with contextlib.suppress(SandboxError):
        load(file, facts=FACTS)
    return time.perf_counter() - began


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
