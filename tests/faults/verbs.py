"""The verbs of the walk: how each begins, how it is called, and what has to be so afterwards."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from sandboxctl import clock
from sandboxctl.lifecycle.in_place import carry_out as in_place
from sandboxctl.lifecycle.in_place import plan_in_place
from sandboxctl.lifecycle.snapshot import plan_snapshot, take
from tests import dens, pipeline
from tests.faults.rig import NAME, Rig

KEPT = "kept"
"""What the snapshot is called."""


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


def _kept(rig: Rig) -> str:
    """A snapshot with a line in it, and another line since."""
    line = _there(rig)
    plan = plan_snapshot(rig.engine, NAME, KEPT, now=clock.now())
    assert not take(rig.engine, plan, lambda _: None)
    rig.write(secrets.token_hex(4))
    return line


def _there_and_book_reset(rig: Rig) -> str:
    line = _there(rig)
    proposal = plan_in_place(rig.engine, NAME, "book", now=clock.now())
    assert not in_place(rig.engine, proposal, lambda _: None)[0]
    return line


def _snapshot(_: Rig) -> tuple[str, ...]:
    return "snapshot", NAME, KEPT


def _restore(_: Rig) -> tuple[str, ...]:
    return "restore", NAME, KEPT


def _snapshot_unless_taken(rig: Rig, _: str) -> tuple[str, ...]:
    """One that is there is not taken again."""
    return _up(rig) if _snapshots(rig) == [KEPT] else _snapshot(rig)


def _forget_unless_gone(rig: Rig, _: str) -> tuple[str, ...]:
    return _forget(rig) if _snapshots(rig) else _up(rig)


def _forget(_: Rig) -> tuple[str, ...]:
    return "snapshot", "rm", NAME, KEPT


def _snapshots(rig: Rig) -> list[str]:
    record = rig.engine.observe(NAME).record
    return [one.name for one in record.snapshots if one.whole] if record else []


def _book(*words: str) -> Callable[[Rig], tuple[str, ...]]:
    return lambda _: ("reset", NAME, "--service", "book", *words)


def _book_unless_undone(rig: Rig, line: str) -> tuple[str, ...]:
    return _up(rig) if _settled(rig) and line in rig.lines else _book("--undo")(rig)


def _settled(rig: Rig) -> bool:
    record = rig.engine.observe(NAME).record
    return record is not None and not record.held


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


def _as_entered_and_kept(rig: Rig, line: str) -> Iterator[str]:
    yield from _as_entered(rig, line)
    if _snapshots(rig) != [KEPT]:
        yield f"it has the snapshots {_snapshots(rig)}"


def _nothing_kept(rig: Rig, line: str) -> Iterator[str]:
    yield from _greets(rig)
    if line not in rig.lines:
        yield f"in the book is {rig.lines}"
    record = rig.engine.observe(NAME).record
    if record and record.snapshots:
        yield f"it has the snapshots {record.snapshots}"


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
        Verb("snapshot", _there, _snapshot, _as_entered_and_kept, _snapshot_unless_taken),
        Verb("snapshot-rm", _kept, _forget, _nothing_kept, _forget_unless_gone, serves=True),
        Verb(
            "restore", _kept, lambda _: ("restore", NAME, KEPT), _as_entered_and_kept, serves=True
        ),
        Verb("reset-service", _there, _book(), _at_minute_zero),
        Verb(
            "undo-service", _there_and_book_reset, _book("--undo"), _as_entered, _book_unless_undone
        ),
        Verb("down-kept", _kept, lambda _: ("down", NAME), _gone),
        Verb("down", _there, lambda _: ("down", NAME), _gone),
        Verb("up-den", _no_den, _up, _at_minute_zero, alone=True),
        Verb("down-all", _there, lambda _: ("down", "--all"), _nothing_at_all, alone=True),
    )
}
