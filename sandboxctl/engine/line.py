"""The one open connection of a command to its den: an `exec` into the gateway that stays.

Many threads ask at once; each gets its own answer. See `relay/` for the other end.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import struct
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any, Protocol

from sandboxctl.engine.translate import in_our_words
from sandboxctl.errors import EngineError, SandboxError

if TYPE_CHECKING:
    from docker import APIClient

RELAY = ["python3", "-EsS", "-m", "relay"]
USER, FOLDER = "10200:10300", "/opt"
_STDOUT, _HEADER = 1, struct.Struct(">BxxxL")
_LOST_HINT = "Run the command again: it goes on where this one stopped."


class Stream(Protocol):
    """A socket, a TLS socket or an ssh channel."""

    def recv(self, size: int, /) -> bytes: ...
    def sendall(self, data: bytes, /) -> object: ...
    def close(self) -> object: ...


class Line:
    """Open until `close`, or until the gateway, the engine or the network between goes away."""

    def __init__(self, stream: Stream, keep: Any = None) -> None:
        """``keep`` is held as long as the line: what closes the stream when it is forgotten."""
        self._stream, self._keep = stream, keep
        self._numbers = itertools.count(1)
        self._waiting: dict[int, Future[dict[str, Any]]] = {}
        self._guard = threading.Lock()
        self._over: str | None = None
        self._murmur = b""
        self._listener = threading.Thread(target=self._listen, name="line", daemon=True)
        self._listener.start()

    @property
    def lost(self) -> bool:
        """Whether it is closed, by whomever."""
        return self._over is not None

    def ask(self, op: str, *, timeout: float = 15, **args: object) -> dict[str, Any]:
        """The answer of the den; EngineError if it refuses, or says nothing for ``timeout`` s."""
        asked = self.begin(op, **args)
        try:
            return asked.result(timeout)
        except TimeoutError:
            self.cancel(asked)
            raise EngineError(
                f"the den did not answer {op!r} within {timeout:g} s",
                hint="Its engine may be overloaded; run the command again, or `sandboxctl doctor`.",
            ) from None

    def begin(self, op: str, **args: object) -> Future[dict[str, Any]]:
        """Asks, and leaves at once; many can be under way."""
        number, asked = next(self._numbers), Future[dict[str, Any]]()
        asked.set_running_or_notify_cancel()  # it is under way: only `cancel` calls it back
        message = json.dumps({"id": number, "op": op, **args}, separators=(",", ":")) + "\n"
        with self._guard:
            if self._over is not None:
                raise _lost(self._over)
            self._waiting[number] = asked
            try:
                self._stream.sendall(message.encode())
            except OSError as problem:
                del self._waiting[number]
                raise _lost(str(problem)) from None
        return asked

    def cancel(self, asked: Future[dict[str, Any]]) -> None:
        """Tells the den to stop waiting; its answer, `cancelled`, still comes."""
        number = next((n for n, future in list(self._waiting.items()) if future is asked), None)
        if number is not None:
            self.begin("cancel", request=number)

    def close(self) -> None:
        """Hangs up: the den frees every lock that was taken over this line."""
        self._end("it was closed")
        # A thread that reads wakes up when a socket is shut down, not when it is closed.
        with contextlib.suppress(OSError, AttributeError):
            self._stream.shutdown(2)  # type: ignore[attr-defined]  # not every stream has it
        if threading.current_thread() is not self._listener:
            self._listener.join(timeout=5)

    def _listen(self) -> None:
        why = "it ended"
        try:
            for line in self._lines():
                self._settle(json.loads(line))
        except (OSError, ValueError) as problem:
            why = str(problem)
        finally:  # whoever waits must not wait for ever, whatever a stream of some kind raises
            self._end(self._murmur.decode(errors="replace").strip()[-300:] or why)
        # The response holds a TLS socket open, the file around a socket any other.
        ends: tuple[Any, ...] = (getattr(self._keep, "_response", None), self._keep, self._stream)
        for end in ends:
            with contextlib.suppress(OSError, AttributeError):
                end.close()

    def _settle(self, answer: dict[str, Any]) -> None:
        asked = self._waiting.pop(answer.pop("id"), None)
        if asked is None:
            return
        if answer.pop("ok"):
            asked.set_result(answer)
        else:
            asked.set_exception(
                EngineError(answer["error"], hint="`sandboxctl doctor` looks at the gateway.")
            )

    def _lines(self) -> Iterator[bytes]:
        """Whole lines of what the relay prints, out of frames of any size."""
        rest = b""
        while (header := self._exactly(_HEADER.size)) is not None:
            channel, size = _HEADER.unpack(header)
            data = self._exactly(size) or b""
            if channel != _STDOUT:
                self._murmur = (self._murmur + data)[-2_000:]
                continue
            *lines, rest = (rest + data).split(b"\n")
            yield from lines

    def _exactly(self, size: int) -> bytes | None:
        heard = bytearray()
        while len(heard) < size:
            part = self._stream.recv(size - len(heard))
            if not part:
                return None
            heard += part
        return bytes(heard)

    def _end(self, why: str) -> None:
        with self._guard:
            if self._over is None:
                self._over = why
            waiting, self._waiting = self._waiting, {}
        for asked in waiting.values():
            asked.set_exception(_lost(self._over))


def opened(api: APIClient, container: str) -> Line:
    """A line into the gateway's container; EngineError if it does not run."""
    with in_our_words("opening a line to the den"):
        started = api.exec_create(container, RELAY, stdin=True, user=USER, workdir=FOLDER)
        keep = api.exec_start(started["Id"], socket=True)
    # docker-py hands out a file around a unix or TCP socket, and a TLS socket or an ssh channel
    # bare. A line may be silent for hours, so the time limit of single calls must not hold for it.
    stream: Any = getattr(keep, "_sock", keep)
    stream.settimeout(None)
    return Line(stream, keep)


def greeted(api: APIClient, container: str) -> tuple[Line, int]:
    """A line whose other end has brought the gateway's routes in step, and its version."""
    line = opened(api, container)
    try:
        return line, int(line.ask("hello")["version"])
    except EngineError:
        line.close()
        raise


def _lost(why: str) -> SandboxError:
    return EngineError(f"the connection to the den was lost: {why}", hint=_LOST_HINT)
