"""The verbs as the command line calls them, on any engine: load, plan, carry out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from sandboxctl import clock
from sandboxctl.blueprint.load import Facts, Loaded, find, load
from sandboxctl.engine.protocol import Engine
from sandboxctl.errors import SandboxError
from sandboxctl.lifecycle import trust
from sandboxctl.lifecycle.assemble import assemble
from sandboxctl.lifecycle.change import Proposal, carry_out
from sandboxctl.lifecycle.down import plan_down, plan_leftovers
from sandboxctl.lifecycle.execute import News, execute
from sandboxctl.lifecycle.reset import plan_reset
from sandboxctl.lifecycle.restart import plan_restart
from sandboxctl.lifecycle.spares import lock_of, make_one, plan_without_spares
from sandboxctl.lifecycle.up import plan_up
from sandboxctl.sandbox.plan import Plan

PATIENCE = 30.0


@dataclass(frozen=True)
class Outcome:
    """What was proposed, what was told on the way, and why it failed, if it did."""

    proposal: Proposal
    told: list[News]
    failed: list[SandboxError]

    @property
    def plan(self) -> Plan:
        return self.proposal.plan

    @property
    def why(self) -> str:
        return "\n".join(map(str, self.failed))


def loaded(engine: Engine, folder: Path | str, name: str, **values: str) -> Loaded:
    den = engine.den
    facts = Facts(den.gateway.domain, den.gateway.scheme, den.gateway.port, name, den.url(name))
    return load(find(str(folder)), values=values, facts=facts)


def try_up(
    engine: Engine,
    folder: Path | str,
    name: str,
    *,
    given: Mapping[str, str] | None = None,
    spares: int | None = None,
    **values: str,
) -> Outcome:
    blueprint = loaded(engine, folder, name, **values)
    engine.enter(lambda _: None)
    with engine.lock(name, patience=PATIENCE):
        proposal = plan_up(engine, blueprint, name, now=clock.now(), given=given, spares=spares)
        return _carried(engine, proposal)


def up(
    engine: Engine, folder: Path | str, name: str, *, spares: int | None = None, **values: str
) -> Outcome:
    """`up` that has to succeed."""
    outcome = try_up(engine, folder, name, given=None, spares=spares, **values)
    assert not outcome.failed, outcome.why
    return outcome


def approve(engine: Engine, folder: Path | str, name: str) -> None:
    """Grant all that a blueprint asks for, for an hour."""
    engine.enter(lambda _: None)
    assembled = assemble(loaded(engine, folder, name))
    assert not execute(trust.plan_looked_at(engine, assembled), engine, tell=lambda _: None)
    recipe, until = assembled.recipe, clock.now() + timedelta(hours=1)
    approval = trust.granted(engine, recipe, recipe.exceptions, by="a test", until=until)
    engine.approvals.give(approval)


def try_reset(engine: Engine, name: str) -> Outcome:
    engine.enter(lambda _: None)
    with engine.lock(name, patience=PATIENCE):
        return _carried(engine, plan_reset(engine, name))


def reset(engine: Engine, name: str) -> Outcome:
    outcome = try_reset(engine, name)
    assert not outcome.failed, outcome.why
    return outcome


def restart(engine: Engine, name: str, service: str | None = None) -> None:
    engine.enter(lambda _: None)
    with engine.lock(name, patience=PATIENCE):
        failed = execute(plan_restart(engine, name, service), engine, tell=lambda _: None)
    assert not failed, failed


def down(engine: Engine, name: str) -> Outcome:
    engine.enter(lambda _: None)
    with engine.lock(name, patience=PATIENCE):
        outcome = _carried(engine, plan_down(engine, name))
    assert not outcome.failed, outcome.why
    return outcome


def sweep(engine: Engine, but: str = "") -> None:
    """`down --all`, without leaving the den: what a test that failed has left behind."""
    for name in engine.sandboxes():
        if name != but:
            down(engine, name)
    left = plan_without_spares(engine) + plan_leftovers(engine)
    assert not execute(left, engine, tell=lambda _: None)


def spare(engine: Engine, sandbox: str) -> str:
    """Make one more of what a sandbox is made from; its name."""
    before, recipe = {*engine.spares()}, engine.records()[sandbox].recipe
    with engine.lock(lock_of(recipe), patience=PATIENCE):
        failed = make_one(engine, recipe, now=clock.now(), tell=lambda _: None)
    assert not failed, [*failed.values()]
    return ({*engine.spares()} - before).pop()


def _carried(engine: Engine, proposal: Proposal) -> Outcome:
    told: list[News] = []
    failed = carry_out(engine, proposal, told.append)
    return Outcome(proposal, told, list(failed.values()))
