"""The verbs of the walk: how each begins, how it is called, and what has to be so afterwards."""

from __future__ import annotations

import io
import json
import secrets
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from sandboxctl import clock
from sandboxctl.engine.services import DEEPEST
from sandboxctl.lifecycle import change
from sandboxctl.lifecycle.execute import execute
from sandboxctl.lifecycle.in_place import carry_out, plan_in_place
from sandboxctl.lifecycle.snapshot import plan_restore, plan_snapshot, take
from sandboxctl.lifecycle.spares import plan_without_spares
from sandboxctl.lifecycle.workshops import kept
from sandboxctl.sandbox import labels, sparing
from tests import dens, pipeline
from tests.faults.rig import NAME, WORKSHOP, Rig

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


def _reset(_: Rig) -> tuple[str, ...]:
    return "reset", NAME


def _reset_service(_: Rig) -> tuple[str, ...]:
    return "reset", NAME, "--service", "book"


def _undo_service(rig: Rig) -> tuple[str, ...]:
    return *_reset_service(rig), "--undo"


def _reset_all(_: Rig) -> tuple[str, ...]:
    return "workshop", "reset", WORKSHOP


def _there(rig: Rig) -> str:
    """Up, with a line in the book that nobody else has written, and no spare of it."""
    rig.up()
    _no_spare(rig)
    line = secrets.token_hex(4)
    rig.write(line)
    return line


def _no_spare(rig: Rig) -> None:
    if rig.engine.spares():
        assert not execute(plan_without_spares(rig.engine), rig.engine, tell=lambda _: None)


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


def _there_and_reset_service(rig: Rig) -> str:
    line = _there(rig)
    _reset_book(rig)
    return line


def _reset_book(rig: Rig) -> None:
    proposal = plan_in_place(rig.engine, NAME, "book", now=clock.now())
    failed, _ = carry_out(rig.engine, proposal, lambda _: None)
    assert not failed, failed


def _there_and_a_spare(rig: Rig) -> str:
    line = _there(rig)
    pipeline.spare(rig.engine, NAME)
    return line


def _there_and_no_spare(rig: Rig) -> str:
    """One that asks for none."""
    pipeline.up(rig.engine, rig.folder, NAME, spares=0)
    return _there(rig)


def _one_spare(rig: Rig, line: str) -> Iterator[str]:
    yield from _as_entered(rig, line)
    yield from _not_spared(rig, NAME)


def _not_spared(rig: Rig, sandbox: str) -> Iterator[str]:
    """One spare stands ready, and nothing of another is there."""
    record, spares = rig.engine.records()[sandbox], rig.engine.spares()
    if len(spares) != 1:
        yield f"{len(spares)} spares are there"
    for name, spare in spares.items():
        recipe = rig.engine.recipe(record.recipe)
        why = sparing.broken(spare, recipe, rig.engine.observe(name))
        if why or not spare.ready or spare.recipe != record.recipe:
            yield f"{name} is {spare}: {why}"


def _anew(rig: Rig) -> str:
    """Up, without anything that was kept of it before."""
    rig.down()
    return _there(rig)


def _kept_and_gone_on(rig: Rig) -> str:
    """A line that is in a snapshot, and another that was written since."""
    line = _anew(rig)
    _take(rig)
    rig.write("since")
    return line


def _carried_often(rig: Rig) -> str:
    """As after many changes: the next one makes one layer of what was carried over."""
    line = _anew(rig)
    _take(rig)
    [image] = rig.engine.records()[NAME].snapshots[0].images.values()
    told = f"FROM {image}\nLABEL {labels.CARRIED}={DEEPEST - 1}\n"
    assert [*rig.api.build(fileobj=io.BytesIO(told.encode()), tag=image, rm=True)]
    back = plan_restore(rig.engine, NAME, SNAPSHOT, now=clock.now())
    failed = change.carry_out(rig.engine, back, lambda _: None)
    assert not failed, failed
    rig.greeting = f"hello {secrets.token_hex(4)}"
    return line


def _there_and_kept(rig: Rig) -> str:
    """A line that is in no snapshot, and a snapshot."""
    _there(rig)
    if not rig.engine.records()[NAME].snapshots:
        _take(rig)
    return _there(rig)


def _take(rig: Rig, sandbox: str = NAME) -> None:
    plan = plan_snapshot(rig.engine, sandbox, SNAPSHOT, now=clock.now())
    failed = take(rig.engine, plan, lambda _: None)
    assert not failed, failed


def _kept_in_every_way(rig: Rig) -> str:
    """In a snapshot, in a generation that was put aside, and in a service that was replaced in its
    place; what is live was a spare."""
    line = _kept_and_gone_on(rig)
    pipeline.spare(rig.engine, NAME)
    pipeline.reset(rig.engine, NAME)
    _reset_book(rig)
    record = rig.engine.records()[NAME]
    assert record.snapshots, record
    assert record.asides, record
    assert record.home, record
    assert record.beside, record
    return line


def _forget(_: Rig) -> tuple[str, ...]:
    return "snapshot", "rm", NAME, SNAPSHOT


def _forget_unless_gone(rig: Rig, _: str) -> tuple[str, ...]:
    """There is nothing to remove once it is gone."""
    record = rig.engine.observe(NAME).record
    return _forget(rig) if record and record.snapshots else _up(rig)


def _forgotten(rig: Rig, line: str) -> Iterator[str]:
    """The sandbox as it was."""
    yield from _as_entered(rig, line)
    record = rig.engine.observe(NAME).record
    if record is None or record.snapshots:
        yield f"{record} has a snapshot"


def _done(rig: Rig, *words: str) -> None:
    ran = rig.run(*words, through=False)
    assert ran.code == 0, ran.said


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


def _workshop(rig: Rig, folder: Path | None = None) -> tuple[str, ...]:
    of = str(folder or rig.folder)
    return "workshop", "up", of, "--name", WORKSHOP, "--teams", ",".join(TEAMS)


def _close(rig: Rig) -> tuple[str, ...]:
    return "workshop", "close", WORKSHOP, "--keep", str(rig.home / "kept")


def _close_unless_closed(rig: Rig, _: str) -> tuple[str, ...]:
    """There is no workshop of the name once it is closed."""
    return _close(rig) if kept.find(rig.engine, WORKSHOP) else ("ls",)


def _teams_at_work(rig: Rig, folder: Path | None = None) -> str:
    """Every team has written something."""
    _done(rig, *_workshop(rig, folder))
    line = secrets.token_hex(4)
    for name in TEAMS:
        rig.write(line, name)
    return line


def _teams_with_all_that_is_kept(rig: Rig) -> str:
    """A snapshot, a generation that was put aside, and a spare."""
    _no_team_and_no_spare(rig)
    shutil.rmtree(rig.home / "kept", ignore_errors=True)
    line = _teams_at_work(rig, rig.closable)
    _take(rig, TEAMS[0])
    pipeline.reset(rig.engine, TEAMS[1])
    pipeline.spare(rig.engine, TEAMS[0])
    return line


def _all_begin_again(rig: Rig, _: str) -> Iterator[str]:
    yield from _all_greet(rig, "")
    for name in TEAMS:
        if rig.lines_of(name) != ["minute zero"]:
            yield f"in the book of {name} is {rig.lines_of(name)}"


def _certified(rig: Rig, _: str) -> Iterator[str]:
    """Nothing is left, and the papers say so."""
    there = {*TEAMS} & {*rig.engine.sandboxes()}
    if there or kept.find(rig.engine, WORKSHOP) or rig.engine.spares():
        yield f"it is still there: {sorted(there)}, {sorted(rig.engine.spares())}"
    folder = rig.home / "kept"
    try:
        paper = json.loads((folder / "certificate.json").read_text())
        record = json.loads((folder / "record.json").read_text())
    except (OSError, ValueError) as error:
        yield f"there is no certificate: {error}"
        return
    if paper["after"]["things"]:
        yield f"it certifies that this is left: {paper['after']['things']}"
    kinds = {one["kind"] for one in paper["before"]["things"]}
    if not {"container", "network", "image"} <= kinds:
        yield f"before there were only {sorted(kinds)}"
    images = {one["name"] for one in paper["before"]["things"] if one["kind"] == "image"}
    there = {tag for one in rig.api.images() for tag in one["RepoTags"] or ()}
    if left := sorted(images & there):
        yield f"images of it are still there: {left}"
    if {one["name"] for one in record["teams"]} != {*TEAMS}:
        yield f"the record is of {record['teams']}"
    if missing := [name for name in TEAMS if not (folder / f"{name}.html").is_file()]:
        yield f"there is no page of {missing}"


def _no_team(rig: Rig) -> str:
    ran = rig.run(*_close(rig), through=False)
    rig.engine.close()
    for name in TEAMS:
        pipeline.down(rig.engine, name)
    return ran.said


def _no_team_and_no_spare(rig: Rig) -> str:
    said = _no_team(rig)
    _no_spare(rig)
    return said


def _all_up(rig: Rig, _: str) -> Iterator[str]:
    yield from _all_greet(rig, "")
    yield from _not_spared(rig, TEAMS[0])


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
        Verb("up-often", _carried_often, _up, _as_entered),
        Verb("reset", _there, _reset, _at_minute_zero, serves=True),
        Verb("undo", _there_and_reset, _undo, _as_entered, serves=True),
        Verb("reset-from-spare", _there_and_a_spare, _reset, _at_minute_zero, serves=True),
        Verb("spare", _there_and_no_spare, lambda rig: (*_up(rig), "--spares", "1"), _one_spare),
        Verb("reset-service", _there, _reset_service, _at_minute_zero),
        Verb("undo-service", _there_and_reset_service, _undo_service, _as_entered),
        Verb("snapshot", _anew, _snapshot, _restorable, _snapshot_unless_taken),
        Verb("snapshot-rm", _there_and_kept, _forget, _forgotten, _forget_unless_gone),
        Verb("restore", _kept_and_gone_on, lambda _: ("restore", NAME, SNAPSHOT), _as_entered),
        Verb("workshop-up", _no_team_and_no_spare, lambda rig: _workshop(rig), _all_up),
        Verb("workshop-reset", _teams_at_work, _reset_all, _all_begin_again),
        Verb(
            "workshop-close", _teams_with_all_that_is_kept, _close, _certified, _close_unless_closed
        ),
        Verb("restart", _there, lambda _: ("restart", NAME), _as_entered),
        Verb("down", _there, lambda _: ("down", NAME), _gone),
        Verb("down-kept", _kept_in_every_way, lambda _: ("down", NAME), _gone),
        Verb("up-den", _no_den, _up, _at_minute_zero, alone=True),
        Verb("down-all", _there, lambda _: ("down", "--all"), _nothing_at_all, alone=True),
    )
}
