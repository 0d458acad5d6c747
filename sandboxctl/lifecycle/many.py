"""What every verb does that changes many sandboxes: one look, one plan, and one after the other
only where there is no room for all at once. A sandbox that fails holds up no other."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager

from sandboxctl.engine.protocol import Engine
from sandboxctl.errors import AddressTaken, SandboxError
from sandboxctl.lifecycle.change import (
    MAKING,
    NOWHERE,
    PAUSE,
    TRIES,
    Proposal,
    clear_lost,
    makes,
    refused,
    without_spare,
)
from sandboxctl.lifecycle.deciding import Looked as Looked
from sandboxctl.lifecycle.deciding import Proposals as Proposals
from sandboxctl.lifecycle.deciding import look as look
from sandboxctl.lifecycle.deciding import plan_of as plan_of
from sandboxctl.lifecycle.deciding import propose_all as propose_all
from sandboxctl.lifecycle.execute import Failures, Listener, News, execute
from sandboxctl.sandbox import names
from sandboxctl.sandbox.operations import Answers, StartService
from sandboxctl.sandbox.plan import Key, Plan
from sandboxctl.sandbox.reconcile import reconcile, restore

WORKERS = 8
"""Steps under way at once. An engine does most of its work one thing after the other: with more
each of them waits longer, and counts as hanging sooner."""
LEAST = 2
"""So many next generations are built at once, however little memory there is: the limits of
services add up to more than they use."""


def at_once(engine: Engine, proposals: Proposals) -> int:
    """How many next generations memory has room for beside what runs; at least a few."""
    capacity = engine.capacity()
    sizes = [one.wanted.recipe.memory for one in proposals.values() if one.wanted]
    room = (capacity.memory - capacity.promised) // max(1, *sizes) if sizes else 0
    return max(LEAST, room)


def carry_out_all(
    engine: Engine, proposals: Proposals, tell: Listener, *, most: int | None = None
) -> Failures:
    """Execute the plans, ``most`` next generations at once; plan again for those whose address
    somebody else took meanwhile. What a failure or ^C left beside a live generation is taken
    away; every other sandbox is as it is wanted."""
    failed, told = Failures(), _Told(tell)
    with _only_maker(engine, proposals, tell) as wanted:
        try:
            for wave in _waves(wanted, most):
                _carried(engine, wave, told, failed)
        except KeyboardInterrupt:
            _tidy(engine, {n: p for n, p in wanted.items() if p.observed.live}, told)
            raise
        _tidy(engine, {name: wanted[name] for name in failing(wanted, failed)}, told)
    clear_lost(engine, wanted.values())
    return failed


@contextmanager
def _only_maker(engine: Engine, proposals: Proposals, tell: Listener) -> Iterator[Proposals]:
    """While minute zeros are made, nobody else makes the same ones; whoever had to wait looks
    again. Always in the same order, so that two commands never wait for each other."""
    wanted = {n: one.wanted for n, one in proposals.items() if one.wanted and makes(one)}
    keys = sorted({one.baseline.key for one in wanted.values() if one.baseline})
    if not keys:
        yield proposals
        return
    with ExitStack() as held:
        for key in keys:
            if engine.holder(names.BASELINE + key):
                note = "another command makes the same minute zero; waiting for it"
                tell(News(None, "working", note))
            held.enter_context(engine.lock(names.BASELINE + key, patience=MAKING))
        yield propose_all(engine, {n: one.wanted for n, one in proposals.items() if one.wanted})


def failing(proposals: Proposals, failed: Failures) -> dict[str, SandboxError]:
    """Sandboxes that are not as they are wanted, each with the first reason: a step of their own,
    or one that they shared."""
    why = {step.key: error for step, error in failed.items()}
    own = {step.sandbox: error for step, error in reversed(list(failed.items()))}
    found: dict[str, SandboxError] = {}
    for name, one in proposals.items():
        shared = next((why[step.key] for step in one.plan.steps if step.key in why), None)
        if error := own.get(name) or shared:
            found[name] = error
    return found


class _Told:
    """Passes news on, and knows which steps are done."""

    def __init__(self, tell: Listener) -> None:
        self._tell = tell
        self.done: set[Key] = set()

    def __call__(self, news: News) -> None:
        if news.step and news.state == "done":
            self.done.add(news.step.key)
        self._tell(news)


def _waves(proposals: Proposals, most: int | None) -> Iterator[dict[str, Proposal]]:
    """All that build nothing beside what runs come with the first."""
    building = [n for n, one in proposals.items() if one.observed.live and _builds(one.plan)]
    size = most or len(building) or 1
    later = set(building[size:])
    yield {name: one for name, one in proposals.items() if name not in later}
    rest = [name for name in building if name in later]
    for at in range(0, len(rest), size):
        yield {name: proposals[name] for name in rest[at : at + size]}


def _builds(plan: Plan) -> bool:
    return any(isinstance(step.operation, StartService) for step in plan.steps)


def _carried(engine: Engine, wave: dict[str, Proposal], told: _Told, failed: Failures) -> None:
    """One wave; what is shared and was done with an earlier one is not done again, and what
    failed then is not tried again. Whose address somebody else took, and whose spare does not
    answer, is planned again, as often as for one sandbox alone."""
    broken = {step.key for step in failed}
    whole = {n: p for n, p in wave.items() if not broken & _keys(p.plan)}
    found = execute(plan_of(whole).without(told.done), engine, tell=told, workers=WORKERS)
    avoid = NOWHERE
    for _ in range(TRIES - 1):
        again = {n: p for n, p in whole.items() if _taken(found) & _keys(p.plan)}
        bad = {n: p for n, p in whole.items() if _bad_spares(found) & _keys(p.plan)}
        if not again and not bad:
            break
        if again:
            told(News(None, "working", "addresses were taken meanwhile; planning again"))
            time.sleep(PAUSE)
            avoid |= refused(found)
        wanted = {n: p.wanted for n, p in again.items() if p.wanted}
        wanted |= {n: without_spare(engine, p, told) for n, p in bad.items()}
        _add(failed, found, but={key for n in wanted for key in _keys(whole[n].plan)})
        anew = propose_all(engine, wanted, avoid=avoid)
        whole |= anew
        found = execute(plan_of(anew), engine, tell=told, workers=WORKERS)
    _add(failed, found)


def _bad_spares(failed: Failures) -> set[Key]:
    """Steps of sandboxes that took a spare which does not answer."""
    asked = ((step.key, step.operation) for step in failed)
    return {key for key, one in asked if isinstance(one, Answers) and one.theirs}


def _taken(failed: Failures) -> set[Key]:
    return {step.key for step, error in failed.items() if isinstance(error, AddressTaken)}


def _keys(plan: Plan) -> set[Key]:
    return {step.key for step in plan.steps}


def _add(failed: Failures, more: Failures, but: Iterable[Key] = ()) -> None:
    for step, error in more.items():
        if step.key not in set(but):
            failed.add(step, error)


def _tidy(engine: Engine, proposals: Proposals, tell: Listener) -> None:
    """Remove what was begun for next generations; live ones are not touched."""
    wanted = {name: one.wanted for name, one in proposals.items() if one.wanted}
    if not wanted:
        return
    making = (one.wanted.baseline for one in proposals.values() if one.wanted and makes(one))
    keys = {one.key for one in making if one}
    left = [reconcile(None, engine.observe(names.BASELINE + key)) for key in sorted(keys)]
    now = engine.observe_all(wanted.keys())
    left += [restore(wanted[name].previous, seen) for name, seen in now.items() if seen.live]
    execute(sum(left, Plan()), engine, tell=tell, workers=WORKERS)
