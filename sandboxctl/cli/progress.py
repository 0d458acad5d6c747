"""What a board knows of a plan being carried out: one line for each service, not for each step.

Pure: the time is an argument, so that a test can say what it is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from sandboxctl.lifecycle.execute import News
from sandboxctl.sandbox import names
from sandboxctl.sandbox.operations import (
    Answers,
    BringBack,
    Close,
    Commit,
    CreateNetwork,
    Drain,
    Extend,
    Fill,
    Freeze,
    GoBack,
    GoLive,
    Hold,
    LayAside,
    MakeImage,
    Offer,
    Pull,
    PutAside,
    ReadAll,
    RemoveAside,
    RemoveImage,
    RemoveNetwork,
    RemoveService,
    RemoveSnapshots,
    ReplaceKey,
    Rest,
    RunInside,
    RunOnce,
    StartAgain,
    StartService,
    StopService,
    TakeSnapshot,
    WaitReady,
    Withdraw,
    WriteDown,
    WriteHappened,
    WriteSnapshots,
)
from sandboxctl.sandbox.plan import IMAGES, Key, Plan, Step

BEFORE = "den"
"""The line of what comes before any plan: the engine, the gateway."""


def subject(step: Step) -> str:
    """The line of the board that a step belongs to: a service, or what all of them share."""
    if step.sandbox == IMAGES:
        return "images"
    if step.sandbox.startswith(names.BASELINE):
        return "data"
    if step.sandbox.startswith(names.SPARE):
        return "spares"
    match step.operation:
        case StartService(container) | StartAgain(_, container) | WaitReady(_, container):
            return container.name
        case RunOnce(container) | Commit(_, container):
            return container.name
        case StopService(name=name) | RunInside(service=name) | Freeze(name=name):
            return name
        case ReadAll(service=name):
            return name
        case Fill(load=load):
            return load.service
        case RemoveService() | RemoveNetwork():
            return "clearing up"
        case CreateNetwork():
            return "network"
        case LayAside():
            return "clearing up"
        case GoLive() | GoBack() | Answers() | ReplaceKey() | Hold() | Rest():
            return "gateway"
        case WriteDown() | WriteHappened() | Extend():
            return "gateway"
        case Close() | Drain():
            return "gateway"
        case TakeSnapshot() | WriteSnapshots() | RemoveSnapshots():
            return "snapshot"
        case PutAside(service=name) | BringBack(service=name):
            return name
        case RemoveAside():
            return "clearing up"
        case Offer() | Withdraw():
            return "spares"
        case Pull() | MakeImage() | RemoveImage():
            return "images"


def sandbox(step: Step) -> str:
    """The line where each sandbox has one: thirty teams are no ninety services."""
    shared = step.sandbox == IMAGES or step.sandbox.startswith(names.BASELINE)
    return subject(step) if shared else step.sandbox


@dataclass(slots=True)
class Line:
    """One subject. ``began`` and ``ended`` in seconds of the caller's clock."""

    subject: str
    total: int = 0
    done: int = 0
    failed: str = ""
    doing: dict[Key, str] = field(default_factory=dict)
    waits_for: frozenset[str] = frozenset()
    note: str = ""
    began: float | None = None
    ended: float | None = None

    @property
    def state(self) -> str:
        if self.failed:
            return "FAILED"
        if self.began is None:
            return "waiting"
        return "done" if self.done >= self.total and not self.doing else "working"

    @property
    def words(self) -> str:
        """What it is busy with, or why it stopped."""
        if self.failed:
            return self.failed.partition("\n")[0]
        if self.state != "working":
            return ""
        busy = next(reversed(self.doing.values()), "") or self.note
        return f"{busy}: {self.note}" if self.note and self.note != busy else busy

    def seconds(self, now: float) -> float | None:
        if self.began is None:
            return None
        return (self.ended if self.ended is not None else now) - self.began


class Progress:
    """The lines of a board, kept up to date by news."""

    def __init__(self, of: Callable[[Step], str] = subject) -> None:
        self.lines: dict[str, Line] = {}
        self._of = of

    def expect(self, plan: Plan) -> None:
        """Show from the beginning what will have to be done."""
        of = {step.key: self._of(step) for step in plan.steps}
        for step in plan.steps:
            line = self.lines.setdefault(of[step.key], Line(of[step.key]))
            line.total += 1
            others = {of[key] for key in step.after if key in of} - {line.subject}
            line.waits_for |= others

    def hear(self, news: News, now: float) -> None:
        name = BEFORE if news.step is None else self._of(news.step)
        line = self.lines.setdefault(name, Line(name))
        line.began = now if line.began is None else line.began
        if news.step is None:
            line.note, line.total = news.note, 1
            return
        key = news.step.key
        match news.state:
            case "working":
                line.doing[key] = str(news.step.operation)
                line.note, line.ended = news.note, None
                line.total = max(line.total, line.done + len(line.doing))
            case "done":
                line.doing.pop(key, None)
                line.done += 1
                line.ended = now
            case "failed":
                line.doing.pop(key, None)
                line.failed, line.ended = news.note or str(news.step.operation), now

    def finished(self, now: float) -> None:
        """What came before the plan has no end of its own."""
        before = self.lines.get(BEFORE)
        if before and before.ended is None:
            before.done, before.ended = before.total, now

    def shown(self, most: int) -> list[Line]:
        """At most so many lines: those that failed and those at work before what waits or is
        done."""
        lines = list(self.lines.values())
        if len(lines) <= most:
            return lines
        order = {"FAILED": 0, "working": 1, "waiting": 2, "done": 3}
        return sorted(lines, key=lambda line: order[line.state])[:most]

    @property
    def counted(self) -> str:
        """``12 done, 8 working, 10 waiting``."""
        found = Counter(line.state for line in self.lines.values())
        states = ("FAILED", "done", "working", "waiting")
        return ", ".join(f"{found[state]} {state}" for state in states if found[state])

    def words(self, line: Line) -> str:
        """What a line is busy with, or which others it waits for."""
        if line.state != "waiting":
            return line.words
        undone = {other.subject for other in self.lines.values() if other.state != "done"}
        return (
            f"for {', '.join(sorted(line.waits_for & undone))}" if line.waits_for & undone else ""
        )
