"""How the process with the pages asks the one that works: one question at a time on a line.

A question is JSON, and nothing is made of it but its words: who breaks into the process with the
pages can ask what `questions` has, and that is all. An answer is pickled: it comes from the process
that everybody trusts with the engine anyway.
"""

from __future__ import annotations

import json
import logging
import pickle
import queue
from collections.abc import Callable, Iterable, Mapping
from multiprocessing.connection import Connection
from typing import Any, Protocol

from sandboxctl.errors import EngineError, SandboxError

LONGEST = 1024**2
"""Bytes of a question; the longest has the names of all teams."""
SENSELESS = (ValueError, TypeError, LookupError, RecursionError)
"""What comes of a question that is none; what pydantic says of its values is a ValueError."""
Answers = Mapping[str, Callable[..., object]]

log = logging.getLogger(__name__)


class Ask(Protocol):
    """SandboxError as whoever answers raised it, ValueError for what cannot be asked."""

    def __call__(self, question: str, /, **values: object) -> Any: ...


class Lines:
    """Of whoever asks: as many at once as there are lines, and who comes then waits for one."""

    def __init__(self, lines: Iterable[Connection]) -> None:
        self._free = queue.SimpleQueue[Connection]()
        for one in lines:
            self._free.put(one)

    def __call__(self, question: str, /, **values: object) -> Any:
        said = asked(question, values)
        if len(said) > LONGEST:
            raise ValueError("nobody can be asked that much")
        line = self._free.get()
        try:
            line.send_bytes(said)
            told = line.recv_bytes()
        except (OSError, EOFError):
            raise EngineError("the console ends", hint="Start it again.") from None
        finally:
            self._free.put(line)
        return heard(told)


def answer(line: Connection, answers: Answers) -> None:
    """Until whoever asks has gone, or asks for more than is taken in."""
    with line:
        try:
            while True:
                line.send_bytes(answered(line.recv_bytes(LONGEST), answers))
        except (OSError, EOFError):
            return


def asked(question: str, values: Mapping[str, object]) -> bytes:
    return json.dumps([question, values]).encode()


def answered(given: bytes, answers: Answers) -> bytes:
    """Whatever was given: a bug of ours is told as one, and the next question is answered."""
    try:
        question, values = json.loads(given)
        json.dumps(values, ensure_ascii=False).encode()  # half a character is none: a ValueError
        found = "told", answers[question](**values)
    except SandboxError as error:
        found = "refused", (error.told, error.hint)
    except SENSELESS as error:
        log.warning("the pages asked for what there is not: %s", type(error).__name__)
        found = "senseless", None
    except Exception:  # else the line ends with it, and soon nobody could ask anything any more
        log.exception("a question of the pages ended with a bug")
        found = "broken", None
    return pickle.dumps(found, pickle.HIGHEST_PROTOCOL)


def heard(told: bytes) -> Any:
    kind, what = pickle.loads(told)  # from who holds the engine: see the module's words
    if kind == "refused":
        raise SandboxError(what[0], hint=what[1])
    if kind == "senseless":
        raise ValueError("nobody can be asked that")
    if kind == "broken":
        raise RuntimeError("who works has met a bug; it is in the log")
    return what
