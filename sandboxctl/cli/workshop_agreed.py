"""What is told and asked before the teams of a workshop are changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from sandboxctl.cli import show
from sandboxctl.cli.session import Session
from sandboxctl.cli.workshop_given import all_locked

if TYPE_CHECKING:
    from sandboxctl.engine.protocol import Engine
    from sandboxctl.lifecycle.workshops.opening import Opening

MOST = 6
"""Teams that are named one by one in a sentence."""


def tell_before(session: Session, found: Opening) -> None:
    """How much room there is, before anything takes of it."""
    if found.fit:
        show.aside(session, f"{found.fit}.")
    if found.departed:
        which = some(found.departed)
        stay = "stays" if len(found.departed) == 1 else "stay"
        show.aside(session, f"Not asked for any more, and {stay}: {which} (--remove-others).")


def agreed(session: Session, found: Opening) -> bool:
    """What a change of a blueprint throws away, told once for teams that lose the same."""
    same: dict[tuple[str, ...], list[str]] = {}
    for team, services in found.lost.items():
        same.setdefault(services, []).append(team)
    show.aside(session, "The blueprint changed. This would be lost:")
    for services, teams in same.items():
        show.aside(session, f"  {some(teams)}: everything entered in {', '.join(services)}")
    return session.agreed("Go on and lose that?")


def without_others(session: Session, engine: Engine, found: Opening) -> Opening:
    """Teams that nobody asks for go first, with all that was entered in them."""
    from sandboxctl.cli.carry import carry_plan
    from sandboxctl.lifecycle.workshops.opening import plan_without

    show.aside(session, f"{some(found.departed)} would go, with everything entered in them.")
    if not session.agreed("Take them away?"):
        return found
    with all_locked(engine, found.departed):
        plan = plan_without(engine, found)
        code = carry_plan(session, engine, plan, title=f"Taking away {some(found.departed)}")
    if code:
        return found
    teams = {n: one for n, one in found.workshop.teams.items() if n not in found.departed}
    return replace(found, departed=(), workshop=found.workshop.model_copy(update={"teams": teams}))


def some(teams: Sequence[str]) -> str:
    """``heron, otter and 28 more``."""
    more = len(teams) - MOST
    shown = ", ".join(teams[:MOST])
    return f"{shown} and {more} more" if more > 0 else shown


def teams(number: int) -> str:
    return f"{number} team{'' if number == 1 else 's'}"
