"""`down`: nothing left of a sandbox, whatever state it is in and whoever lost its blueprint."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sandboxctl.engine.protocol import Engine
from sandboxctl.lifecycle.change import Proposal, propose
from sandboxctl.sandbox.plan import Plan
from sandboxctl.sandbox.reconcile import reconcile


def plan_down(engine: Engine, sandbox: str) -> Proposal:
    """What `down` would do; an unknown sandbox is nothing to do."""
    return propose(engine, sandbox, None)


def plan_leftovers(engine: Engine) -> Plan:
    """What interrupted runs left of the making of baselines."""
    return sum((reconcile(None, engine.observe(name)) for name in engine.making()), Plan())


def expired(engine: Engine, *, now: datetime) -> Sequence[str]:
    """Sandboxes whose lease is over."""
    records = {name: engine.observe(name).record for name in engine.sandboxes()}
    return [name for name, record in records.items() if record and record.until <= now]
