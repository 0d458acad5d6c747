"""`workshop reset`, `extend`, `pause` and `resume`: the same for all teams, or for some."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import click

from sandboxctl.cli import given, show
from sandboxctl.cli.session import Session, Verb
from sandboxctl.cli.visible import keep_secret
from sandboxctl.cli.workshop_given import all_locked, locked, team_option, workshop_argument

if TYPE_CHECKING:
    from sandboxctl.engine.protocol import Engine
    from sandboxctl.errors import SandboxError
    from sandboxctl.lifecycle.change import Proposal
    from sandboxctl.workshop.record import Workshop

Broken: TypeAlias = "Mapping[str, SandboxError]"


class Done(NamedTuple):
    """The exit code of a verb, which sandboxes failed, after how many seconds each of the others
    answered, and what else is told of it."""

    code: int
    broken: Broken
    seconds: Mapping[str, float] = MappingProxyType({})
    more: show.Row = MappingProxyType({})


Doing: TypeAlias = "Callable[[Session, Engine, Sequence[str], str], Done]"
"""What a verb does to sandboxes that are locked; the title of its board is given."""


@click.command("reset", cls=Verb, asks=True)
@workshop_argument
@team_option
@click.option("--undo", is_flag=True, help="Return to what the last reset of each replaced.")
@click.pass_obj
def reset_verb(session: Session, workshop: str, teams: tuple[str, ...], undo: bool) -> int:
    """Put all teams back to minute zero.

    Each team's old generation serves until its next one is ready. What was entered is kept for
    the same time as after `sandboxctl reset`: so long, `--undo` brings it back.
    """
    if undo:
        return _do(session, workshop, teams, "reset", "back before the reset", _undo, asks=True)
    return _do(session, workshop, teams, "reset", "back to minute zero", _reset, asks=True)


@click.command("extend", cls=Verb)
@workshop_argument
@click.argument("length", metavar="DURATION", type=given.lifetime)
@team_option
@click.pass_obj
def extend_verb(session: Session, workshop: str, length: timedelta, teams: tuple[str, ...]) -> int:
    """Give all teams more time: `extend W 30m`."""

    def extend(session: Session, engine: Engine, sandboxes: Sequence[str], title: str) -> Done:
        from sandboxctl import clock
        from sandboxctl.cli.carry import carry_many
        from sandboxctl.lifecycle.workshops.together import plan_extend_all

        plan = plan_extend_all(engine, sandboxes, length, now=clock.now())
        return Done(*carry_many(session, engine, plan, title=title))

    words = f"{show.words(length)} more"
    code = _do(session, workshop, teams, "extend", words, extend)
    if not teams and code == 0:
        _lasts_longer(session, workshop, length)
    return code


@click.command("pause", cls=Verb)
@workshop_argument
@team_option
@click.pass_obj
def pause_verb(session: Session, workshop: str, teams: tuple[str, ...]) -> int:
    """Let all teams stand still: for lunch, or for everybody to listen.

    Visitors read that it is paused. Nothing is lost; leases go on. `resume` goes on where it was.
    """
    return _do(session, workshop, teams, "pause", "paused", _pause)


@click.command("resume", cls=Verb)
@workshop_argument
@team_option
@click.pass_obj
def resume_verb(session: Session, workshop: str, teams: tuple[str, ...]) -> int:
    """Let all teams go on where they were."""
    return _do(session, workshop, teams, "resume", "going on", _resume)


def _reset(session: Session, engine: Engine, sandboxes: Sequence[str], title: str) -> Done:
    from sandboxctl import clock
    from sandboxctl.cli.carry import carry_all
    from sandboxctl.cli.up import known_to
    from sandboxctl.lifecycle.workshops.together import plan_reset_all

    proposals = plan_reset_all(engine, sandboxes, now=clock.now())
    for one in proposals.values():
        if one.wanted and one.wanted.recipe.secrets:
            keep_secret(known_to(engine, one))
    done = Done(*carry_all(session, engine, proposals, title=title))
    lost = sorted({service for one in proposals.values() for service in one.lost})
    told = [f"what was entered in {service}" for service in lost]
    kept = ["addresses", "keys", "leases", "images"]
    more = {"lost": told or ["nothing: no service keeps data"], "kept": kept}
    return done._replace(more=more)


def _undo(session: Session, engine: Engine, sandboxes: Sequence[str], title: str) -> Done:
    """Teams that nothing was put aside of stay as they are, and are named."""
    from sandboxctl import clock
    from sandboxctl.cli.carry import carry_all
    from sandboxctl.errors import SandboxError
    from sandboxctl.lifecycle.undo import plan_undo

    proposals: dict[str, Proposal] = {}
    stays: dict[str, SandboxError] = {}
    for name in sandboxes:
        try:
            proposals[name] = plan_undo(engine, name, now=clock.now())
        except SandboxError as error:
            stays[name] = error
    code, broken, seconds = carry_all(session, engine, proposals, title=title)
    return Done(code or int(bool(stays)), {**stays, **broken}, seconds)


def _pause(session: Session, engine: Engine, sandboxes: Sequence[str], title: str) -> Done:
    from sandboxctl.cli.carry import carry_many
    from sandboxctl.lifecycle.workshops.together import plan_pause_all

    plan = plan_pause_all(engine, sandboxes)
    return Done(*carry_many(session, engine, plan, title=title))


def _resume(session: Session, engine: Engine, sandboxes: Sequence[str], title: str) -> Done:
    from sandboxctl import clock
    from sandboxctl.cli.carry import carry_all
    from sandboxctl.lifecycle.workshops.together import plan_resume_all

    proposals = plan_resume_all(engine, sandboxes, now=clock.now())
    return Done(*carry_all(session, engine, proposals, title=title))


def _do(
    session: Session,
    workshop: str,
    teams: tuple[str, ...],
    verb: str,
    what: str,
    doing: Doing,
    *,
    asks: bool = False,
) -> int:
    """The frame of every one of them: lock, do, write down, tell."""
    from sandboxctl.cli.carry import enter
    from sandboxctl.lifecycle.workshops import kept

    began = time.monotonic()
    with session.connected() as engine:
        kept.known(engine, workshop)
        enter(session, engine)
        with locked(engine, workshop):
            found = kept.known(engine, workshop)
            kept.is_closing(found)
            chosen = kept.chosen(found, teams)
            if asks and not teams and not _agreed(session, found, chosen, what):
                show.aside(session, "Nothing was changed.")
                return 1
            sandboxes = {found.teams[name].sandbox: name for name in chosen}
            there = [one for one in sandboxes if one in kept.records(engine)]
            with all_locked(engine, sandboxes):
                title = f"{found.shown} · {len(there)} teams · {what}"
                done = doing(session, engine, there, title)
        seconds = round(time.monotonic() - began, 2)
        _remember(session, engine, verb, what, found, there, done)
    absent = [name for sandbox, name in sandboxes.items() if sandbox not in there]
    broken, number = done.broken, len(there) - len(done.broken)
    row: dict[str, show.Value] = {
        "workshop": found.name,
        "done": number if session.json else f"{what}: {number} of {len(sandboxes)} teams",
        "failed": {sandboxes.get(name, name): str(error) for name, error in broken.items()},
        "not_there": absent,
        **done.more,
        "seconds": seconds,
    }
    show.facts(
        session, row if session.json else {k: v for k, v in row.items() if v not in ({}, [])}
    )
    return done.code if len(broken) == len(there) else int(bool(done.code))


def _agreed(session: Session, found: Workshop, chosen: Sequence[str], what: str) -> bool:
    """Whom somebody named is not asked for again."""
    show.aside(session, f"{len(chosen)} teams of {found.shown} would be put {what}.")
    return session.agreed("Do that for all of them?")


def _remember(
    session: Session,
    engine: Engine,
    verb: str,
    what: str,
    workshop: Workshop,
    sandboxes: Sequence[str],
    done: Done,
) -> None:
    from sandboxctl.cli.history import event, remember_all

    told = []
    for name in sandboxes:
        error = done.broken.get(name)
        facts: dict[str, object] = {"workshop": workshop.name, "lost": done.more.get("lost", [])}
        facts |= {"seconds": done.seconds[name]} if name in done.seconds else {}
        facts |= {"why": str(error), "code": error.code} if error else {}
        outcome = "failed" if error else what
        told.append(event(engine, f"workshop {verb}", name, outcome, **facts))
    remember_all(session, engine, told)


def _lasts_longer(session: Session, workshop: str, length: timedelta) -> None:
    """The workshop's own end moves with those of its teams."""
    from sandboxctl.lifecycle.workshops import kept

    with session.connected() as engine, locked(engine, workshop):
        found = kept.known(engine, workshop)
        kept.write(engine, found.model_copy(update={"until": found.until + length}))
