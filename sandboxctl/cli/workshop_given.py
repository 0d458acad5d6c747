"""What the verbs of a workshop are given: a file or a blueprint, teams, locks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from sandboxctl.cli.session import late
from sandboxctl.cli.up import PATIENCE

if TYPE_CHECKING:
    from sandboxctl.engine.protocol import Engine
    from sandboxctl.workshop.asked import Asked

F = TypeVar("F", bound=Callable[..., Any])
ONLY_BLUEPRINT = "stands in the file; give it only with a blueprint"
SPARES = 1


def workshop_argument(verb: F) -> F:
    return click.argument("workshop", metavar="W", shell_complete=late("workshops"))(verb)


def team_option(verb: F) -> F:
    """``--team T``, as often as wanted."""
    return click.option(
        "--team",
        "teams",
        metavar="T",
        multiple=True,
        shell_complete=late("teams"),
        help="Only this team; may be given several times.",
    )(verb)


def teams_option(verb: F) -> F:
    return click.option(
        "--teams", metavar="30|A,B,C", help="How many teams, or their names. Not with a file."
    )(verb)


def asked_for(
    engine: Engine,
    what: str,
    *,
    teams: str | None,
    name: str | None,
    values: dict[str, str],
    spares: int | None,
) -> Asked:
    """A workshop file, or a blueprint and its teams. BlueprintError for what is wrong in it."""
    from sandboxctl import clock
    from sandboxctl.workshop.asked import is_workshop, load_workshop

    file = Path(what)
    if file.is_file() and is_workshop(file):
        given = {"--teams": teams, "--name": name, "--set": values}
        for option, value in given.items():
            if value:
                raise click.UsageError(f"{option} {ONLY_BLUEPRINT}")
        found = load_workshop(file, today=clock.now().astimezone())
    else:
        found = _of_blueprint(engine, what, teams, name, values)
    return found if spares is None else replace(found, spares=spares)


def _of_blueprint(
    engine: Engine, what: str, teams: str | None, name: str | None, values: dict[str, str]
) -> Asked:
    from sandboxctl.blueprint.load import find
    from sandboxctl.cli import given
    from sandboxctl.sandbox import names
    from sandboxctl.workshop.asked import Asked, of_blueprint
    from sandboxctl.workshop.model import MOST_TEAMS
    from sandboxctl.workshop.teams import Team

    loaded, called = given.blueprint(engine.den, what, name, values)
    if not teams:
        raise click.UsageError("say how many teams there are, or name them: --teams 12")
    path = find(what)
    if teams.isdecimal():
        if not 1 <= int(teams) <= MOST_TEAMS:
            raise click.UsageError(f"--teams: {teams} should be between 1 and {MOST_TEAMS}")
        asked = of_blueprint(path, called, int(teams), values=values, spares=SPARES)
        return replace(asked, title=loaded.blueprint.title or "")
    named = [names.checked(one.strip()) for one in teams.split(",") if one.strip()]
    twice = sorted({one for one in named if named.count(one) > 1})
    if twice:
        raise click.UsageError(f"--teams: {', '.join(twice)} stands there twice")
    several = tuple(Team(one, path, "", values) for one in named)
    title = loaded.blueprint.title or ""
    return Asked(called, title, None, len(several), SPARES, named=several)


@contextmanager
def locked(engine: Engine, workshop: str) -> Iterator[None]:
    """Nobody else changes this workshop."""
    from sandboxctl.lifecycle.workshops import kept

    with engine.lock(kept.lock(workshop), patience=PATIENCE):
        yield


@contextmanager
def all_locked(engine: Engine, sandboxes: Iterable[str]) -> Iterator[None]:
    """Nobody else changes these sandboxes."""
    from sandboxctl.lifecycle.locks import all_held

    with all_held(engine, sandboxes, patience=PATIENCE):
        yield
