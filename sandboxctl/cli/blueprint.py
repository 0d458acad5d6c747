"""`validate`, `plan`: what can be said of a blueprint without starting it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sandboxctl.cli import exceptions, given, show, verdict
from sandboxctl.cli.drawing import draw
from sandboxctl.cli.session import Session, Verb, blueprints
from sandboxctl.cli.workshop_given import asked_for, teams_option
from sandboxctl.cli.workshop_plan import plan_teams

if TYPE_CHECKING:
    from sandboxctl.blueprint.load import Loaded
    from sandboxctl.lifecycle.change import Proposal
    from sandboxctl.lifecycle.rehearsed import Rehearsed
    from sandboxctl.sandbox.approval import Standing
    from sandboxctl.sandbox.state import Capacity


@click.command("validate", cls=Verb)
@click.argument("blueprint", shell_complete=blueprints)
@given.set_option
@click.option("--sarif", "as_sarif", is_flag=True, help="The answer as SARIF 2.1.0, for a CI.")
@click.pass_obj
def validate_verb(
    session: Session, blueprint: str, values: tuple[tuple[str, str], ...], as_sarif: bool
) -> int:
    """Check a blueprint and name every problem at once.

    BLUEPRINT is a folder, a file, or the name of a shipped one. Needs no engine. Ends with exit
    code 2 if something is wrong with it, 3 if it asks for what no den gives; --json lists the
    problems, none for a valid one.
    """
    from sandboxctl.errors import BlueprintError

    if as_sarif and session.json:
        raise click.UsageError("--sarif and --json exclude each other")
    try:
        loaded, _ = given.blueprint(session.settings, blueprint, None, dict(values))
    except BlueprintError as error:
        if as_sarif:
            verdict.log(blueprint, error.refusals)
        elif session.json:
            show.rows(session, verdict.problems(error), empty="")
        else:
            raise
        return error.exit_code
    if as_sarif:
        verdict.log(blueprint, ())
    elif session.json:
        show.rows(session, [], empty="")
    else:
        _summary(session, loaded)
    return 0


def _summary(session: Session, loaded: Loaded) -> None:
    from sandboxctl.blueprint import origin_files
    from sandboxctl.data.relations.sizes import sizes

    asked = loaded.blueprint
    show.say(session, f"{asked.title or asked.name} is a valid blueprint.")
    counted = sizes(asked.data) if asked.data else {}
    secrets = [name for name, secret in asked.secrets.items() if secret.ask]
    facts: dict[str, show.Value] = {
        "name": asked.name,
        "services": list(asked.services),
        "data": [f"{name}: {count:,} rows" for name, count in counted.items()],
        "parameters": [f"{name}={p.default}" for name, p in asked.parameters.items()],
        "secrets to give": secrets,
        "exceptions to be granted": [f"{one.service}: {one.grant}" for one in asked.exceptions],
        "without a digest": origin_files.unpinned(asked, loaded.folder),
        "memory": f"{sum(s.mem_limit for s in asked.services.values()) // 1024**2:,} MiB at most",
    }
    show.facts(session, {key: value for key, value in facts.items() if value})


@click.command("plan", cls=Verb)
@click.argument("blueprint", shell_complete=blueprints)
@click.option("--name", metavar="N", help="The sandbox; the blueprint's name unless said.")
@teams_option
@click.option(
    "--spares",
    type=click.IntRange(0, 30),
    help="Generations that stand ready beside the teams; 1 unless said, or as the file says.",
)
@click.option(
    "--picture",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Draw its services and networks, as SVG; as text where FILE ends in .txt.",
)
@given.set_option
@given.secret_option
@click.pass_obj
def plan_verb(
    session: Session,
    blueprint: str,
    name: str | None,
    teams: str | None,
    spares: int | None,
    picture: Path | None,
    values: tuple[tuple[str, str], ...],
    secrets: tuple[tuple[str, str], ...],
) -> None:
    """Show what `up` would do, and why.

    Changes nothing. Says whether the engine has room for it. With --teams, or of a workshop file,
    what `workshop up` would do, and how many teams fit.
    """
    from sandboxctl import clock
    from sandboxctl.blueprint import origin_files
    from sandboxctl.lifecycle.rehearsed import last
    from sandboxctl.lifecycle.trust import standing_of
    from sandboxctl.lifecycle.up import plan_up
    from sandboxctl.sandbox.approval import Standing
    from sandboxctl.workshop.asked import is_workshop

    with session.connected() as engine:
        if teams or is_workshop(Path(blueprint)):
            if picture:
                raise click.UsageError("--picture is of one sandbox: leave --teams out")
            asked = asked_for(
                engine, blueprint, teams=teams, name=name, values=dict(values), spares=spares
            )
            plan_teams(session, engine, asked, dict(secrets))
            return
        loaded, sandbox = given.blueprint(engine.den, blueprint, name, dict(values))
        now = clock.now()
        proposal = plan_up(engine, loaded, sandbox, now=now, given=dict(secrets))
        if picture:
            draw(session, proposal, picture)
        wanted = proposal.wanted
        standing = standing_of(engine, wanted.recipe, now) if wanted else Standing()
        unpinned = origin_files.unpinned(loaded.blueprint, loaded.folder)
        rehearsed = last(engine.den.name, wanted.recipe.digest) if wanted else None
        _show_plan(session, proposal, engine.capacity(), standing, unpinned, rehearsed)


def _show_plan(
    session: Session,
    proposal: Proposal,
    capacity: Capacity,
    standing: Standing,
    unpinned: Sequence[str],
    rehearsed: Rehearsed | None,
) -> None:
    from sandboxctl.lifecycle.up import why_none

    asked = proposal.wanted.recipe.memory if proposal.wanted else 0
    none = why_none(proposal.wanted.recipe) if proposal.wanted else ""
    free = capacity.memory - capacity.promised
    if session.json:
        steps: list[show.Value] = [
            {
                "group": step.sandbox,
                "number": step.number,
                "operation": str(step.operation),
                "why": step.why,
                "after": [f"{group} {number}" for group, number in step.after],
            }
            for step in proposal.plan.steps
        ]
        memory = {"asked": asked, "free": free}
        lost: list[show.Value] = list(proposal.lost)
        row: dict[str, show.Value] = {
            "sandbox": proposal.sandbox,
            "steps": steps,
            "lost": lost,
            "memory": memory,
            "without_digest": list(unpinned),
            "rehearsed": _rehearsed(rehearsed),
            "no_spares_because": none or None,
        }
        show.facts(session, {**row, **exceptions.facts(session, standing)})
        return
    show.say(session, _steps(session, proposal))
    for told in exceptions.told(session, standing):
        show.say(session, f"exception: {told}")
    for name in proposal.lost:
        show.say(session, f"lost: what was entered in {name}")
    if none:
        show.say(session, f"no spares: {none}" if session.plain else f"It has no spares: {none}.")
    for name in unpinned:
        told = f"{name} may be another image tomorrow: write its digest behind it"
        show.say(session, f"without a digest: {name}" if session.plain else told)
    if proposal.plan and session.plain:
        show.say(session, f"memory at most: {_mib(asked)}\nmemory free: {_mib(free)}")
    elif proposal.plan:
        show.say(session, f"It may take {_mib(asked)} of memory; {_mib(free)} are free.")
    if rehearsed:
        took = ", ".join(f"{verb} {seconds:.1f} s" for verb, seconds in rehearsed.seconds.items())
        show.say(
            session,
            f"Rehearsed with {rehearsed.teams} at once on {show.words(rehearsed.at)}: {took}; one "
            f"used {_mib(rehearsed.memory)}.",
        )


def _steps(session: Session, proposal: Proposal) -> str:
    """The plan as a list; one fact on each line for who asked for that."""
    plan = proposal.plan
    if not session.plain or not plan.steps:
        return str(plan)
    lines = [f"sandbox: {proposal.sandbox}"]
    for step in plan.steps:
        after = ", ".join(
            str(number) if group == step.sandbox else f"{group} {number}"
            for group, number in step.after
        )
        lines += [f"step {step.number}: {step.operation}", f"why {step.number}: {step.why}"]
        lines += [f"after {step.number}: {after}"] if after else []
    return "\n".join(lines)


def _rehearsed(seen: Rehearsed | None) -> dict[str, show.Value] | None:
    if seen is None:
        return None
    told: dict[str, show.Value] = {"at": seen.at, "teams": seen.teams, "memory": seen.memory}
    return {**told, **{f"{verb}_seconds": seconds for verb, seconds in seen.seconds.items()}}


def _mib(size: int) -> str:
    return f"{size // 1024**2:,} MiB"
