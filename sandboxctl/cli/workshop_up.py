"""`workshop up`: every team's sandbox, in one plan."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import click

from sandboxctl.cli import given, over, show
from sandboxctl.cli.called import command
from sandboxctl.cli.session import Session, Verb, blueprints
from sandboxctl.cli.visible import keep_secret
from sandboxctl.cli.workshop_agreed import agreed, teams, tell_before, without_others
from sandboxctl.cli.workshop_given import all_locked, asked_for, locked, teams_option

if TYPE_CHECKING:
    from sandboxctl.engine.protocol import Engine
    from sandboxctl.errors import SandboxError
    from sandboxctl.lifecycle.workshops.opening import Opening
    from sandboxctl.workshop.asked import Asked


@click.command("up", cls=Verb, asks=True)
@click.argument("what", metavar="FILE|BLUEPRINT", shell_complete=blueprints)
@teams_option
@click.option("--name", metavar="W", help="The workshop; the blueprint's name unless said.")
@click.option("--lifetime", type=given.lifetime, metavar="DURATION", help="How long: 6h.")
@click.option("--until", type=given.until, metavar="HH:MM", help="Until when: 17:00.")
@click.option(
    "--spares",
    type=click.IntRange(0, 20),
    metavar="N",
    help="Generations of each blueprint that stand ready, so that a reset takes one.",
)
@click.option(
    "--remove-others", is_flag=True, help="Take away teams of it that nobody asks for any more."
)
@given.set_option
@given.secret_option
@over.offered
@click.pass_obj
def up_verb(
    session: Session,
    what: str,
    teams: str | None,
    name: str | None,
    lifetime: timedelta | None,
    until: datetime | None,
    spares: int | None,
    remove_others: bool,
    values: tuple[tuple[str, str], ...],
    secrets: tuple[tuple[str, str], ...],
    expired: bool,
) -> int:
    """Start a sandbox for each team, or bring all of them up to date.

    FILE is a workshop file; BLUEPRINT a folder, a file, or the name of a shipped one. What does
    not fit is refused before anything is started. A team that fails holds up no other: run it
    again to finish.
    """
    from sandboxctl.cli.carry import enter

    end = given.lease(lifetime, until)
    with session.connected() as engine:
        asked = asked_for(engine, what, teams=teams, name=name, values=dict(values), spares=spares)
        enter(session, engine)
        return _bring_up(
            session,
            engine,
            asked,
            end,
            dict(secrets),
            remove_others=remove_others,
            expired=expired,
        )


def _bring_up(
    session: Session,
    engine: Engine,
    asked: Asked,
    until: datetime | None,
    secrets: dict[str, str],
    *,
    remove_others: bool,
    expired: bool,
) -> int:
    from sandboxctl import clock
    from sandboxctl.cli.carry import carry_all
    from sandboxctl.cli.history import remember_all
    from sandboxctl.lifecycle.workshops import happened, kept, opening

    began = time.monotonic()
    with locked(engine, asked.name):
        names = opening.sandboxes(engine, asked)
        over.offer(session, engine, but=[*names], agreed=expired)
        with all_locked(engine, names):
            found = opening.plan_open(engine, asked, now=clock.now(), until=until, given=secrets)
            opening.same_names(found, names)
            _keep_secrets(engine, found)
            tell_before(session, found)
            if found.lost and not agreed(session, found):
                show.aside(session, "Nothing was changed.")
                return 1
            if found.departed and remove_others:
                found = without_others(session, engine, found)
            kept.write(engine, found.workshop)
            title = f"{found.workshop.shown} · {teams(len(found.proposals))}"
            started = clock.now()
            code, broken, answered = carry_all(session, engine, found.proposals, title=title)
    when = {name: started + timedelta(seconds=after) for name, after in answered.items()}
    remember_all(session, engine, happened.opened(engine, found, broken, when))
    _tell(session, engine, found, broken, time.monotonic() - began)
    spared = 0
    if not code and found.workshop.spares:
        spared = _stand_ready(session, engine, found)
    return code if len(broken) == len(found.proposals) else int(bool(code or spared))


def _keep_secrets(engine: Engine, found: Opening) -> None:
    from sandboxctl.cli.up import known_to

    for one in found.proposals.values():
        if one.plan and one.wanted and one.wanted.recipe.secrets:
            keep_secret(known_to(engine, one))


def _stand_ready(session: Session, engine: Engine, found: Opening) -> int:
    """Spares, where nobody watches; the teams are ready all the same where there is no room. What
    else went wrong is the command's exit code: run again, it makes what is missing."""
    from sandboxctl.cli.spare import stand_ready_all
    from sandboxctl.lifecycle.spares import NoRoom
    from sandboxctl.lifecycle.up import why_none

    recipes = [one.wanted.recipe for one in found.proposals.values() if one.wanted]
    fitting = dict.fromkeys(one.digest for one in recipes if not why_none(one))
    try:
        return stand_ready_all(session, engine, fitting, found.workshop.shown)
    except NoRoom as short:
        show.aside(session, f"{short}. A reset makes its generation then.")
        return 0


def _tell(
    session: Session,
    engine: Engine,
    found: Opening,
    broken: Mapping[str, SandboxError],
    seconds: float,
) -> None:
    from sandboxctl import clock
    from sandboxctl.lifecycle.status import overview
    from sandboxctl.lifecycle.workshops import kept

    workshop = kept.find(engine, found.workshop.name) or found.workshop
    seen = {s.sandbox: s for s in overview(engine, now=clock.now(), of=workshop.sandboxes)}
    ready = [name for name, one in seen.items() if one.state == "ready" and name not in broken]
    all_of = f"{len(ready)} of {teams(len(workshop.teams))}"
    changed = sum(bool(one.plan) for one in found.proposals.values())
    row: dict[str, show.Value] = {
        "workshop": workshop.name,
        "ready": len(ready) if session.json else all_of,
        "changed": changed,
        "failed": {name: str(error) for name, error in broken.items()},
        "departed": list(found.departed),
        "lease": workshop.until if session.json else f"until {show.words(workshop.until)}",
        "seconds": round(seconds, 2),
        "fits": found.fit.teams if found.fit else None,
        "next": [command("workshop", verb, workshop.name) for verb in ("status", "sheet", "close")],
    }
    links: list[show.Row] = [
        {
            "team": name,
            "state": seen[name].state if name in seen else "not there",
            "link": seen[name].link if name in seen else "",
        }
        for name in workshop.teams
    ]
    if session.json:
        show.facts(session, {**row, "teams": links})
        return
    are = "is" if len(ready) == 1 else "are"
    show.say(session, f"{workshop.shown}: {all_of} {are} ready.")
    show.facts(session, {k: v for k, v in row.items() if k != "fits" and v not in ({}, [], None)})
    show.say(session)
    show.rows(session, links, empty="")
