"""Pages are shown by a process of their own: whoever breaks into it finds no engine there, and how
much they are asked for slows nothing that works. Where it ends, another one takes its place."""

from __future__ import annotations

import contextlib
import logging
import os
import select
import socket
import subprocess
import sys
import threading
from dataclasses import replace
from multiprocessing import Pipe

from sandboxctl.console.line import Answers, answer
from sandboxctl.console.shown import Shown
from sandboxctl.errors import SandboxError

LINES = 10
"""Questions at once: each of its threads has one, and who may upload is asked beside them."""
BEGINS = 60.0
"""Seconds until one that does not begin is given up."""
AGAIN = 1.0
"""Seconds before another takes the place of one that ended."""
PATIENCE = 15.0
"""Seconds until one that does not end is ended."""
TAKEN = ("HOME", "LANG", "LC_ALL", "PATH", "TMPDIR", "TZ", "XDG_STATE_HOME", "XDG_CONFIG_HOME")
"""Of the environment: nothing that leads to an engine, or to a key."""

log = logging.getLogger(__name__)


class Apart:
    """``shown``  what it is to show, without descriptors; ``listening``  the socket that browsers
    come to: it stays open while one process follows another; ``answers``  what it may ask."""

    def __init__(self, shown: Shown, listening: socket.socket, answers: Answers) -> None:
        self._shown, self._listening, self._answers = shown, listening, answers
        self._over = threading.Event()
        self._running: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        assert self._running
        return self._running.pid

    def begin(self) -> None:
        """Pages are there when this returns. SandboxError where they cannot be."""
        self._start()
        threading.Thread(target=self._look_after, name="pages", daemon=True).start()

    def end(self) -> None:
        """What is being answered is answered."""
        self._over.set()
        running = self._running
        if running:
            _let_go(running)
            try:
                running.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                running.kill()
                running.wait()
        with contextlib.suppress(OSError):  # for whatever the process may have left behind, too
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()

    def _start(self) -> None:
        lines = [Pipe() for _ in range(LINES)]
        far = [there for _, there in lines]
        shown = replace(
            self._shown,
            listening=self._listening.fileno(),
            lines=tuple(one.fileno() for one in far),
        )
        running = subprocess.Popen(
            [sys.executable, "-P", "-m", "sandboxctl.console.front"],
            env={name: os.environ[name] for name in TAKEN if name in os.environ},
            pass_fds=(shown.listening, *shown.lines),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,
        )
        self._running = running
        assert running.stdin
        assert running.stdout
        for here, there in lines:
            there.close()
            threading.Thread(target=answer, args=(here, self._answers), daemon=True).start()
        with contextlib.suppress(OSError):
            running.stdin.write(f"{shown.written()}\n".encode())
            running.stdin.flush()
        there_is, _, _ = select.select([running.stdout], [], [], BEGINS)
        told = running.stdout.readline() if there_is else b""
        running.stdout.close()
        if told != b"ready\n":
            running.kill()
            _let_go(running)
            ended = running.wait()
            raise SandboxError(
                f"the console's pages cannot be shown: their process ended with {ended}",
                hint="What it said stands above; `sandboxctl doctor` looks at the installation.",
            )

    def _look_after(self) -> None:
        while not self._over.is_set():
            assert self._running
            ended = self._running.wait()
            _let_go(self._running)
            while not self._over.wait(AGAIN):
                log.error("the console's pages ended with %s; they are shown again", ended)
                if self._again():
                    break

    def _again(self) -> bool:
        try:
            self._start()
        except (SandboxError, OSError) as error:  # no descriptor is free, or no memory: later
            log.error("%s", error)
            return False
        if self._over.is_set():  # who ends us saw the one before
            assert self._running
            _let_go(self._running)
        return True


def _let_go(running: subprocess.Popen[bytes]) -> None:
    """It ends when its input does."""
    assert running.stdin
    with contextlib.suppress(OSError):
        running.stdin.close()
