"""`down`: nothing left of a sandbox, whatever state it is in and whoever lost its blueprint."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sandboxctl.engine.protocol import Engine
from sandboxctl.errors import SandboxError
from sandboxctl.lifecycle.change import Proposal, propose
from sandboxctl.sandbox import lease, names
from sandboxctl.sandbox.plan import Plan
from sandboxctl.sandbox.reconcile import reconcile
from sandboxctl.sandbox.sparing import remove_spare


def plan_down(engine: Engine, sandbox: str) -> Proposal:
    """What `down` would do; an unknown sandbox is nothing to do."""
    return propose(engine, sandbox, None)


def plan_leftovers(engine: Engine) -> Plan:
    """What interrupted runs left of the making of baselines, and of spares."""
    making = [name for name in engine.making() if not name.startswith(names.SPARE)]
    left = sum((reconcile(None, engine.observe(name)) for name in making), Plan())
    return left + plan_orphans(engine)


def plan_orphans(engine: Engine) -> Plan:
    """Generations that were a spare, and that no record speaks of any more: whose they were can
    be told by nothing, so whoever removes anything takes them along."""
    lost = [name for name in engine.making() if name.startswith(names.SPARE)]
    why = "it was a sandbox's once, and is nobody's"
    return sum((remove_spare(name, engine.observe(name), why) for name in lost), Plan())


def remember_teams(engine: Engine, sandboxes: Collection[str], *, now: datetime) -> None:
    """What is known of those that are a workshop's is written down before they go, so that its
    record can still tell; the caller holds the locks of `with_workshops`.

    SandboxError where what the den keeps of a workshop cannot be read: then nothing may go."""
    records = engine.records()
    if any(records[name].workshop for name in sandboxes if name in records):
        from sandboxctl.lifecycle.workshops import going  # most dens have no workshop

        going.write_down(engine, sandboxes, now=now)


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
