"""How far something is, in a few steps with words: counted from the news of a plan."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias

from sandboxctl.lifecycle.execute import News
from sandboxctl.sandbox import operations as do
from sandboxctl.sandbox.operations import Operation

Verb: TypeAlias = Literal[
    "reset",
    "undo",
    "restore",
    "snapshot",
    "restart",
    "extend",
    "pause",
    "resume",
    "fault",
    "prolong",
]
"""What can be asked for; `prolong` moves the end of a workshop itself."""

WAITING = "step.waiting"
LOOKING, STARTING, CHECKING = "step.looking", "step.starting", "step.checking"
SWITCHING, KEEPING, STOPPING = "step.switching", "step.keeping", "step.stopping"
PAUSING, WRITING, BREAKING = "step.pausing", "step.writing", "step.breaking"

_NEXT = (LOOKING, STARTING, CHECKING, SWITCHING)
STEPS: dict[Verb, tuple[str, ...]] = {
    "reset": _NEXT,
    "undo": _NEXT,
    "restore": _NEXT,
    "resume": _NEXT,
    "restart": (LOOKING, STOPPING, STARTING, CHECKING),
    "snapshot": (LOOKING, KEEPING),
    "extend": (LOOKING, WRITING),
    "prolong": (LOOKING, WRITING),
    "pause": (LOOKING, PAUSING),
    "fault": (LOOKING, KEEPING, BREAKING),
}
"""The steps of each verb in their order, as keys of words."""


@dataclass(frozen=True, slots=True)
class Step:
    """``key`` of words; the ``number``-th ``of`` so many, counted from 1, 0 while it waits."""

    key: str = WAITING
    number: int = 0
    of: int = 0


class Progress:
    """A listener that knows how far a verb is. A step never goes back: what is done beside another
    is told of with that. ``moved`` is called with each new step, from any thread.

    ``answered``  seconds from the call until the first page was read, None where none was;
    ``generation`` whose page that was.
    """

    def __init__(self, verb: Verb, moved: Callable[[Progress], None] = lambda _: None) -> None:
        self._steps, self._moved = STEPS[verb], moved
        self._at, self._began = 0, time.monotonic()
        self._guard = threading.Lock()
        self.answered: float | None = None
        self.generation = 0

    @property
    def step(self) -> Step:
        return Step(self._steps[self._at], self._at + 1, len(self._steps))

    def __call__(self, news: News) -> None:
        if news.step is None:
            return
        operation = news.step.operation
        if isinstance(operation, do.Answers) and news.state == "done":
            with self._guard:
                self.answered = time.monotonic() - self._began
                self.generation = operation.generation
            self._moved(self)
        elif news.state == "working":
            self.reach(_key(operation))

    def reach(self, key: str) -> None:
        """At least so far; what this verb has no step for is part of the one it is at."""
        with self._guard:
            at = self._steps.index(key) if key in self._steps else self._at
            further = at > self._at
            self._at = max(at, self._at)
        if further:
            self._moved(self)


def _key(operation: Operation) -> str:
    match operation:
        case do.CreateNetwork() | do.StartService() | do.StartAgain() | do.BringBack():
            return STARTING
        case do.WaitReady():
            return CHECKING
        case do.GoLive() | do.Answers() | do.GoBack():
            return SWITCHING
        case do.TakeSnapshot():
            return KEEPING
        case do.StopService():
            return STOPPING
        case do.Rest() | do.Freeze():
            return PAUSING
        case do.Extend():
            return WRITING
        case _:
            return ""
