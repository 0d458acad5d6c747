"""The verbs of the walk: how each begins, how it is called, and what has to be so afterwards."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from tests import dens, pipeline
from tests.faults.rig import NAME, Rig

SNAPSHOT = "kept"
TEAMS = ("team-a", "team-b")


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
    for name in (NAME, *TEAMS):
        pipeline.down(rig.engine, name)
    rig.forget_baseline()
    return ""


def _no_den(rig: Rig) -> str:
    rig.engine.close()
    if rig.has_den:
        pipeline.sweep(rig.engine)
        rig.engine.leave(lambda _: None)
    return ""


def _reset_service(_: Rig) -> tuple[str, ...]:
    return "reset", NAME, "--service", "book"


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


def _anew(rig: Rig) -> str:
    """Up, without anything that was kept of it before."""
    rig.down()
    return _there(rig)


def _kept_and_gone_on(rig: Rig) -> str:
    """A line that is in a snapshot, and another that was written since."""
    line = _anew(rig)
    assert rig.run("snapshot", NAME, SNAPSHOT, through=False).code == 0
    rig.write("since")
    return line


def _snapshot(_: Rig) -> tuple[str, ...]:
    return "snapshot", NAME, SNAPSHOT


def _snapshot_unless_taken(rig: Rig, _: str) -> tuple[str, ...]:
    """A name is given once: whoever sees that it is taken runs what finishes any job."""
    record = rig.engine.observe(NAME).record
    taken = record and any(one.whole for one in record.snapshots)
    return _up(rig) if taken else _snapshot(rig)


def _restorable(rig: Rig, line: str) -> Iterator[str]:
    """As it was entered, and that can be returned to."""
    yield from _as_entered(rig, line)
    record = rig.engine.observe(NAME).record
    taken = [str(one) for one in record.snapshots] if record else []
    if taken != [SNAPSHOT]:
        yield f"the snapshots are {taken}"
        return
    rig.write("since")
    ran = rig.run("restore", NAME, SNAPSHOT, through=False)
    if ran.code:
        yield f"it cannot be restored: {ran.said}"
    yield from _as_entered(rig, line)


def _workshop(rig: Rig) -> tuple[str, ...]:
    return "workshop", "up", str(rig.folder), "--name", "many", "--teams", ",".join(TEAMS)


def _no_team(rig: Rig) -> str:
    ran = rig.run("workshop", "close", "many", "--keep", str(rig.home / "kept"), through=False)
    rig.engine.close()
    for name in TEAMS:
        pipeline.down(rig.engine, name)
    return ran.said


def _all_greet(rig: Rig, _: str) -> Iterator[str]:
    for name in TEAMS:
        status, said = rig.read("/", name)
        if (status, said) != (200, rig.greeting):
            yield f"{name} says {status}: {said!r}"


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
        Verb("undo", _there_and_reset, _undo, _as_entered, serves=True),
        Verb("reset-service", _there, _reset_service, _at_minute_zero),
        Verb("snapshot", _anew, _snapshot, _restorable, _snapshot_unless_taken),
        Verb("restore", _kept_and_gone_on, lambda _: ("restore", NAME, SNAPSHOT), _as_entered),
        Verb("workshop-up", _no_team, _workshop, _all_greet),
        Verb("restart", _there, lambda _: ("restart", NAME), _as_entered),
        Verb("down", _there, lambda _: ("down", NAME), _gone),
        Verb("up-den", _no_den, _up, _at_minute_zero, alone=True),
        Verb("down-all", _there, lambda _: ("down", "--all"), _nothing_at_all, alone=True),
    )
}
