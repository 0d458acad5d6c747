"""The command line as the tests use it: in this process on a den in memory, as a process of its
own, and at a terminal."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from click.testing import CliRunner, Result

from sandboxctl.cli.main import main

PAGE = """\
blueprint: 1
name: page
title: A page
opens: web
services:
  web:
    source: ./site
    runtime: static
"""
WITH_DATABASE = """\
blueprint: 1
name: page
opens: web
services:
  web:
    source: ./site
    runtime: static
  db:
    template: postgres
    with: {database: homes, user: homes}
"""


def blueprint(folder: Path, text: str = PAGE) -> str:
    """A folder with a blueprint and one page in it."""
    (folder / "site").mkdir(parents=True, exist_ok=True)
    (folder / "site" / "index.html").write_text("<title>A page</title>")
    (folder / "blueprint.yaml").write_text(text)
    return str(folder)


def sandboxctl(*words: str, stdin: str | bytes = "") -> Result:
    """One command on a den in memory, which lives as long as the test."""
    return CliRunner().invoke(main, ["-H", "memory", *words], input=stdin)


def facts(result: Result) -> dict[str, list[str]]:
    """The ``key: value`` lines of an answer."""
    return facts_in(result.stdout)


def facts_in(text: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in text.splitlines():
        key, colon, value = line.partition(": ")
        if colon:
            found.setdefault(key, []).append(value)
    return found


def process(
    *words: str, script: str = "", folder: Path | None = None, **environment: str
) -> subprocess.Popen[str]:
    """A process of its own, begun in ``folder``; ``script`` instead of ``python -m sandboxctl``."""
    program = ["-c", script] if script else ["-m", "sandboxctl"]
    return subprocess.Popen(
        [sys.executable, *program, *words],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, **environment},
        cwd=folder,
    )


@dataclass(frozen=True)
class Screen:
    code: int
    text: str


def at_terminal(
    *words: str,
    script: str = "",
    typed: Mapping[str, str] | None = None,
    environment: Mapping[str, str] | None = None,
    within: float = 30,
    columns: int = 100,
) -> Screen:
    """What a person sees; ``typed`` is given once its question is on the screen."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("4H", 40, columns, 0, 0))
    program = ["-c", script] if script else ["-m", "sandboxctl"]
    person = {"TERM": "xterm-256color", **(environment or {})}
    inherited = {
        key: value for key, value in os.environ.items() if key not in ("NO_COLOR", "COLUMNS")
    }
    running = subprocess.Popen(
        [sys.executable, *program, *words],
        env={**inherited, **person},
        preexec_fn=partial(os.login_tty, theirs),  # its controlling terminal: ^C is a signal
    )
    os.close(theirs)
    try:
        return _watched(running, ours, dict(typed or {}), within)
    finally:
        running.kill()
        running.wait()
        os.close(ours)


def _watched(
    running: subprocess.Popen[bytes], screen: int, typed: dict[str, str], within: float
) -> Screen:
    seen, last, give_up = "", "", time.monotonic() + within
    while time.monotonic() < give_up:
        if not select.select([screen], [], [], 2)[0]:
            os.write(screen, last.encode())  # Python's input() can miss a ^C in its first moment
            continue
        try:
            data = os.read(screen, 65_536)
        except OSError:  # the other end closed
            break
        seen += data.decode(errors="replace")
        for question in [one for one in typed if one in seen]:
            last = typed.pop(question)
            os.write(screen, last.encode())
    return Screen(running.wait(timeout=10), seen)
