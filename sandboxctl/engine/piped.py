"""A command inside a container, fed and listened to at once."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterable, Sequence

import docker

from sandboxctl.engine.protocol import Answer
from sandboxctl.engine.streams import Stream
from sandboxctl.errors import SandboxError

MOST = 1_000_000
"""Bytes of a command's output that are kept: its end."""


def piped(
    api: docker.APIClient, container: str, argv: Sequence[str], stdin: Iterable[bytes]
) -> Answer:
    """Run it and wait: a command that complains at length while it is fed must not block us."""
    made = api.exec_create(container, list(argv), stdin=True)["Id"]
    stream = Stream(api.exec_start(made, socket=True))
    heard = bytearray()
    listener = threading.Thread(target=_listen, args=(stream, heard), daemon=True)
    listener.start()
    try:
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # it ended before we did
            for chunk in stdin:
                stream.write(chunk)
        stream.no_more()
        listener.join()
    finally:
        stream.close()
    return Answer(_exit(api, made), bytes(heard))


def _exit(api: docker.APIClient, made: str) -> int:
    """The engine may close the stream a moment before it knows the exit status."""
    for _ in range(100):
        status = api.exec_inspect(made)["ExitCode"]
        if status is not None:
            return int(status)
        time.sleep(0.02)
    raise SandboxError("a command ended without an exit status", hint="Run it again.")


def _listen(stream: Stream, heard: bytearray) -> None:
    with contextlib.suppress(OSError):
        while (said := stream.read()) is not None:
            heard += said
            del heard[:-MOST]
