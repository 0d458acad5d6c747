"""`extend`: another end of a lease, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sandboxctl.engine.protocol import Engine
from sandboxctl.errors import BlueprintError
from sandboxctl.lifecycle.reset import known
from sandboxctl.sandbox.lease import AHEAD, Extend
from sandboxctl.sandbox.plan import Draft, Plan


@dataclass(frozen=True, slots=True)
class Extension:
    """What `extend` would do: the end there was, and the one there will be, both UTC."""

    sandbox: str
    before: datetime
    until: datetime
    plan: Plan


def plan_extend(
    engine: Engine,
    sandbox: str,
    *,
    now: datetime,
    by: timedelta | None = None,
    until: datetime | None = None,
) -> Extension:
    """Either ``by`` so much, from now on where the lease is over already, or ``until`` then.

    Raises SandboxError for an unknown sandbox; BlueprintError for an end that has been, that is
    earlier than the one there is, or too far off.
    """
    return later(sandbox, known(engine.observe(sandbox)).until, now=now, by=by, until=until)


def later(
    sandbox: str,
    before: datetime,
    *,
    now: datetime,
    by: timedelta | None = None,
    until: datetime | None = None,
) -> Extension:
    """The same, of a sandbox whose lease ends at ``before``."""
    end = until or max(before, now) + (by or timedelta())
    checked(sandbox, before, end, now)
    draft = Draft(sandbox)
    if end != before:
        draft.add(Extend(end), "you asked for it")
    return Extension(sandbox, before, end, Plan(tuple(draft.steps)))


def checked(sandbox: str, before: datetime, end: datetime, now: datetime) -> None:
    """BlueprintError for an end that has been, is earlier than the one there is, or is too far
    off."""
    if end <= now:
        raise BlueprintError(
            f"{_local(end)} has been: {sandbox} cannot live until then",
            hint="Name a time to come, or how much longer: `sandboxctl extend N 2h`. "
            f"`sandboxctl down {sandbox}` ends it now.",
        )
    if end < before:
        raise BlueprintError(
            f"{sandbox} lives until {_local(before)} already, longer than {_local(end)}",
            hint=f"It need not be extended; `sandboxctl down {sandbox}` ends it when you like.",
        )
    if end > now + AHEAD:
        raise BlueprintError(
            f"{_local(end)} is too far off for {sandbox}",
            hint=f"A lease ends at most {AHEAD.days} days from now; extend it again then.",
        )


def _local(moment: datetime) -> str:
    return f"{moment.astimezone():%A %-d %B %Y, %H:%M}"
