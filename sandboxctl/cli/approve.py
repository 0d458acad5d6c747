"""`approve`: exceptions of a blueprint, shown to a facilitator and granted, or taken back."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import click

from sandboxctl.cli import given, history, show
from sandboxctl.cli.session import Session, Verb, blueprints, grants

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sandboxctl.blueprint.exceptions import Asked
    from sandboxctl.engine.protocol import Engine
    from sandboxctl.lifecycle.assemble import Assembled
    from sandboxctl.sandbox.approval import Approval


@click.command("approve", cls=Verb, asks=True)
@click.argument("blueprint", required=False, shell_complete=blueprints)
@click.option("--until", type=given.until, metavar="HH:MM", help="Until when: 17:00.")
@click.option(
    "--lifetime", type=given.lifetime, metavar="DURATION", help="For how long: 8h; else today."
)
@click.option(
    "--only",
    multiple=True,
    metavar="GRANT",
    shell_complete=grants,
    help="Only these: cap:CHOWN, or web:cap:CHOWN.",
)
@click.option("--revoke", is_flag=True, help="Take back what was granted to it, all versions.")
@click.option("--list", "listed", is_flag=True, help="What is granted in this den; asks nothing.")
@given.set_option
@click.pass_obj
def approve_verb(
    session: Session,
    blueprint: str | None,
    until: datetime | None,
    lifetime: timedelta | None,
    only: tuple[str, ...],
    revoke: bool,
    listed: bool,
    values: tuple[tuple[str, str], ...],
) -> int:
    """Grant the exceptions that a blueprint asks for.

    Shows each with its reason and what it would mean, and asks. What is granted holds for this
    den, for the blueprint and its images exactly as they are now, and ends by itself.
    """
    end = given.lease(lifetime, until)
    if (listed and revoke) or ((listed or revoke) and (only or end)):
        raise click.UsageError("--list and --revoke stand alone")
    if blueprint is None and not listed:
        raise click.UsageError("say which blueprint; `--list` shows what is granted to all")
    with session.connected() as engine:
        if listed or blueprint is None:
            return _list(session, engine, blueprint)
        if revoke:
            return _revoke(session, engine, blueprint)
        return _approve(session, engine, blueprint, end, only, dict(values))


def _approve(
    session: Session,
    engine: Engine,
    blueprint: str,
    end: datetime | None,
    only: Sequence[str],
    values: dict[str, str],
) -> int:
    from sandboxctl.cli.carry import carry_plan, enter
    from sandboxctl.lifecycle import trust
    from sandboxctl.lifecycle.assemble import assemble

    loaded, _ = given.blueprint(engine.den, blueprint, None, values)
    name = loaded.blueprint.name
    if not loaded.blueprint.exceptions:
        show.say(session, f"{name} asks for no exception; `sandboxctl up` needs no approval.")
        show.facts(session, {"blueprint": name, "granted": []})
        return 0
    grants = trust.chosen(loaded.blueprint.exceptions, only)
    assembled = assemble(loaded)
    enter(session, engine)
    plan = trust.plan_looked_at(engine, assembled)
    if plan and (code := carry_plan(session, engine, plan, title=f"What {name} starts from")):
        return code
    approval = trust.granted(
        engine, assembled.recipe, grants, by=_me(), until=end or _end_of_today()
    )
    _show(session, assembled, approval)
    if not session.agreed(f"Grant {_counted(grants)} until {show.words(approval.until)}?"):
        show.aside(session, "Nothing was granted.")
        return 1
    _write(engine, approval)
    trust.forget_old(engine, approval.at)
    show.say(session, "Granted. Any change of the blueprint or of its images ends it, too.")
    show.facts(session, _row(session, approval))
    return 0


def _write(engine: Engine, approval: Approval) -> None:
    """Both or neither: nobody would answer for a grant that no ledger tells of."""
    from sandboxctl.errors import SandboxError
    from sandboxctl.lifecycle import ledger

    if not engine.lasts:
        engine.approvals.give(approval)
        return
    detail, given_ = approval.model_dump(mode="json"), False
    try:
        with ledger.writing(history.event(engine, "approve", "", approval.blueprint, **detail)):
            engine.approvals.give(approval)
            given_ = True
    except SandboxError:
        if given_:
            engine.approvals.take_back(approval.subject)
        raise


def _show(session: Session, assembled: Assembled, approval: Approval) -> None:
    """What would be granted, the supplier's reasons, and what each means."""
    from sandboxctl.blueprint.grants import is_root
    from sandboxctl.blueprint.risks import risk

    recipe = assembled.recipe
    show.aside(session, f"{recipe.title} ({recipe.blueprint}) asks for:")
    for asked in approval.grants:
        show.aside(session, "")
        show.aside(session, f"  {asked.service}: {asked.grant}")
        show.aside(session, f"    they say: {' '.join(asked.reason.split())}")
        show.aside(session, f"    it means: {risk(asked)}")
        if asked.kind == "cap" and not is_root(recipe.containers[asked.service].user):
            show.aside(session, "    (it does nothing: the service does not run as root)")
    _show_commands(session, assembled)
    show.aside(session, "")
    show.aside(session, f"Version {approval.subject[:12]}, with these images:")
    for name, content in approval.images.items():
        show.aside(session, f"  {name} ({content.removeprefix('sha256:')[:12]})")


def _show_commands(session: Session, assembled: Assembled) -> None:
    """What `run` would run, before any of it has."""
    commands = [command for build in assembled.builds for command in build.runs]
    if commands:
        show.aside(session, "")
        show.aside(session, "Commands that would run while images are made, and have not yet:")
    for command in commands:
        show.aside(session, f"  {' '.join(command.split())}")


def _list(session: Session, engine: Engine, blueprint: str | None) -> int:
    from sandboxctl import clock

    now = clock.now()
    found = [a for a in engine.approvals.known() if blueprint in (None, a.blueprint)]
    if not found and blueprint is not None:
        name = _named(engine, blueprint)
        found = [a for a in engine.approvals.known() if a.blueprint == name]
    rows = [{**_row(session, a), "ended": a.until <= now} for a in found]
    show.rows(session, rows, empty="Nothing is granted.")
    return 0


def _revoke(session: Session, engine: Engine, blueprint: str) -> int:
    from sandboxctl.cli.carry import enter

    known = engine.approvals.known()
    there = any(one.blueprint == blueprint for one in known)
    name = blueprint if there else _named(engine, blueprint)
    theirs = [one for one in known if one.blueprint == name]
    if theirs:
        enter(session, engine)
    for one in theirs:
        engine.approvals.take_back(one.subject)
    if theirs:
        taken = {"subjects": [one.subject for one in theirs]}
        history.remember(session, engine, "approve", "", f"{name}: revoked", **taken)
        show.aside(session, "What runs goes on; it is not reset, restarted or started again.")
    show.facts(session, {"blueprint": name, "revoked": sum(len(one.grants) for one in theirs)})
    return 0


def _named(engine: Engine, argument: str) -> str:
    """The name of a blueprint that is given by folder, file or name."""
    loaded, _ = given.blueprint(engine.den, argument, None, {})
    return loaded.blueprint.name


def _row(session: Session, approval: Approval) -> dict[str, show.Value]:
    grants: list[show.Value] = [
        {"service": one.service, "grant": one.grant, "reason": one.reason}
        if session.json
        else f"{one.service}: {one.grant}"
        for one in approval.grants
    ]
    more: dict[str, show.Value] = {"images": approval.images} if session.json else {}
    return {
        "blueprint": approval.blueprint,
        "version": approval.subject if session.json else approval.subject[:12],
        "granted": grants,
        **more,
        "by": approval.by,
        "at": approval.at,
        "until": approval.until,
    }


def _counted(grants: Sequence[Asked]) -> str:
    return "this exception" if len(grants) == 1 else f"these {len(grants)} exceptions"


def _me() -> str:
    from sandboxctl.lifecycle.ledger import me

    return me()


def _end_of_today() -> datetime:
    return given.until("00:00")
