"""`plan --teams`: how many teams there is room for, and what would be done; teams that are alike
are told of once."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from sandboxctl.cli import show
from sandboxctl.cli.session import Session

if TYPE_CHECKING:
    from sandboxctl.engine.protocol import Engine
    from sandboxctl.lifecycle.workshops.opening import Opening
    from sandboxctl.sandbox.plan import Plan, Step
    from sandboxctl.workshop.asked import Asked
    from sandboxctl.workshop.capacity import Fit

_SUBNET = re.compile(r"network [0-9./]+")
_OWN = "a network of its own"


def plan_teams(session: Session, engine: Engine, asked: Asked, secrets: dict[str, str]) -> None:
    """Shows it all; EngineError at the end where not all teams fit."""
    from sandboxctl import clock
    from sandboxctl.lifecycle.workshops.opening import plan_open
    from sandboxctl.workshop import capacity

    found = plan_open(engine, asked, now=clock.now(), given=secrets, physics=False)
    if session.json:
        show.facts(session, _facts(found))
    elif session.plain:
        _facts_in_lines(session, found)
    else:
        _say(session, found)
    if found.fit:
        capacity.demand(found.fit)


def _facts_in_lines(session: Session, found: Opening) -> None:
    """A fact on each line: what can be read aloud has no second column."""
    lines = [f"workshop: {found.workshop.name}", f"spares: {found.workshop.spares}"]
    lines += [f"capacity: {found.fit}"] if found.fit else []
    lines += [f"shared step: {step.sandbox} {step}" for step in _shared(found)]
    for steps, teams in _alike(found).items():
        lines += [f"team: {team}" for team in teams]
        lines += [f"step of these: {one.strip()}" for one in steps] or ["nothing to do: yes"]
    lines += [
        f"lost: what was entered in {n} of {t}" for t, lost in found.lost.items() for n in lost
    ]
    lines += [f"not asked for any more: {team}" for team in found.departed]
    show.say(session, "\n".join(lines))


def _say(session: Session, found: Opening) -> None:
    if found.fit:
        show.say(session, f"{found.fit}.")
        show.say(session)
    shared = _shared(found)
    for group in dict.fromkeys(step.sandbox for step in shared):
        show.say(session, "\n".join([group, *(f"  {s}" for s in shared if s.sandbox == group)]))
    for steps, teams in _alike(found).items():
        number = f"each of {len(teams)} teams ({_ends(teams)})" if len(teams) > 1 else teams[0]
        if steps:
            show.say(session, "\n".join([number, *(f"  {one}" for one in steps)]))
        else:
            show.say(session, f"{number}: nothing to do")
    for team, lost in found.lost.items():
        for name in lost:
            show.say(session, f"lost: what was entered in {name} of {team}")
    if found.departed:
        show.say(session, f"not asked for any more, and stay: {', '.join(found.departed)}")


def _facts(found: Opening) -> show.Row:
    groups: list[show.Value] = [
        {"teams": teams, "steps": list(steps)} for steps, teams in _alike(found).items()
    ]
    return {
        "workshop": found.workshop.name,
        "spares": found.workshop.spares,
        "capacity": _room(found.fit),
        "shared": [f"{step.sandbox}: {step}" for step in _shared(found)],
        "groups": groups,
        "lost": {team: list(lost) for team, lost in found.lost.items()},
        "departed": list(found.departed),
    }


def _room(fit: Fit | None) -> show.Value:
    if fit is None:
        return None
    bounds: dict[str, show.Value] = {
        bound.kind: {"fit": bound.fit, "short": bound.short} for bound in fit.bounds
    }
    return {"asked": fit.asked, "fit": fit.teams, "binds": fit.binds.kind, "by": bounds}


def _shared(found: Opening) -> Sequence[Step]:
    """Steps that make images and minute zero: done once, whoever needs them."""
    from sandboxctl.lifecycle.many import plan_of

    return [step for step in plan_of(found.proposals).steps if step.sandbox not in found.proposals]


def _alike(found: Opening) -> Mapping[tuple[str, ...], list[str]]:
    """What is done, told without what differs from team to team → for whom."""
    same: dict[tuple[str, ...], list[str]] = {}
    for team, one in found.proposals.items():
        same.setdefault(tuple(_told(team, one.plan)), []).append(team)
    return same


def _told(team: str, plan: Plan) -> Iterator[str]:
    """Its own steps, with what all teams wait for before what it waits for itself."""
    for step in plan.steps:
        if step.sandbox == team:
            before = [key for key in step.after if key[0] != team]
            before += [key for key in step.after if key[0] == team]
            yield _SUBNET.sub(_OWN, str(replace(step, after=tuple(before))))


def _ends(teams: Sequence[str]) -> str:
    return f"{teams[0]} … {teams[-1]}" if len(teams) > 2 else " and ".join(teams)
