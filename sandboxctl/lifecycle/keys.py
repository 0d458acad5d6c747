"""Who may come in: the link of a sandbox, and another key for it."""

from __future__ import annotations

from sandboxctl.errors import SandboxError
from sandboxctl.lifecycle.status import Status
from sandboxctl.sandbox.operations import ReplaceKey
from sandboxctl.sandbox.plan import Draft, Plan


def plan_new_key(sandbox: str) -> Plan:
    """One step; whoever has the old link or is in with the old key has to come again."""
    draft = Draft(sandbox)
    draft.add(ReplaceKey(), "you asked for it")
    return Plan(tuple(draft.steps))


def with_link(status: Status) -> Status:
    """The same, if there is a link; SandboxError where the den knows no key to make it of."""
    if not status.link:
        raise SandboxError(
            f"{status.sandbox} has no key, so nobody can come in",
            hint=f"`sandboxctl open {status.sandbox} --new-key` gives it one.",
            code="DEN701",
        )
    return status
