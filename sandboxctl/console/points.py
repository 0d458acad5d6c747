"""What a team can return to, and what that costs: what is lost, what stays, how long it takes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from sandboxctl.console.faults import BEFORE
from sandboxctl.console.measured import Measured, Measures
from sandboxctl.console.past import Past
from sandboxctl.console.seen import Team
from sandboxctl.console.steps import Verb
from sandboxctl.sandbox import snapshots
from sandboxctl.sandbox.state import Aside, Snapshot, Why

KEPT = ("check.keep_notes", "check.keep_address", "check.keep_others")
COMES_BACK = "check.keep_automatic"
"""Keys of words for what stays whatever is returned to, and for what is there now, while that can
be had back."""


@dataclass(frozen=True, slots=True)
class Lost:
    """``services`` whose data goes; how many requests ``changed`` something in it, None where
    nobody counted; ``since`` when, None where nobody knows."""

    services: tuple[str, ...] = ()
    changed: int | None = None
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Point:
    """``kind``: the beginning; what was put aside by itself; what somebody kept on purpose, or
    what was kept before something was broken on purpose.

    ``verb`` and ``args`` are what `Jobs.submit` is asked for. ``at`` is as of when that state is,
    None for the beginning; ``until`` when it goes, None: with the sandbox; ``why`` what put it
    aside. ``comes_back``: what is there now can be returned to for a while, too.
    """

    name: str
    kind: Literal["start", "automatic", "named", "before a fault"]
    verb: Verb
    lost: Lost
    args: Mapping[str, Any] = field(default_factory=dict)
    at: datetime | None = None
    until: datetime | None = None
    why: Why | None = None
    takes: Measured | None = None
    comes_back: bool = True

    @property
    def kept(self) -> tuple[str, ...]:
        """What is not lost, as keys of words."""
        return (*KEPT, COMES_BACK) if self.comes_back else KEPT


START = "start"


class Points:
    """Of the teams of one den. ``grace``: what is replaced can be returned to for a while."""

    def __init__(self, past: Past, measures: Measures, *, grace: bool = True) -> None:
        self._past, self._measures, self._grace = past, measures, grace

    def of(self, team: Team, now: datetime) -> tuple[Point, ...]:
        """The newest first, the beginning last: in the order in which little is lost."""
        asides = [self._aside(team, n, one) for n, one in enumerate(team.status.asides)]
        lasting = [one for one in asides if one.until is None or one.until > now]
        named = [self._snapshot(team, one) for one in team.snapshots]
        # In the same second what was kept of the live generation is newer: it went live first.
        newest = sorted([*named, *lasting], key=lambda one: one.at or now, reverse=True)
        return (*newest, self.start(team))

    def start(self, team: Team) -> Point:
        """Minute zero; there is always that."""
        takes = self._measures.of("reset", spare=team.spares > 0, recipe=team.recipe)
        lost = self._since_it_began(team)
        return Point(START, "start", "reset", lost, takes=takes, comes_back=self._grace)

    def _aside(self, team: Team, number: int, one: Aside) -> Point:
        """The first is what an undo returns to, unless that was an undo itself."""
        verb: Verb = "undo" if number == 0 and one.why != "undo" else "restore"
        name = snapshots.called(one)
        return Point(
            name,
            "automatic",
            verb,
            self._since_it_began(team),
            args={"name": name} if verb == "restore" else {},
            at=one.since,
            until=one.until,
            why=one.why,
            takes=self._measures.of("undo", recipe=team.recipe),
            comes_back=self._grace,
        )

    def _snapshot(self, team: Team, one: Snapshot) -> Point:
        lost = self._since_it_began(team)
        if one.generation == team.live and (team.began is None or one.at >= team.began):
            lost = Lost(team.stateful, self._past.since(team, one), one.at)
        return Point(
            one.name,
            "before a fault" if one.name.startswith(BEFORE) else "named",
            "restore",
            lost,
            args={"name": one.name},
            at=one.at,
            takes=self._measures.of("restore", recipe=team.recipe),
            comes_back=self._grace,
        )

    def _since_it_began(self, team: Team) -> Lost:
        return Lost(team.stateful, team.changed, team.began)
