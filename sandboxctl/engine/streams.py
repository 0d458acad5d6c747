"""The stream of an `exec`: a unix or TCP socket, a TLS socket, or an ssh channel."""

from __future__ import annotations

import contextlib
import socket
import struct
from typing import Any

_HEADER = struct.Struct(">BxxxL")
"""Engine API, "attach to a container": one byte of stream, three of nothing, four of size."""


class Stream:
    """Both ends of one exec without a terminal; standard output and error come as one."""

    def __init__(self, opened: Any, *, framed: bool = True) -> None:
        # docker-py hands out a file around a unix or TCP socket, and the others bare; the file
        # is kept, for it closes the socket when it is forgotten
        self._kept, self._socket = opened, getattr(opened, "_sock", opened)
        self._socket.settimeout(None)
        self._framed, self._rest = framed, b""

    def fileno(self) -> int:
        return int(self._socket.fileno())

    def read(self) -> bytes | None:
        """What is there now, perhaps empty; None at the end. Waits if nothing came yet."""
        data = self._socket.recv(65_536)
        if not data:
            return None
        if not self._framed:
            return bytes(data)
        self._rest += data
        return b"".join(self._frames())

    def _frames(self) -> list[bytes]:
        found: list[bytes] = []
        while len(self._rest) >= _HEADER.size:
            end = _HEADER.size + _HEADER.unpack_from(self._rest)[1]
            if len(self._rest) < end:
                break
            found.append(self._rest[_HEADER.size : end])
            self._rest = self._rest[end:]
        return found

    def write(self, data: bytes) -> None:
        self._socket.sendall(data)

    def no_more(self) -> None:
        """The other end reads the end of its input; ours stays open."""
        with contextlib.suppress(OSError, AttributeError):
            shutdown = getattr(self._socket, "shutdown_write", None)  # an ssh channel's name for it
            _ = shutdown() if shutdown else self._socket.shutdown(socket.SHUT_WR)

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._socket.close()
        with contextlib.suppress(OSError, AttributeError):
            self._kept.close()
