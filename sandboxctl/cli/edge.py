"""The edge: whatever happens inside becomes words on standard error and an exit code."""

from __future__ import annotations

import errno
import gc
import os
import signal
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from io import TextIOWrapper
from pathlib import Path
from types import FrameType
from typing import Any, TextIO

import click

from sandboxctl.cli import stopping
from sandboxctl.cli.called import NAME, typed
from sandboxctl.cli.folding import columns, folded
from sandboxctl.cli.session import Looks, Session
from sandboxctl.cli.visible import as_json, masked, visible
from sandboxctl.errors import BlueprintError, SandboxError

BUG, INTERRUPTED = 70, 130
MOST_CODES = 6
"""That are named in one line."""

LITTLE_GARBAGE = 200_000
"""New objects until Python looks for garbage among them. What a command imports is no garbage,
and to look through that, again and again and at the end, was a seventh of all it did."""

NEW = os.O_CREAT | os.O_EXCL | os.O_WRONLY
STOPPED = "Stopped. What was begun is finished or removed by the next `up` or `down`."


class Edge(click.Group):
    """A group whose `main` ends the process with an exit code of ours, whatever happens in it."""

    def main(
        self,
        args: Sequence[str] | None = None,
        *_: Any,
        **extra: Any,
    ) -> Any:
        """Never returns: the process ends with an exit code of ours."""
        words = list(sys.argv[1:] if args is None else args)
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, TextIOWrapper):
                stream.reconfigure(errors="backslashreplace")
        alone = args is None  # in a process of its own, which ends with it
        if alone:
            gc.set_threshold(LITTLE_GARBAGE)
        with _interruptible():
            code = self._code(words, {**extra, "prog_name": NAME, "standalone_mode": False})
            if alone:
                gc.freeze()  # else Python looks through all of it once more before it ends
            sys.exit(code)

    def _code(self, words: list[str], how: dict[str, Any]) -> int:
        ours = words[: words.index("--") if "--" in words else len(words)]
        as_json = "--json" in ours
        looks = Session(json=as_json, plain="--plain" in ours).looks(sys.stderr)
        try:
            code = super().main(words, **how)
            sys.stdout.flush()
        except SandboxError as error:
            complain(error, looks=looks)
            return error.exit_code
        except click.UsageError as error:
            return _misused(error, looks)
        except click.ClickException as error:
            complain(SandboxError(error.format_message(), hint="Nothing was done."), looks=looks)
            return error.exit_code
        except (click.Abort, KeyboardInterrupt):
            _say({"error": STOPPED, "hint": "", "code": INTERRUPTED} if as_json else STOPPED)
            return INTERRUPTED
        except BrokenPipeError:
            _let_go(sys.stdout, sys.stderr)
            return 1
        except OSError as error:
            if error.errno not in _CANNOT_WRITE:
                return _ours(error, words, looks)
            _let_go(sys.stdout)
            why = SandboxError(
                f"the answer cannot be written: {error.strerror}", hint="Look where it was sent to."
            )
            complain(why, looks=looks)
            return 1
        except Exception as bug:  # noqa: BLE001 - this is the edge
            return _ours(bug, words, looks)
        return code if isinstance(code, int) else 0


_CANNOT_WRITE = (errno.EBADF, errno.ENOSPC, errno.EIO)


def complain(error: SandboxError, where: str = "", *, looks: Looks = "plain") -> None:
    """An error in words: what happened, what to do about it, and where more is said of it."""
    codes = _codes(error)
    if looks == "json":
        said = {"error": f"{where}{error}", "hint": error.hint, "code": error.exit_code}
        _say({**said, "codes": codes} if codes else said)
        return
    _say(_fitting(visible(f"{where}{error.told}"), looks, hang=4), colour="red")
    if error.hint:
        _say(_fitting(visible(f"  → {typed(error.hint)}"), looks, hang=2))
    if codes:
        words = " ".join(codes[:MOST_CODES])
        why = typed(f"`{NAME} explain {words}` says why, and how to mend it.")
        _say(_fitting(f"  → {why}", looks, hang=2))


def _fitting(text: str, looks: Looks, *, hang: int = 0) -> str:
    return folded(text, columns(sys.stderr), hang=hang) if looks == "rich" else text


def _codes(error: SandboxError) -> list[str]:
    """Each once; the one that decides the exit code first."""
    listed = error.refusals if isinstance(error, BlueprintError) else ()
    found = dict.fromkeys([error.code, *(refusal.code for refusal in listed)])
    return [code for code in found if code]


def _say(message: str | Mapping[str, object], *, colour: str | None = None) -> None:
    if not isinstance(message, str):
        message = as_json(message)
    coloured = sys.stderr.isatty() and "NO_COLOR" not in os.environ
    click.secho(message, fg=colour if coloured else None, err=True)


def _misused(error: click.UsageError, looks: Looks) -> int:
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        error.show()
        return error.exit_code
    where = error.ctx.command_path if error.ctx else "sandboxctl"
    hint = f"`{where} --help` says what it takes."
    wrong = SandboxError(error.format_message(), hint=hint)
    wrong.exit_code = error.exit_code  # type: ignore[misc]  # the one error whose code click decides
    complain(wrong, looks=looks)
    return error.exit_code


def _ours(bug: Exception, words: Sequence[str], looks: Looks) -> int:
    kept = _kept(bug, words)
    where = f"What happened is in {kept}" if kept else f"It could not be kept: {bug!r}"
    message = f"This is a mistake in sandboxctl, not yours. {where}"
    hint = "Send that file to whoever looks after sandboxctl here; it holds no secrets of yours."
    if looks == "json":
        _say({"error": message, "hint": hint, "code": BUG})
        return BUG
    _say(_fitting(visible(message), looks))
    _say(_fitting(f"  → {hint}", looks, hang=2))
    return BUG


def _kept(bug: Exception, words: Sequence[str]) -> Path | None:
    """The traceback in a file that only its owner can read; None where that cannot be written."""
    import platform
    import traceback
    from datetime import UTC, datetime

    from sandboxctl import __version__

    folder = Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local/state") / "sandboxctl"
    path = folder / f"bug-{datetime.now(UTC):%Y%m%dT%H%M%S}-{os.getpid()}.log"
    versions = (
        f"sandboxctl {__version__}, Python {platform.python_version()}, {platform.platform()}"
    )
    told = "".join(traceback.format_exception(bug))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(path, NEW, 0o600), "w") as file:
            file.write(masked(f"{versions}\nsandboxctl {' '.join(words)}\n\n{told}"))
    except OSError:
        return None
    return path


def _let_go(*streams: TextIO) -> None:
    """Whoever read our output went away; nothing is left to tell, not even at exit."""
    nothing = os.open(os.devnull, os.O_WRONLY)
    for stream in streams:
        if isinstance(stream, TextIOWrapper):
            os.dup2(nothing, stream.fileno())


@contextmanager
def _interruptible() -> Iterator[None]:
    """The first ^C or SIGTERM lets what runs finish and starts nothing more; a second ends at
    once."""
    asked = False

    def stop(_: int, __: FrameType | None) -> None:
        nonlocal asked
        if asked:
            stopping.left()
            os._exit(INTERRUPTED)
        asked = True
        stopping.heard()
        raise KeyboardInterrupt

    before = {one: signal.signal(one, stop) for one in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        if not asked:  # else the process is ending, and a second one may still come
            for one, handler in before.items():
                signal.signal(one, handler)
