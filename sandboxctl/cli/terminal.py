"""A person's terminal, joined to a command inside a service. What the command sends is obeyed by
the terminal: that is what an interactive program is for, and why `exec -T` does without."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import sys
import termios
import threading
import time
import tty
from collections.abc import Iterator, Sequence
from typing import Protocol, runtime_checkable

from sandboxctl.errors import SandboxError

TRIES = 150


class Stream(Protocol):
    def read(self) -> bytes | None: ...
    def write(self, data: bytes) -> None: ...
    def no_more(self) -> None: ...
    def close(self) -> None: ...


class Attached(Protocol):
    """A command with a person at the other end."""

    @property
    def stream(self) -> Stream: ...
    def resize(self, rows: int, columns: int) -> None: ...
    def status(self) -> int: ...


@runtime_checkable
class Attaches(Protocol):
    """An engine whose services can be given a terminal."""

    def attach(self, sandbox: str, service: str, argv: Sequence[str], *, tty: bool) -> Attached: ...


def converse(attached: Attached) -> int:
    """Until the command ends; its exit status."""
    over, told = os.pipe()
    threading.Thread(target=_listen, args=(attached.stream, told), daemon=True).start()
    with _raw(), _resized(attached):
        _speak(attached.stream, over)
    attached.stream.close()
    return attached.status()


def _listen(stream: Stream, told: int) -> None:
    with contextlib.suppress(OSError):
        while (data := stream.read()) is not None:
            sys.stdout.buffer.write(data)
            sys.stdout.buffer.flush()
    os.close(told)


def _speak(stream: Stream, over: int) -> None:
    keyboard = sys.stdin.fileno()
    watched = [over, keyboard]
    while True:
        ready, _, _ = select.select(watched, [], [])
        if over in ready:
            os.close(over)
            return
        data = os.read(keyboard, 4096)
        if data:
            stream.write(data)
        else:
            stream.no_more()
            watched.remove(keyboard)


@contextlib.contextmanager
def _raw() -> Iterator[None]:
    """Every key goes to the command, ^C too."""
    keyboard = sys.stdin.fileno()
    before = termios.tcgetattr(keyboard)
    tty.setraw(keyboard)
    try:
        yield
    finally:
        termios.tcsetattr(keyboard, termios.TCSADRAIN, before)


@contextlib.contextmanager
def _resized(attached: Attached) -> Iterator[None]:
    """The size inside follows the size of the window."""
    threading.Thread(target=_fitted, args=(attached,), daemon=True).start()
    before = signal.signal(signal.SIGWINCH, lambda *_: _fit(attached))
    try:
        yield
    finally:
        signal.signal(signal.SIGWINCH, before)


def _fitted(attached: Attached) -> None:
    """As soon as there is something to resize: an engine answers before the command runs."""
    for _ in range(TRIES):
        if _fit(attached):
            return
        time.sleep(0.02)


def _fit(attached: Attached) -> bool:
    size = os.get_terminal_size(sys.stdout.fileno())
    with contextlib.suppress(SandboxError):  # it has ended, or not quite begun
        attached.resize(size.lines, size.columns)
        return True
    return False
