"""The verbs of the walk: how each begins, how it is called, and what has to be so afterwards."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from tests import dens, pipeline
from tests.faults.rig import NAME, Rig


@dataclass(frozen=True)
class Verb:
    """``begin`` makes ready, however the last round ended, and gives what was entered; ``words``
    the command; ``wrong`` says in words what is not as promised, given what was entered."""

    name: str
    begin: Callable[[Rig], str]
    words: Callable[[Rig], tuple[str, ...]]
    wrong: Callable[[Rig, str], Iterator[str]]
    again: Callable[[Rig, str], tuple[str, ...]] | None = None
    """What is run after a crash, where that is not the same words again."""
    serves: bool = False
    """Whether somebody has to answer at any time, also right after a crash."""
    alone: bool = False
    """Whether it makes or takes away the den itself: nobody else can be in it."""


def _nothing(rig: Rig) -> str:
    rig.down()
    return ""


def _nothing_and_no_baseline(rig: Rig) -> str:
    rig.down()
    rig.forget_baseline()
    return ""


def _no_den(rig: Rig) -> str:
    rig.engine.close()
    if rig.has_den:
        pipeline.sweep(rig.engine)
        rig.engine.leave(lambda _: None)
    return ""


def _there(rig: Rig) -> str:
    """Up, with a line in the book that nobody else has written."""
    rig.up()
    line = secrets.token_hex(4)
    rig.write(line)
    return line


def _there_and_another_greeting(rig: Rig) -> str:
    line = _there(rig)
    rig.greeting = f"hello {secrets.token_hex(4)}"
    return line


def _there_and_reset(rig: Rig) -> str:
    line = _there(rig)
    pipeline.reset(rig.engine, NAME)
    return line


def _undo(_: Rig) -> tuple[str, ...]:
    return "reset", NAME, "--undo"


def _undo_unless_undone(rig: Rig, line: str) -> tuple[str, ...]:
    """An undo can be undone: run again, it would go back. Whoever sees that it is done runs what
    finishes any job."""
    return _up(rig) if line in rig.lines else _undo(rig)


def _up(rig: Rig) -> tuple[str, ...]:
    return "up", str(rig.folder), "--name", NAME


def _greets(rig: Rig) -> Iterator[str]:
    _, said = rig.read()
    if said != rig.greeting:
        yield f"it says {said!r}, not {rig.greeting!r}"


def _at_minute_zero(rig: Rig, _: str) -> Iterator[str]:
    yield from _greets(rig)
    if rig.lines != ["minute zero"]:
        yield f"in the book is {rig.lines}"


def _as_entered(rig: Rig, line: str) -> Iterator[str]:
    yield from _greets(rig)
    found = rig.lines
    if found[:1] != ["minute zero"] or found[-1] != line or len(set(found)) < len(found):
        yield f"in the book is {found}, and {line} was entered last"


def _gone(rig: Rig, _: str) -> Iterator[str]:
    if NAME in rig.engine.sandboxes():
        yield "it is still there"


def _nothing_at_all(rig: Rig, _: str) -> Iterator[str]:
    yield from dens.leftovers(rig.api, rig.den)


VERBS: Mapping[str, Verb] = {
    verb.name: verb
    for verb in (
        Verb("up-first", _nothing_and_no_baseline, _up, _at_minute_zero),
        Verb("up", _nothing, _up, _at_minute_zero),
        Verb("up-changed", _there_and_another_greeting, _up, _as_entered),
        Verb("reset", _there, lambda _: ("reset", NAME), _at_minute_zero, serves=True),
        Verb("undo", _there_and_reset, _undo, _as_entered, _undo_unless_undone, serves=True),
        Verb("restart", _there, lambda _: ("restart", NAME), _as_entered),
        Verb("down", _there, lambda _: ("down", NAME), _gone),
        Verb("up-den", _no_den, _up, _at_minute_zero, alone=True),
        Verb("down-all", _there, lambda _: ("down", "--all"), _nothing_at_all, alone=True),
    )
}
