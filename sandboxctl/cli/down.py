"""`down`: sandboxes, and with --all the den, gone without a trace."""

from __future__ import annotations

import time
from functools import partial
from typing import TYPE_CHECKING

import click

from sandboxctl.cli import over, show
from sandboxctl.cli.history import remember
from sandboxctl.cli.session import Session, Verb, sandboxes
from sandboxctl.cli.up import PATIENCE

if TYPE_CHECKING:
    from sandboxctl.engine.protocol import Engine
    from sandboxctl.sandbox.plan import Plan


@click.command("down", cls=Verb, asks=True)
@click.argument("names", metavar="[N]...", nargs=-1, shell_complete=sandboxes)
@click.option(
    "--all", "everything", is_flag=True, help="All sandboxes, the gateway and the den's state."
)
@click.option(
    "--lost-state",
    is_flag=True,
    help="With --all, where the den's state cannot be read: go by labels alone.",
)
@click.option("--expired", is_flag=True, help="Those whose lease is over.")
@click.option(
    "--trust-clock", is_flag=True, help="With --expired: the clocks are right, though one was set."
)
@click.pass_obj
def down_verb(
    session: Session,
    names: tuple[str, ...],
    everything: bool,
    lost_state: bool,
    expired: bool,
    trust_clock: bool,
) -> int:
    """Take sandboxes away without a trace.

    Works when the blueprint is gone or changed. Images stay: `sandboxctl image prune`. With
    --expired, one that another command is changing stays, and so do all where a clock was set.
    """
    if (bool(names), everything, expired).count(True) != 1:
        raise click.UsageError("say which: one or more sandboxes, --expired or --all")
    if trust_clock and not expired:
        raise click.UsageError("--trust-clock goes with --expired")
    began = time.monotonic()
    with session.connected() as engine:
        if lost_state:
            return _abandon(session, engine, everything=everything)
        if expired:
            return over.take_away(session, engine, trusted=trust_clock)
        there = _found(session, engine, names, everything=everything)
        if everything and not _agreed(session, engine, there):
            show.aside(session, "Nothing was changed.")
            return 1
        for name in sorted({*names} - {*there}):
            show.aside(session, f"There is no sandbox {name}.")
        code = _remove(session, engine, there, leftovers=everything)
        if everything and code == 0:
            code = _leave(session, engine)
        if there or everything:
            outcome = f"failed ({code})" if code else "gone"
            remember(session, engine, "down", " ".join(there), outcome, den=everything)
    gone: list[show.Value] = list(there) if code == 0 else []
    removed = gone if gone or session.json else "nothing"
    show.facts(session, {"removed": removed, "seconds": round(time.monotonic() - began, 2)})
    return code


def _abandon(session: Session, engine: Engine, *, everything: bool) -> int:
    if not everything:
        raise click.UsageError("--lost-state goes with --all")
    what = f"Everything that carries the labels of the den {engine.den.name!r} would go."
    show.aside(session, what)
    if not session.agreed("Take it away?"):
        show.aside(session, "Nothing was changed.")
        return 1
    engine.abandon(lambda note: show.aside(session, note))
    return 0


def _found(
    session: Session, engine: Engine, names: tuple[str, ...], *, everything: bool
) -> list[str]:
    from sandboxctl.cli.carry import looked

    return looked(session, engine, lambda: _chosen(engine, names, everything=everything))


def _chosen(engine: Engine, names: tuple[str, ...], *, everything: bool) -> list[str]:
    """Those of them that are there."""
    if everything:
        return list(engine.sandboxes())
    return [name for name in dict.fromkeys(names) if engine.observe(name)]


def _agreed(session: Session, engine: Engine, there: list[str]) -> bool:
    """Nobody is asked where there is nothing to lose."""
    if there:
        show.aside(
            session, f"Everything in the den {engine.den.name!r} would go: {', '.join(there)}"
        )
    return not there or session.agreed("Take them all away, with everything entered in them?")


def _remove(session: Session, engine: Engine, there: list[str], *, leftovers: bool) -> int:
    from sandboxctl import clock
    from sandboxctl.cli.carry import carry_plan, enter
    from sandboxctl.cli.history import remember_what_went_out
    from sandboxctl.lifecycle.down import plan_down, plan_leftovers, plan_orphans, remember_teams
    from sandboxctl.lifecycle.locks import all_held, with_workshops
    from sandboxctl.lifecycle.spares import lock_of, plan_without_spares
    from sandboxctl.lifecycle.went_out import went_out
    from sandboxctl.sandbox.names import SPARE
    from sandboxctl.sandbox.plan import Plan

    making, spares = engine.making(), engine.spares() if leftovers else {}
    if not leftovers:
        making = [name for name in making if name.startswith(SPARE)]
    if not there and not making and not spares:
        return 0
    enter(session, engine)
    of_spares = {lock_of(spare.recipe) for spare in spares.values()}
    locked = [*with_workshops(engine.records(), there), *of_spares]
    with all_held(engine, locked, patience=PATIENCE):
        outward = {name: went_out(engine, name) for name in there}
        plan: Plan = sum((plan_down(engine, name).plan for name in there), Plan())
        plan += plan_without_spares(engine) if leftovers else Plan()
        plan += plan_leftovers(engine) if leftovers else plan_orphans(engine)
        if not leftovers:  # with a den, all that it keeps of its workshops goes
            remember_teams(engine, there, now=clock.now())
        title = f"Taking away {', '.join(there) or 'leftovers'}"
        code = carry_plan(session, engine, plan, title=title)
        for name, seen in outward.items():
            remember_what_went_out(session, engine, name, seen)
        return code


def _leave(session: Session, engine: Engine) -> int:
    """Remove the gateway and the state; the engine looks whether anything is left."""
    from sandboxctl.cli.board import board
    from sandboxctl.cli.carry import noted

    with board(session, title="Closing the den") as tell:
        engine.leave(partial(noted, tell))
    return 0
