"""Templates of a stranger, worked out in a process that can do nothing else.

One process for all templates of a file, and none where there is no template. It has no
environment, no descriptors but its own three, and limits on time, memory, files and processes;
what it answers is taken apart as if the stranger had written it.
"""

from __future__ import annotations

import importlib.util
import json
import math
import os
import select
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from sandboxctl.blueprint.tree import Plain

Names: TypeAlias = Mapping[str, Plain | Mapping[str, Plain]]

PATIENCE = 10.0
"""Seconds by the clock; on an idle machine it takes 0.2."""

_LARGEST = 2 * 1024 * 1024
"""Bytes of an answer: what a chamber may say, with each character escaped."""

_LONGEST_RESULT = 65_536
_LONGEST_REASON = 1_000
_GROUPS = ("den", "sandbox")
_CODES = ("DEN601", "DEN602", "DEN603", "DEN604")
_PACKAGE = Path(__file__).resolve().parents[1]
_STOPPED = "could not be worked out: it took too long, too much memory, or broke what works it out"


@dataclass(frozen=True, slots=True)
class Value:
    """What a template comes to, and which of ``den`` and ``sandbox`` it names."""

    value: Plain
    groups: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Refusal:
    """``code`` is one of `codes`."""

    why: str
    code: str


Result: TypeAlias = Value | Refusal

STOPPED = Refusal(_STOPPED, "DEN605")


def here(texts: Sequence[str], names: Names) -> list[Result]:
    """Templates of our own, in this process."""
    from sandboxctl.blueprint import expression

    found: list[Result] = []
    for text in texts:
        try:
            value = expression.rendered(text, names)
            found.append(Value(value, frozenset(expression.groups(text))))
        except expression.Untaken as error:
            found.append(Refusal(str(error), error.code))
    return found


def apart(
    texts: Sequence[str],
    names: Names,
    command: Sequence[str] | None = None,
    patience: float = PATIENCE,
) -> list[Result]:
    """The same in a process of its own; all are `STOPPED` if that dies, hangs or talks nonsense.

    ``command`` is what is run in place of our chamber.
    """
    request = json.dumps({"texts": list(texts), "names": names}).encode()
    said = _answer(command or _command(), request, patience)
    try:
        items = json.loads(said)
    except (ValueError, RecursionError):
        return [STOPPED] * len(texts)
    if not isinstance(items, list) or len(items) != len(texts):
        return [STOPPED] * len(texts)
    return [_result(item) for item in items]


def _command() -> list[str]:
    """This Python without its settings and site, told where our code and Jinja's lie."""
    found = (importlib.util.find_spec(name) for name in ("jinja2", "markupsafe"))
    origins = [Path(spec.origin) for spec in found if spec and spec.origin]
    places = {str(path) for path in (_PACKAGE.parent, *(origin.parents[1] for origin in origins))}
    return [sys.executable, "-I", "-S", "-B", str(_PACKAGE / "chamber.py"), *sorted(places)]


def _answer(command: Sequence[str], request: bytes, patience: float) -> bytes:
    """What it said until it ended, was stopped, or had said too much."""
    with tempfile.TemporaryFile() as asked:
        asked.write(request)
        asked.seek(0)
        with subprocess.Popen(
            command,
            stdin=asked,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd="/",
            env={},
            start_new_session=True,
        ) as process:
            try:
                return _heard(process.stdout.fileno() if process.stdout else -1, patience)
            finally:
                process.kill()


def _heard(descriptor: int, patience: float) -> bytes:
    """With a deadline: something that a dead process left behind may keep the pipe open."""
    deadline = time.monotonic() + patience
    said = bytearray()
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    while len(said) < _LARGEST and poll.poll(max(0, deadline - time.monotonic()) * 1000):
        part = os.read(descriptor, 65_536)
        if not part:
            break
        said += part
    return bytes(said)


def _result(item: Any) -> Result:
    match item:
        case ["yes", str() | int() | float() as value, list() as groups] if _is_sound(value):
            return Value(value, frozenset(group for group in groups if group in _GROUPS))
        case ["no", str() as why, str() as code] if len(why) <= _LONGEST_REASON and code in _CODES:
            return Refusal("".join(c if c.isprintable() else "?" for c in why), code)
        case _:
            return STOPPED


def _is_sound(value: str | int | float) -> bool:
    if isinstance(value, str):
        return len(value) <= _LONGEST_RESULT
    return math.isfinite(value) and abs(value) < 2**63
