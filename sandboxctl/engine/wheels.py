"""A supplier's Python packages: from wheels only, unpacked here, so that no code of theirs runs.

They are fetched by the pip of this Python for the Python and the processor of the image, and kept
in the cache by the hash of what was asked: the second time needs no network.
"""

from __future__ import annotations

import hashlib
import importlib.util
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from sandboxctl.blueprint import beneath, requirements
from sandboxctl.blueprint.problem import Problem, failure
from sandboxctl.blueprint.requirements import FILE
from sandboxctl.engine import cache
from sandboxctl.errors import BlueprintError, EngineError

NEWEST_GLIBC = 36
"""Debian bookworm has glibc 2.36: wheels for any older one run there (PEP 600)."""

KEPT_SINCE = "2"
"""Of how packages are chosen; what was kept before is fetched again."""

TURNS = 3
"""How often pip is asked again for what packages need on the image's own Python."""

MACHINES = {"amd64": "x86_64", "arm64": "aarch64"}
NO_WHEEL = (
    "Is the version right, and published as a wheel? "
    "No code of a package runs while an image is made, so its source is of no use."
)
_OFFLINE = re.compile(
    r"NewConnectionError|NameResolution|Temporary failure in name|Network is unreach|Max retries"
)
_MISSING = re.compile(r"No matching distribution found for ([^\s;(]+)")


def unpacked(folder: Path, python: str, machine: str, note: Callable[[str], None]) -> Path | None:
    """The folder with the packages that ``folder`` requires, ``bin`` in it; None if it has none.

    ``python``   such as 3.11; ``machine`` as Docker says it, such as amd64.
    Raises BlueprintError for a bad line or a missing wheel, EngineError when the index is away.
    """
    lines = _lines(folder)
    if not lines:
        return None
    asked = "\n".join([KEPT_SINCE, python, machine, *sorted(lines)])
    kept = cache.folder("wheels") / hashlib.sha256(asked.encode()).hexdigest()[:24]
    if not kept.is_dir():
        note(f"fetching {len(lines)} Python packages for {folder.name}")
        with tempfile.TemporaryDirectory(dir=kept.parent, prefix="new-") as new:
            target = _complete(lines, Path(new), python, machine, f"{folder.name}/{FILE}")
            _name_interpreter(target / "bin")
            _keep(target, kept)
    return kept


def _lines(folder: Path) -> tuple[str, ...]:
    if not (folder / FILE).is_file():
        return ()
    content = beneath.content(folder, FILE, requirements.LARGEST)
    lines, problems = requirements.parse(content.decode("utf-8", errors="replace"))
    if problems:
        raise failure(
            f"{folder.name}/{FILE}",
            [
                Problem((), why, line, hint=requirements.HINT, code="DEN584")
                for line, why in problems
            ],
        )
    return lines


def _complete(lines: tuple[str, ...], folder: Path, python: str, machine: str, shown: str) -> Path:
    """The packages with all that they need: what pip left out is asked for by name, together with
    the rest, so that versions fit each other."""
    from sandboxctl.engine.unmet import unmet

    more: tuple[str, ...] = ()
    for turn in range(TURNS):
        target = folder / f"site-{turn}"
        _install((*lines, *more), target, python, machine, shown)
        left = unmet(target, lines, python, MACHINES.get(machine, machine))
        if not left:
            break
        more += tuple(left)
    return target


def _install(lines: tuple[str, ...], target: Path, python: str, machine: str, shown: str) -> None:
    if importlib.util.find_spec("pip") is None:
        raise EngineError(
            "this Python has no pip to fetch packages with", hint=f"{sys.executable} -m ensurepip"
        )
    asked = target.parent / FILE
    asked.write_text("\n".join(lines) + "\n", encoding="utf-8")
    command = [
        sys.executable, "-m", "pip", "install", "--target", str(target), "-r", str(asked),
        "--only-binary=:all:", "--no-compile", "--no-input", "--disable-pip-version-check",
        "--implementation=cp", f"--python-version={python}", "--progress-bar=off", "--retries=2",
        *(f"--platform={platform}" for platform in _platforms(machine)),
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise _problem(done.stderr, lines, python, shown)
    (target / "bin").mkdir(parents=True, exist_ok=True)


def _platforms(machine: str) -> list[str]:
    name = MACHINES.get(machine, machine)
    oldest = 5 if name == "x86_64" else 17
    legacy = ("2014", "2010", "1") if name == "x86_64" else ("2014",)
    new = [f"manylinux_2_{minor}_{name}" for minor in range(NEWEST_GLIBC, oldest - 1, -1)]
    return new + [f"manylinux{old}_{name}" for old in legacy]


def _problem(said: str, lines: tuple[str, ...], python: str, shown: str) -> Exception:
    missing = _MISSING.search(said)
    if _OFFLINE.search(said) or not missing:
        last = next(
            (line for line in reversed(said.splitlines()) if line.startswith("ERROR")), said[-300:]
        )
        return EngineError(
            f"{shown}: packages cannot be fetched: {last.removeprefix('ERROR: ').strip()}",
            hint="Is this machine online, and pip's index set? Once fetched, packages are kept.",
        )
    name = requirements.name(missing[1])
    wanted_by = (
        ""
        if any(requirements.name(line) == name for line in lines)
        else ", which another package needs,"
    )
    other = requirements.ALTERNATIVES.get(name)
    return BlueprintError(
        f"{shown}: {missing[1]}{wanted_by} has no wheel for Python {python}",
        hint=f"Use {other}." if other else NO_WHEEL,
        code="DEN587",
    )


def _name_interpreter(scripts: Path) -> None:
    """Scripts that pip makes begin with the path of the Python that ran it, not the image's."""
    for script in scripts.iterdir():
        content = script.read_bytes()
        if content.startswith(b"#!/bin/sh\n'''exec'"):
            content = content.split(b"\n", 3)[3]
        elif content.startswith(b"#!") and b"python" in content.partition(b"\n")[0]:
            content = content.partition(b"\n")[2]
        else:
            continue
        script.write_bytes(b"#!/usr/bin/env python3\n" + content)
        script.chmod(0o755)


def _keep(new: Path, kept: Path) -> None:
    try:
        new.rename(kept)
    except OSError:  # another process was first, with the same content
        if not kept.is_dir():
            raise
        shutil.rmtree(new)
