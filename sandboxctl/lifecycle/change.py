"""What every verb that changes a sandbox does: observe, reconcile, and carry the plan out."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from ipaddress import IPv4Network

from sandboxctl.engine.protocol import Engine
from sandboxctl.errors import AddressTaken, SandboxError
from sandboxctl.lifecycle.execute import Failures, Listener, News, execute
from sandboxctl.sandbox import names, sparing
from sandboxctl.sandbox.operations import Answers, CreateNetwork, GoLive
from sandboxctl.sandbox.plan import Plan, Step
from sandboxctl.sandbox.reconcile import reconcile, restore
from sandboxctl.sandbox.state import Observed
from sandboxctl.sandbox.wanted import Wanted, lost

TRIES = 20
"""How many commands may ask for the same addresses at once: each time one of them gets them."""
PAUSE = 0.05
"""Seconds before looking again."""
NOWHERE: frozenset[IPv4Network] = frozenset()
MAKING = 3600.0
"""Seconds to wait for another command that makes the same minute zero."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """What would be done to a sandbox, before anything is. ``lost`` names services whose data
    would be thrown away."""

    sandbox: str
    wanted: Wanted | None
    observed: Observed
    plan: Plan
    lost: tuple[str, ...] = ()


def propose(
    engine: Engine, sandbox: str, wanted: Wanted | None, avoid: frozenset[IPv4Network] = NOWHERE
) -> Proposal:
    """Look once, and decide. ``avoid`` are subnets that somebody else is just making: those are
    in no list yet."""
    observed = engine.observe(sandbox, wanted.references if wanted else ())
    observed = replace(observed, taken=(*observed.taken, *sorted(avoid)))
    if wanted and wanted.spared:
        observed = replace(observed, spares=engine.spares())
    making = _making(engine, wanted)
    there = frozenset(observed.live.services) if observed.live else frozenset()
    gone = lost(wanted, there) if wanted else ()
    return Proposal(sandbox, wanted, observed, reconcile(wanted, observed, making), gone)


def carry_out(engine: Engine, proposal: Proposal, tell: Listener) -> Failures:
    """Execute the plan; where somebody else took an address meanwhile, look and decide again.

    What a failure or ^C left beside a live generation is taken away, and that one serves on. The
    first generation of a sandbox is left as it is, so that its logs can be read, and goes with
    the next `up` or `down`.
    """
    with _only_maker(engine, proposal, tell) as proposal:
        failed = _carried_out(engine, proposal, tell)
    clear_lost(engine, [proposal])
    return failed


def clear_lost(engine: Engine, proposals: Iterable[Proposal]) -> None:
    """What was a spare once and is nobody's any more: it was put aside, and who had just decided
    that it goes was killed. Its labels say nothing of whose it was, so no sandbox sees it; looked
    for only where spares may be. What cannot be done now is left to the next command."""
    if any(_may_have_spares(one) for one in proposals):
        with suppress(SandboxError):
            lost = sorted(name for name in engine.making() if name.startswith(names.SPARE))
            gone = (sparing.remove_spare(n, engine.observe(n), "nobody has it") for n in lost)
            execute(sum(gone, Plan()), engine, tell=lambda _: None)


def _may_have_spares(proposal: Proposal) -> bool:
    record, wanted = proposal.observed.record, proposal.wanted
    return bool((record and record.homes) or (wanted and wanted.spared))


@contextmanager
def _only_maker(engine: Engine, proposal: Proposal, tell: Listener) -> Iterator[Proposal]:
    """While minute zero is made, nobody else makes the same one: he would take what is begun for
    left over. Whoever had to wait looks again: it may be there by now."""
    wanted = proposal.wanted
    if wanted is None or not makes(proposal):
        yield proposal
        return
    assert wanted.baseline is not None
    name = names.BASELINE + wanted.baseline.key
    if engine.holder(name):
        tell(News(None, "working", "another command makes the same minute zero; waiting for it"))
    with engine.lock(name, patience=MAKING):
        yield propose(engine, proposal.sandbox, wanted)


def makes(proposal: Proposal) -> bool:
    """Whether minute zero is made, or what is left of making it is cleared away."""
    return any(step.sandbox.startswith(names.BASELINE) for step in proposal.plan.steps)


def _carried_out(engine: Engine, proposal: Proposal, tell: Listener) -> Failures:
    try:
        failed, proposal = _until_addressed(engine, proposal, tell)
        if is_bad_spare(failed):
            wanted = without_spare(engine, proposal, tell)
            proposal = propose(engine, proposal.sandbox, wanted)
            failed, proposal = _until_addressed(engine, proposal, tell)
    except KeyboardInterrupt:
        if proposal.observed.live and proposal.wanted:
            _tidy(engine, proposal, tell)
        raise
    if failed and proposal.wanted is not None:
        _tidy(engine, proposal, tell)
    return failed


def is_bad_spare(failed: Failures) -> bool:
    """Whether a spare was taken, and does not answer."""
    return any(isinstance(one.operation, Answers) and one.operation.theirs for one in failed)


def go_back(engine: Engine, proposal: Proposal, tell: Listener) -> bool:
    """After a spare was taken that does not answer: what served before serves again at once, and
    the spare goes. Whether anything serves."""
    observed, tried = proposal.observed, next(o for o in map(_going, proposal.plan.steps) if o)
    tell(News(None, "working", "the spare does not answer; back to what was there"))
    serves = observed.live is not None and observed.record is not None
    if serves and observed.record:
        recipe = engine.recipe(observed.record.recipe)
        back = sparing.go_back(proposal.sandbox, observed.record, recipe)
        serves = not execute(back, engine, tell=tell)
        bad = sparing.remove_spare(tried.home, engine.observe(tried.home), "it does not answer")
        execute(bad if serves else Plan(), engine, tell=tell)
    return serves


def without_spare(engine: Engine, proposal: Proposal, tell: Listener) -> Wanted:
    """The same anew, from minute zero; a bad spare that nothing served before is put aside by
    nobody."""
    serves, wanted = go_back(engine, proposal, tell), proposal.wanted
    assert wanted is not None
    return replace(wanted, spared=False, grace=wanted.grace if serves else None)


def _going(step: Step) -> GoLive | None:
    return step.operation if isinstance(step.operation, GoLive) else None


def _until_addressed(
    engine: Engine, proposal: Proposal, tell: Listener
) -> tuple[Failures, Proposal]:
    failed, avoid = execute(proposal.plan, engine, tell=tell), NOWHERE
    for _ in range(TRIES - 1):
        taken = any(isinstance(error, AddressTaken) for error in failed.values())
        if not taken or (proposal.wanted and proposal.wanted.why == "undo"):
            break  # whoever returns to what is there already has nothing to choose anew
        tell(News(None, "working", "an address was taken meanwhile; planning again"))
        time.sleep(PAUSE)
        avoid |= refused(failed)
        proposal = propose(engine, proposal.sandbox, proposal.wanted, avoid)
        failed = execute(proposal.plan, engine, tell=tell)
    return failed, proposal


def refused(failed: Failures) -> frozenset[IPv4Network]:
    """Subnets that somebody else was faster to take."""
    asked = ((step.operation, error) for step, error in failed.items())
    return frozenset(
        operation.subnet
        for operation, error in asked
        if isinstance(operation, CreateNetwork) and isinstance(error, AddressTaken)
    )


def _making(engine: Engine, wanted: Wanted | None) -> Observed | None:
    if wanted is None or wanted.baseline is None:
        return None
    return engine.observe(names.BASELINE + wanted.baseline.key)


def _tidy(engine: Engine, proposal: Proposal, tell: Listener) -> None:
    """Remove what was begun for the next generation; the live one is not touched."""
    wanted, left = proposal.wanted, Plan()
    if wanted and wanted.baseline and makes(proposal):
        left += reconcile(None, engine.observe(names.BASELINE + wanted.baseline.key))
    now = engine.observe(proposal.sandbox)
    if now.live:
        left += restore(wanted.previous if wanted else None, now)
    execute(left, engine, tell=tell)
