"""How each verb is carried out: with the functions that the command line calls."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from sandboxctl import clock
from sandboxctl.console import faults
from sandboxctl.console.job import Job
from sandboxctl.console.steps import LOOKING, Progress, Verb
from sandboxctl.engine.protocol import Engine
from sandboxctl.errors import SandboxError
from sandboxctl.lifecycle import many
from sandboxctl.lifecycle.change import Proposal, carry_out
from sandboxctl.lifecycle.execute import Failures, Listener, execute
from sandboxctl.lifecycle.extend import plan_extend
from sandboxctl.lifecycle.reset import known, reset, same
from sandboxctl.lifecycle.restart import plan_restart
from sandboxctl.lifecycle.snapshot import plan_restore, plan_snapshot, take
from sandboxctl.lifecycle.undo import plan_undo
from sandboxctl.lifecycle.went_out import WentOut, went_out
from sandboxctl.lifecycle.workshops import kept
from sandboxctl.lifecycle.workshops.together import plan_pause_all, plan_resume_all
from sandboxctl.sandbox.names import EGRESS

PATIENCE = 30.0
"""Seconds to wait for another command that changes the same sandbox."""


@dataclass(frozen=True, slots=True)
class Done:
    """What became of it. ``verb`` and ``what`` are what the ledger is told, ``detail`` beside it;
    ``lost`` services whose data was left behind; ``went_out`` of the generation that was left."""

    verb: str
    what: str
    failed: Mapping[Any, SandboxError]
    lost: tuple[str, ...] = ()
    spare: bool = False
    went_out: tuple[WentOut, ...] = ()
    detail: Mapping[str, Any] = field(default_factory=dict)


def do(engine: Engine, job: Job, tell: Progress) -> Done:
    """All of a job, under the lock of its sandbox. Raises SandboxError where it is refused."""
    tell.reach(LOOKING)
    if job.verb == "reset":
        return _reset(engine, job, tell)
    engine.enter(lambda _: None)
    with engine.lock(job.sandbox, patience=PATIENCE):
        same(engine, job.sandbox, job.seen)
        return _VERBS[job.verb](engine, job, tell)


def _reset(engine: Engine, job: Job, tell: Progress) -> Done:
    """It takes the lock itself; a spare needs nothing more than what is decided."""
    outward = _went_out(engine, job.sandbox)

    def build(proposal: Proposal) -> Failures:
        engine.enter(lambda _: None)
        return carry_out(engine, proposal, tell)

    found = reset(engine, job.sandbox, patience=PATIENCE, tell=tell, build=build, seen=job.seen)
    return Done(
        "reset",
        "back to minute zero",
        found.failed,
        found.proposal.lost,
        spare=bool(found.spare),
        went_out=outward,
    )


def _undo(engine: Engine, job: Job, tell: Progress) -> Done:
    proposal = plan_undo(engine, job.sandbox, now=clock.now())
    outward = _went_out(engine, job.sandbox)
    failed = carry_out(engine, proposal, tell)
    return Done("reset", "back to before the reset", failed, proposal.lost, went_out=outward)


def _restore(engine: Engine, job: Job, tell: Progress) -> Done:
    name = str(job.args["name"])
    proposal = plan_restore(engine, job.sandbox, name, now=clock.now())
    outward = _went_out(engine, job.sandbox)
    failed = carry_out(engine, proposal, tell)
    return Done("restore", name, failed, proposal.lost, went_out=outward)


def _snapshot(engine: Engine, job: Job, tell: Progress) -> Done:
    name = str(job.args["name"])
    record = known(engine.observe(job.sandbox))
    if job.interrupted and any(one.name == name and one.whole for one in record.snapshots):
        return Done("snapshot", name, {})
    plan = plan_snapshot(engine, job.sandbox, name, now=clock.now())
    return Done("snapshot", name, take(engine, plan, tell))


def _restart(engine: Engine, job: Job, tell: Progress) -> Done:
    service = job.args.get("service") or None
    plan = plan_restart(engine, job.sandbox, service)
    return Done("restart", service or "all services", execute(plan, engine, tell=tell))


def _extend(engine: Engine, job: Job, tell: Progress) -> Done:
    """To the ``until`` that was worked out when it began: done again, it is the same."""
    until = datetime.fromisoformat(job.args["until"])
    if until == known(engine.observe(job.sandbox)).until:
        return Done("extend", f"until {until.isoformat()}", {})
    found = plan_extend(engine, job.sandbox, now=clock.now(), until=until)
    return Done("extend", f"until {until.isoformat()}", execute(found.plan, engine, tell=tell))


def _prolong(engine: Engine, job: Job, _: Progress) -> Done:
    """The workshop's own end; whose lock is held is called like it."""
    name, until = str(job.args["workshop"]), datetime.fromisoformat(job.args["until"])
    found = kept.known(engine, name)
    kept.is_closing(found)
    kept.write(engine, found.model_copy(update={"until": until}))
    return Done("workshop extend", f"until {until.isoformat()}", {}, detail={"workshop": name})


def _pause(engine: Engine, job: Job, tell: Progress) -> Done:
    known(engine.observe(job.sandbox))
    failed = execute(plan_pause_all(engine, [job.sandbox]), engine, tell=tell)
    return Done("pause", "paused", failed)


def _resume(engine: Engine, job: Job, tell: Progress) -> Done:
    return Done("resume", "going on", go_on(engine, job.sandbox, tell))


def _fault(engine: Engine, job: Job, tell: Progress) -> Done:
    done = faults.break_it(
        engine, job.sandbox, job.reference, job.args, tell, begun=job.interrupted
    )
    told = {"service": done.service, "snapshot": done.snapshot}
    return Done("fault", done.words, done.failed, detail=told)


_VERBS: Mapping[Verb, Callable[[Engine, Job, Progress], Done]] = {
    "undo": _undo,
    "restore": _restore,
    "snapshot": _snapshot,
    "restart": _restart,
    "extend": _extend,
    "prolong": _prolong,
    "pause": _pause,
    "resume": _resume,
    "fault": _fault,
}


def go_on(engine: Engine, sandbox: str, tell: Listener = lambda _: None) -> Failures:
    """A sandbox as it is decided: what stands still or stopped runs, and what an interrupted verb
    left is put away. The caller holds its lock."""
    known(engine.observe(sandbox))
    proposals = plan_resume_all(engine, [sandbox], now=clock.now())
    return many.carry_out_all(engine, proposals, tell)


def settled(engine: Engine, job: Job) -> Job:
    """With what has to be the same when it is done again: a length of time becomes its end."""
    if job.verb not in ("extend", "prolong") or "until" in job.args:
        return job
    longer = timedelta(minutes=float(job.args["minutes"]))
    if job.verb == "prolong":
        until = kept.known(engine, str(job.args["workshop"])).until + longer
    else:
        now = clock.now()
        until = max(known(engine.observe(job.sandbox)).until, now) + longer
    return replace(job, args={**job.args, "until": until.isoformat()})


def _went_out(engine: Engine, sandbox: str) -> tuple[WentOut, ...]:
    """Nothing is looked at where nothing may go out."""
    record = engine.records().get(sandbox)
    if record is None or EGRESS not in engine.recipe(record.recipe).containers:
        return ()
    return went_out(engine, sandbox)
