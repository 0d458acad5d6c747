"""The record of a workshop, put together from what the den decided and what the ledger tells."""

from __future__ import annotations

import platform
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sandboxctl import __version__
from sandboxctl.data.chance.version import MIX_VERSION
from sandboxctl.engine.protocol import Engine
from sandboxctl.lifecycle.ledger import Event, me
from sandboxctl.lifecycle.status import Status, overview
from sandboxctl.lifecycle.went_out import went_out
from sandboxctl.sandbox.names import EGRESS
from sandboxctl.sandbox.state import Record
from sandboxctl.workshop.evidence import (
    BlueprintFacts,
    DenFacts,
    Evidence,
    Failure,
    Helped,
    Note,
    Outgoing,
    Reset,
    Snapshot,
    TeamFacts,
    Versions,
)
from sandboxctl.workshop.record import Member, Workshop

HAND, MESSAGE, NOTE, VISIT = "hand", "message", "note", "visit"
"""What the ledger calls a hand that was raised or lowered, what was said to a team, and what
somebody wrote down: words of people, whatever they begin with; and who came in or left."""
FAULT, MENDS = "fault", ("reset", "restore", "restart", "up", "workshop reset", "workshop up")
"""What the ledger calls something that was broken on purpose, and what ends that."""
WENT_BACK = {"reset": "reset", "undo": "undo", "restore": "restore"}


def evidence(
    engine: Engine, workshop: Workshop, events: Sequence[Event], *, now: datetime, head: str = ""
) -> Evidence:
    """``events`` of the den's ledger, oldest first, and the ``head`` of its chain. Reads; changes
    nothing."""
    about = engine.about()
    teams = teams_of(engine, workshop, workshop.teams, events, now=now)
    return Evidence(
        name=workshop.name,
        title=workshop.title,
        den=DenFacts(name=engine.den.name, install=about.install, engine=about.engine),
        opened=workshop.since,
        until=workshop.until,
        closed=now,
        opened_by=workshop.opened_by,
        closed_by=me(),
        file_sha256=workshop.file,
        blueprints=tuple(_blueprints(workshop)),
        teams=tuple(teams.values()),
        notes=tuple(_notes(_about_all(events, workshop))),
        versions=Versions(
            sandboxctl=__version__,
            python=platform.python_version(),
            engine=about.version,
            mix=MIX_VERSION,
        ),
        ledger_head=head,
    )


def teams_of(
    engine: Engine,
    workshop: Workshop,
    teams: Iterable[str],
    events: Sequence[Event],
    *,
    now: datetime,
) -> dict[str, TeamFacts]:
    """What is known of some of its teams, with what was written down of those that went."""
    members = {name: workshop.teams[name] for name in teams}
    sandboxes = [member.sandbox for member in members.values()]
    stored = engine.part("sandboxes")
    seen = {one.sandbox: one for one in overview(engine, now=now, of=sandboxes)}
    found: dict[str, TeamFacts] = {}
    for name, member in members.items():
        mine = [event for event in events if event.sandbox == member.sandbox]
        one = _team(engine, name, member, mine, seen, stored, now)
        before = workshop.gone.get(name)
        found[name] = one.with_earlier(before) if before else one
    return found


def _blueprints(workshop: Workshop) -> Iterator[BlueprintFacts]:
    """Those that a team has at the end; a recipe whose facts were lost by its name alone."""
    for member in {one.recipe: one for one in workshop.teams.values()}.values():
        known = workshop.made_of.get(member.recipe)
        yield known or BlueprintFacts(name=member.blueprint, recipe=member.recipe)


def _team(
    engine: Engine,
    name: str,
    member: Member,
    events: Sequence[Event],
    seen: Mapping[str, Status],
    stored: Mapping[str, Any],
    now: datetime,
) -> TeamFacts:
    record = Record.model_validate(stored[member.sandbox]) if member.sandbox in stored else None
    happened = [one for one in events if one.verb not in (HAND, MESSAGE, NOTE, VISIT)]
    return TeamFacts(
        name=name,
        title=member.title,
        sandbox=member.sandbox,
        recipe=record.recipe if record else member.recipe,
        ready=next((e.at for e in events if e.verb in _UP and e.what == "ready"), None),
        generations=record.live if record else 0,
        resets=tuple(_resets(happened)),
        failures=(
            *_failures(happened),
            *_unanswered(events),
            *_at_the_end(seen.get(member.sandbox), now),
        ),
        snapshots=tuple(
            Snapshot(name=one.name, at=one.at) for one in (record.snapshots if record else ())
        ),
        went_out=tuple(_outgoing(engine, seen.get(member.sandbox), events)),
        notes=tuple(_notes(events)),
        helped=tuple(_helped(events)),
    )


_UP = ("up", "workshop up")


def _resets(events: Iterable[Event]) -> Iterator[Reset]:
    for one in events:
        verb = one.verb.removeprefix("workshop ")
        if verb not in WENT_BACK or one.what.startswith("failed"):
            continue
        undone = verb == "undo" or "before the reset" in one.what
        lost = one.detail.get("lost") or ()
        if one.detail.get("changed") == 0:  # somebody counted
            lost = ()
        seconds = one.detail.get("seconds")
        yield Reset(
            at=one.at,
            why="undo" if undone else ("restore" if verb == "restore" else "reset"),
            seconds=seconds if isinstance(seconds, int | float) else None,
            lost=", ".join(map(str, lost)) if isinstance(lost, list | tuple) else str(lost),
        )


def _about_all(events: Iterable[Event], workshop: Workshop) -> list[Event]:
    """What is about no team alone."""
    of = (one for one in events if one.detail.get("workshop") == workshop.name)
    return [one for one in of if not one.sandbox]


def _notes(events: Iterable[Event]) -> Iterator[Note]:
    for one in events:
        if one.verb == NOTE:
            yield Note(at=one.at, text=one.what, by=one.who)


def _helped(events: Iterable[Event]) -> Iterator[Helped]:
    """Of hands that somebody lowered."""
    for one in events:
        seconds = one.detail.get("seconds")
        if one.verb == HAND and isinstance(seconds, int | float):
            yield Helped(at=one.at, seconds=seconds)


def _failures(events: Sequence[Event]) -> Iterator[Failure]:
    """What a verb could not do, and what was broken on purpose; mended if a verb of the same team
    worked afterwards."""
    for n, one in enumerate(events):
        if one.verb == FAULT and not one.what.startswith("failed"):
            later = events[n + 1 :]
            mended = any(e.verb in MENDS and not e.what.startswith("failed") for e in later)
            service = str(one.detail.get("service") or "")
            why = one.what.removeprefix(f"{service}: ")
            yield Failure(at=one.at, service=service, why=why, mended=mended)
        elif one.what.startswith("failed"):
            why = str(one.detail.get("why") or f"{one.verb} {one.what}")
            mended = any(not later.what.startswith("failed") for later in events[n + 1 :])
            code = str(one.detail.get("code") or "")
            yield Failure(at=one.at, why=why, code=code, mended=mended)


def _unanswered(events: Iterable[Event]) -> Iterator[Failure]:
    """A hand that was up when the workshop was closed."""
    told = [one for one in events if one.verb == HAND]
    if told and told[-1].what == "raised":
        why = "asked for help, and nobody had come when the workshop was closed"
        yield Failure(at=told[-1].at, why=why, mended=False)


def _at_the_end(status: Status | None, now: datetime) -> Iterator[Failure]:
    """Services that did not run any more when it was closed."""
    for seen in status.services if status else ():
        if not seen.runs and seen.condition != "paused":
            why = seen.why or seen.condition
            yield Failure(at=now, service=seen.service, why=why, mended=False)


def _outgoing(engine: Engine, status: Status | None, events: Iterable[Event]) -> Iterator[Outgoing]:
    """Of generations that are gone, as the ledger has it, and of the live one, summed up."""
    found: dict[tuple[str, str], list[int]] = {}
    told = [one for e in events if e.verb == "went out" for one in _places(e)]
    if status and any(seen.service == EGRESS for seen in status.services):
        told += [asdict(one) for one in went_out(engine, status.sandbox)]
    for one in told:
        sums = found.setdefault((str(one["service"]), str(one["to"])), [0, 0, 0])
        for n, key in enumerate(("times", "refused", "bytes")):
            sums[n] += int(one[key])
    for (service, to), (times, refused, size) in sorted(found.items()):
        yield Outgoing(service=service, to=to, times=times, refused=refused, bytes=size)


def _places(event: Event) -> list[dict[str, Any]]:
    places = event.detail.get("places")
    return list(places) if isinstance(places, list) else []
