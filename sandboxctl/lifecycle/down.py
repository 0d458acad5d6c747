"""`down`: nothing left of a sandbox, whatever state it is in and whoever lost its blueprint."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sandboxctl.engine.protocol import Engine
from sandboxctl.errors import SandboxError
from sandboxctl.lifecycle.change import Proposal, propose
from sandboxctl.sandbox import lease
from sandboxctl.sandbox.plan import Plan
from sandboxctl.sandbox.reconcile import reconcile


def plan_down(engine: Engine, sandbox: str) -> Proposal:
    """What `down` would do; an unknown sandbox is nothing to do."""
    return propose(engine, sandbox, None)


def plan_leftovers(engine: Engine) -> Plan:
    """What interrupted runs left of the making of baselines."""
    return sum((reconcile(None, engine.observe(name)) for name in engine.making()), Plan())


def expired(engine: Engine, *, now: datetime) -> Sequence[str]:
    """Sandboxes whose lease is over, the longest ago first."""
    return lease.over(engine.records(), now)


def believe(engine: Engine, *, now: datetime) -> None:
    """SandboxError where the clocks cannot be believed that say what is over, or not yet."""
    times = engine.times()
    if times and (why := lease.doubt(lease.skew(times, now)) or lease.young(times)):
        raise SandboxError(
            f"Nothing is taken away for being over: {why}.",
            hint="`sandboxctl down N` takes away one by its name. Where the clocks are right, "
            "`sandboxctl down --expired --trust-clock` goes on.",
        )
