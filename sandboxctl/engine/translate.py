"""What Docker's library, requests and paramiko raise, in our words. One place for all engines."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from http.client import HTTPException
from json import JSONDecodeError

from sandboxctl.errors import AddressTaken, EngineError, SandboxError

AWAY = "Is it running, and may you use it? `sandboxctl doctor` says what is wrong."
_WORDS = (
    (
        "no space left on device",
        "Its disk is full: `sandboxctl down --expired`, or `docker system df`.",
    ),
    (
        "max depth exceeded",
        "An image has at most about 125 layers, and data gains one each time that it is carried "
        "over: `sandboxctl reset` begins anew from minute zero.",
    ),
    (
        "permission denied",
        "Your user may not use this engine: be in the group `docker`, or use sudo.",
    ),
)


@contextlib.contextmanager
def in_our_words(doing: str) -> Iterator[None]:
    """Whatever an engine's library raises in here leaves as an EngineError about ``doing``."""
    try:
        yield
    except SandboxError:
        raise
    except Exception as problem:
        error = translated(doing, problem)
        if error is None:
            raise
        raise error from problem


def translated(doing: str, problem: Exception) -> EngineError | None:
    """The EngineError for ``problem``; None if it is a bug of ours and not an engine's answer."""
    words = f"{doing} failed: {_said(problem)}"
    match problem.__class__.__module__.partition(".")[0]:
        case "docker":
            return _answered(words, problem)
        case "requests" | "urllib3":
            return EngineError(
                f"{doing} failed: {_unreachable(problem)}", hint=hint_for(words, AWAY)
            )
        case "paramiko":
            return EngineError(words, hint=_ssh(problem))
        case _ if isinstance(problem, OSError):
            return EngineError(words, hint=hint_for(words, AWAY))
        case _:
            return None


def _answered(words: str, problem: Exception) -> EngineError:
    from docker.errors import ImageNotFound, NotFound

    if "overlap" in words.lower() or "Address already in use" in words:
        return AddressTaken(words, hint="Run the command again: it takes the next free addresses.")
    if isinstance(problem, ImageNotFound):
        return EngineError(
            words, hint="`sandboxctl image prepare` makes or fetches what is missing."
        )
    if isinstance(problem, NotFound):
        return EngineError(words, hint="Somebody removed it meanwhile. Run the command again.")
    return EngineError(
        words, hint=hint_for(words, "`sandboxctl doctor` looks for the usual reasons.")
    )


def _said(problem: Exception) -> str:
    """The engine's own explanation, where it gave one; it is better than the library's."""
    return str(getattr(problem, "explanation", None) or problem).strip()


def _unreachable(problem: Exception) -> str:
    if "Timeout" in type(problem).__name__ or "Read timed out" in str(problem):
        return "the engine did not answer in time"
    return f"the engine cannot be reached ({why_away(problem)})"


def why_away(problem: BaseException) -> str:
    """What lies beneath all that libraries wrap around it: ``Connection refused``."""
    told = filter(None, map(_told, reversed([problem, *_beneath(problem)])))
    return next(told, str(problem).strip())


def _beneath(problem: BaseException) -> Iterator[BaseException]:
    inner = problem.__cause__ or problem.__context__
    if inner:
        yield inner
        yield from _beneath(inner)


def _told(problem: BaseException) -> str:
    """In words, where it has any of its own."""
    from docker.errors import APIError

    match problem:
        case APIError():
            return f"what answers is no Docker Engine: HTTP status {problem.status_code}"
        case TimeoutError():
            return "no answer in time"
        case OSError(strerror=str(words)):
            return words
        case HTTPException() | JSONDecodeError() | KeyError():
            return "what answers is no Docker Engine"
        case _:
            return ""


def hint_for(words: str, otherwise: str) -> str:
    """What helps against what ``words`` tell of, else ``otherwise``."""
    return next((hint for sign, hint in _WORDS if sign in words.lower()), otherwise)


def _ssh(problem: Exception) -> str:
    match type(problem).__name__:
        case "BadHostKeyException":
            return "The host's key is not the one you know. Ask who runs it before you go on."
        case "AuthenticationException" | "PasswordRequiredException":
            return "Offer a key that the host accepts: `ssh-add`, then try `ssh` by hand."
        case _ if "not found in known_hosts" in str(problem):
            return (
                "Make the host known first: `ssh-keyscan HOST >> ~/.ssh/known_hosts`, and compare."
            )
        case _:
            return (
                "Try `ssh` to that host by hand; `sandboxctl doctor` says what else may be wrong."
            )
