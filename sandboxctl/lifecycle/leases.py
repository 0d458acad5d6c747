"""The duty of leases: what is over is taken away, and before that it is said. Where the clock
cannot be believed, nothing is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sandboxctl import clock
from sandboxctl.engine.protocol import Engine
from sandboxctl.errors import EngineError, Held, SandboxError
from sandboxctl.lifecycle.down import plan_down, remember_teams
from sandboxctl.lifecycle.execute import execute
from sandboxctl.lifecycle.locks import all_held, with_workshops
from sandboxctl.lifecycle.watch import Happened
from sandboxctl.lifecycle.went_out import went_out
from sandboxctl.sandbox import lease
from sandboxctl.sandbox.lease import Moment, Skew
from sandboxctl.sandbox.state import Record

MOST = 5
"""Sandboxes that one round takes away, at most: somebody may still stop what should not be."""


@dataclass
class Leases:
    """``boot`` is a clock that nobody sets; ``trusted``: somebody said that the clocks are right as
    they are now. A sandbox that another command is changing waits for the next round."""

    boot: Callable[[], float] = clock.boottime
    trusted: bool = False
    doubted: bool = False
    """Whether the last round found that the clocks cannot be believed, or not yet."""
    _before: Moment | None = None
    _set: str = ""
    _known: Skew | None = None
    _told: set[tuple[str, datetime, str]] = field(default_factory=set)

    def __call__(self, engine: Engine, now: datetime) -> Iterator[Happened]:
        self.doubted = True  # until this round has found otherwise, whatever it cannot ask
        self._look_at_clock(Moment(now, self.boot()))
        records = engine.records()
        times = engine.times()
        if self.trusted and self._known is None and times:
            self._known = lease.skew(times, now)
        yield from self._warn(records, now)
        over = [one for one in lease.over(records, now) if not _young(records[one], now)]
        why = self._set or (lease.doubt(lease.skew(times, now), self._known) if times else "")
        early = bool(times and lease.young(times)) and not self.trusted
        self.doubted = bool(why) or early
        if why:
            yield from self._suspended(why, over, records)
        elif not early:
            yield from self._take_away(engine, over, now)

    def _look_at_clock(self, moment: Moment) -> None:
        if self._before and not self._set:
            self._set = lease.jumped(self._before, moment)
        self._before = moment

    def _warn(self, records: Mapping[str, Record], now: datetime) -> Iterator[Happened]:
        """Once for each warning and each end; one that comes late stands for those before it."""
        for name, record in sorted(records.items()):
            left = record.until - now
            due = lease.warning(left)
            if due is None:
                continue
            new = self._once(name, record.until, str(due))
            if new:
                yield Happened(name, _ending(name, left, record.until), event="ending")

    def _suspended(
        self, why: str, over: list[str], records: Mapping[str, Record]
    ) -> Iterator[Happened]:
        """Loud, once; and once for each sandbox that stays because of it."""
        if self._once("", datetime.min, why):
            words = f"LEASES ARE SUSPENDED: {why}. Nothing is taken away for being over. Where the "
            words += "clocks are right now, run `sandboxctl watch --trust-clock` in place of this."
            yield Happened("", words, event="suspended")
        for name in over:
            if self._once(name, records[name].until, "suspended"):
                words = f"seems to be over, and stays: {why}; `sandboxctl down {name}` ends it"
                yield Happened(name, words, event="suspended")

    def _take_away(self, engine: Engine, over: list[str], now: datetime) -> Iterator[Happened]:
        taken = 0
        for name in over:
            if taken == MOST:
                return
            try:
                wanted = with_workshops(engine.records(), [name])
                with all_held(engine, wanted, patience=0):
                    told = _taken(engine, name, now)
            except Held:
                continue
            except EngineError:
                raise
            except SandboxError as unknown:
                words = f"cannot be taken away, though its lease has ended: {unknown}"
                yield Happened(name, words, event="failed")
                continue
            if told:
                taken += 1
                yield told

    def _once(self, name: str, until: datetime, what: str) -> bool:
        new = (name, until, what) not in self._told
        self._told.add((name, until, what))
        return new


def _taken(engine: Engine, name: str, now: datetime) -> Happened | None:
    """Looked at again under its lock: somebody may have extended it."""
    record = engine.records().get(name)
    if record is None or record.until > now:
        return None
    outward = went_out(engine, name)
    remember_teams(engine, [name], now=now)
    failed = execute(plan_down(engine, name).plan, engine, tell=lambda _: None)
    when = f"its lease ended on {record.until.astimezone():%-d %B at %H:%M}"
    for error in failed.values():
        return Happened(name, f"cannot be taken away, though {when}: {error}", event="failed")
    return Happened(name, f"taken away: {when}", event="ended", went_out=outward)


def _young(record: Record, now: datetime) -> bool:
    return now - record.since < lease.YOUNG


def _ending(name: str, left: timedelta, until: datetime) -> str:
    words = clock.words(timedelta(minutes=max(1, round(left.total_seconds() / 60))))
    return (
        f"ends in {words}, at {until.astimezone():%H:%M}; `sandboxctl extend {name} 1h` gives it "
        "more"
    )
