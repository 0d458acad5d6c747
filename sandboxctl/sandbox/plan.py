"""What has to be done, in steps with a reason each. Its text is what `plan` prints."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from itertools import groupby
from operator import attrgetter
from typing import TypeAlias

from sandboxctl.sandbox.operations import Operation, WriteDown, WriteHappened
from sandboxctl.sandbox.state import Observed

IMAGES = "images"
"""The group of steps that make images; no sandbox's, so that many plans share them."""


Key: TypeAlias = tuple[str, int]
"""A sandbox (or `IMAGES`, or what a baseline is made in) and the number of a step in it."""


@dataclass(frozen=True, slots=True)
class Step:
    """One operation, the reason for it, and the steps it has to wait for.

    ``home`` is whose objects it works on, where they carry another name than the sandbox's: those
    of a generation that was a spare.
    """

    number: int
    sandbox: str
    operation: Operation
    why: str
    after: tuple[Key, ...] = ()
    home: str = ""

    @property
    def key(self) -> Key:
        return self.sandbox, self.number

    @property
    def at(self) -> str:
        """Whose objects, as an engine is told."""
        return self.home or self.sandbox

    def __str__(self) -> str:
        order = ", ".join(self._shown(key) for key in self.after)
        return f"{self.number}. {self.operation}: {self.why}{f', after {order}' if order else ''}"

    def _shown(self, key: Key) -> str:
        group, number = key
        return str(number) if group == self.sandbox else f"{group} {number}"


@dataclass(frozen=True, slots=True)
class Plan:
    """Steps in an order that works; those not waiting on each other may run together."""

    steps: tuple[Step, ...] = ()

    def __add__(self, other: Plan) -> Plan:
        """Both plans side by side; what they share (images, a baseline) is done once."""
        known = {step.key for step in self.steps}
        return Plan(self.steps + tuple(s for s in other.steps if s.key not in known))

    def without(self, done: Collection[Key]) -> Plan:
        """What is left of it once these steps are done; nothing waits for them any more."""
        return Plan(
            tuple(
                replace(step, after=tuple(key for key in step.after if key not in done))
                for step in self.steps
                if step.key not in done
            )
        )

    def __bool__(self) -> bool:
        return bool(self.steps)

    def __str__(self) -> str:
        lines: list[str] = []
        for sandbox, steps in groupby(self.steps, key=attrgetter("sandbox")):
            lines += [sandbox, *(f"  {step}" for step in steps)]
        return "\n".join(lines) or "nothing to do"


class Draft:
    """A plan being written: numbers the steps of one group and merges their prerequisites."""

    def __init__(self, group: str) -> None:
        self._group = group
        self.steps: list[Step] = []

    def add(self, operation: Operation, why: str, *after: Key | None, home: str = "") -> Key:
        """Append a step; None among ``after`` is a prerequisite that is already met."""
        before = tuple(sorted({key for key in after if key}))
        step = Step(len(self.steps) + 1, self._group, operation, why, before, home)
        self.steps.append(step)
        return step.key

    def let_go_on(self, observed: Observed) -> Key | None:
        """The step that lets a sandbox go on which was stopped for what it wrote, or whose services
        were not started again any more; None if there is no such."""
        record, allowed = observed.record, None
        if record and record.again:
            allowed = self.add(WriteHappened(), "you asked for it")
        if record and record.over and record.over.stopped:
            onward = WriteDown(record.over.model_copy(update={"stopped": False}))
            allowed = self.add(onward, "you asked for it", allowed)
        return allowed
