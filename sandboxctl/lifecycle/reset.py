"""`reset`: the next generation from minute zero; the old one serves until that is ready."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime

from sandboxctl import clock
from sandboxctl.engine.protocol import Engine
from sandboxctl.errors import EngineError, Overtaken, SandboxError
from sandboxctl.lifecycle.change import Proposal, carry_out, propose
from sandboxctl.lifecycle.claim import spare_of, take_spare
from sandboxctl.lifecycle.execute import Failures, Listener, News, execute
from sandboxctl.lifecycle.trust import demand
from sandboxctl.lifecycle.up import secret_values
from sandboxctl.lifecycle.watch import LOCK
from sandboxctl.sandbox import names
from sandboxctl.sandbox.operations import Answers, LayAside
from sandboxctl.sandbox.plan import Plan
from sandboxctl.sandbox.sparing import remove_spare
from sandboxctl.sandbox.standing import tidied
from sandboxctl.sandbox.state import Observed, Record
from sandboxctl.sandbox.wanted import Wanted


@dataclass(frozen=True, slots=True)
class Reset:
    """What became of a reset.

    ``spare``  the one that was taken; empty where a generation was built. ``answered``  seconds
    until the first page of the new generation was read, 0 where none was; ``seconds`` until all
    was done; both from the call.
    """

    proposal: Proposal
    failed: Failures
    spare: str
    answered: float
    seconds: float


@dataclass(slots=True)
class Stopwatch:
    """When the first page was read: a listener on the way to another."""

    tell: Listener
    began: float = field(default_factory=time.monotonic)
    answered: float = 0.0

    def __call__(self, news: News) -> None:
        if news.step and isinstance(news.step.operation, Answers) and news.state == "done":
            self.answered = time.monotonic() - self.began
        self.tell(news)

    def told(self, proposal: Proposal, failed: Failures) -> Reset:
        now = time.monotonic() - self.began
        return Reset(proposal, failed, spare_of(proposal), self.answered, now)


def reset(
    engine: Engine,
    sandbox: str,
    *,
    patience: float = 10,
    tell: Listener = lambda _: None,
    build: Callable[[Proposal], Failures] | None = None,
    seen: int | None = None,
) -> Reset:
    """The whole of `reset` in one call: from a spare if there is one, else built anew.

    Raises what `plan_reset` does, and EngineError where somebody else changes the sandbox for
    longer than ``patience`` seconds. ``tell`` as for `execute`; ``build`` carries out what is
    built, in place of `carry_out`; ``seen`` as for `same`.
    """
    timed = Stopwatch(tell)
    with engine.lock(sandbox, patience=patience):
        same(engine, sandbox, seen)
        now = clock.now()
        taken = take_spare(engine, sandbox, now=now, tell=timed)
        if taken is None:
            proposal = plan_reset(engine, sandbox, now=now, spared=False)
            failed = build(proposal) if build else carry_out(engine, proposal, timed)
        else:
            proposal, failed = taken
            if not failed:
                tidy_up(engine, proposal)
    return timed.told(proposal, failed)


def same(engine: Engine, sandbox: str, seen: int | None) -> None:
    """Overtaken where another generation than the ``seen`` one is live; None: any will do. The
    caller holds the sandbox's lock."""
    record = engine.records().get(sandbox) if seen is not None else None
    if record and record.live != seen:
        raise Overtaken(
            f"{sandbox} is at generation {record.live}, and not at {seen} any more",
            hint="Look at what is there now, and decide again.",
        )


def tidy_up(engine: Engine, proposal: Proposal) -> None:
    """What can be returned to no longer goes, and what an interrupted command left; by `watch`,
    where somebody watches."""
    if engine.holder(LOCK):
        return
    observed, wanted = engine.observe(proposal.sandbox), proposal.wanted
    plan = tidied(wanted, observed) if wanted else Plan()
    # What was just asked to stop may not have stopped yet, and the engine answers nothing about it
    # until it has: to ask again would be to wait for it.
    asked = [(s.at, s.operation) for s in proposal.plan.steps if isinstance(s.operation, LayAside)]
    plan = Plan(tuple(s for s in plan.steps if (s.at, s.operation) not in asked))
    lost = [name for name in engine.making() if name.startswith(names.SPARE)]
    plan += sum((remove_spare(n, engine.observe(n), "nobody has it") for n in lost), Plan())
    execute(plan, engine, tell=lambda _: None)


def plan_reset(
    engine: Engine, sandbox: str, *, now: datetime | None = None, spared: bool = True
) -> Proposal:
    """What `reset` would do, from the recipe the den keeps: the supplier's folder is not needed.

    ``spared``  a spare will do, where there is one. Raises SandboxError for an unknown sandbox,
    EngineError where an image is gone, PolicyError for an exception that is not granted at
    ``now``, the present unless said.
    """
    now = now or clock.now()
    record = known(engine.observe(sandbox))
    recipe = engine.recipe(record.recipe)
    demand(engine, recipe, now)
    asked = [name for name, secret in recipe.secrets.items() if secret.ask]
    wanted = Wanted(
        recipe=recipe,
        since=record.since,
        until=record.until,
        previous=recipe,
        secrets=secret_values(recipe, engine.secrets(sandbox, asked) if asked else {}),
        fresh=True,
        spared=spared and not recipe.names_sandbox,
        now=now,
        grace=engine.den.grace,
        why="reset",
    )
    proposal = propose(engine, sandbox, wanted)
    _there(sandbox, wanted.references - proposal.observed.images)
    stateful = sorted(name for name, c in recipe.containers.items() if c.stateful)
    return replace(proposal, lost=tuple(stateful))


def known(observed: Observed) -> Record:
    """The record of a sandbox that has one; SandboxError if there is no such sandbox."""
    if observed.record is None:
        begun = " It was begun and never became ready." if observed.generations else ""
        raise SandboxError(
            f"There is no running sandbox {observed.sandbox}.{begun}",
            hint="`sandboxctl ls` shows what there is; `sandboxctl up BLUEPRINT --name "
            f"{observed.sandbox}` starts it.",
        )
    return observed.record


def _there(sandbox: str, gone: frozenset[str]) -> None:
    if gone:
        raise EngineError(
            f"{sandbox} cannot start again from minute zero: {', '.join(sorted(gone))} is gone",
            hint="Run `sandboxctl up` again with its blueprint; it makes what is missing.",
        )
