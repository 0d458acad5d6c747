"""A daemon that goes away in the middle: a socket before the real one, cut after some requests."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

_METHODS = (b"GET ", b"POST ", b"PUT ", b"DELETE ", b"HEAD ")


class Front:
    """Passes everything on until ``requests`` were made; then nobody answers any more."""

    def __init__(self, path: Path, daemon: str, requests: int) -> None:
        self._daemon = daemon
        self.url, self._path, self._left = f"unix://{path}", path, requests
        self._change, self._open = threading.Lock(), list[socket.socket]()
        self._listening = socket.socket(socket.AF_UNIX)
        self._listening.bind(str(path))
        self._listening.listen(64)
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def was_cut(self) -> bool:
        return self._left < 0

    def close(self) -> None:
        with self._change:
            self._left = min(self._left, -1)
            ended, self._open = [*self._open, self._listening], []
        self._path.unlink(missing_ok=True)
        for one in ended:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _ = self._listening.accept()
                far = socket.socket(socket.AF_UNIX)
                far.connect(self._daemon)
                with self._change:
                    self._open += [near, far]
                if self.was_cut:
                    self.close()
                for ends in ((near, far, True), (far, near, False)):
                    threading.Thread(target=self._pass_on, args=ends, daemon=True).start()

    def _pass_on(self, source: socket.socket, target: socket.socket, counts: bool) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65_536):
                if counts and data.startswith(_METHODS):
                    self._left -= 1
                    if self._left < 0:
                        self.close()
                        return
                target.sendall(data)
        with contextlib.suppress(OSError):
            target.shutdown(socket.SHUT_WR)


@contextlib.contextmanager
def front(path: Path, daemon: str, requests: int) -> Iterator[Front]:
    """A front at ``path`` before the unix socket ``daemon``, cut after ``requests``."""
    one = Front(path, daemon, requests)
    try:
        yield one
    finally:
        one.close()
