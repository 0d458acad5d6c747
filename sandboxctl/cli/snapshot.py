"""`snapshot` and `restore`: state that is kept on purpose, and the way back to it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import click
from click.shell_completion import CompletionItem

from sandboxctl.cli import given, show
from sandboxctl.cli.called import command
from sandboxctl.cli.history import remember, remember_what_went_out
from sandboxctl.cli.session import Session, Verb, sandboxes, snapshots
from sandboxctl.cli.up import PATIENCE, known_to
from sandboxctl.cli.visible import keep_secret

if TYPE_CHECKING:
    from sandboxctl.engine.protocol import Engine
    from sandboxctl.lifecycle.snapshot import Kept

TAKE = "take"


class _Group(click.Group):
    """What is no command of its own is the sandbox to take one of."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        own = args[0] in self.commands or args[0].startswith("-")
        return super().resolve_command(ctx, args if own else [TAKE, *args])

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        from sandboxctl.cli import complete

        return [
            *complete.asked("sandboxes", ctx, incomplete),
            *super().shell_complete(ctx, incomplete),
        ]


@click.group("snapshot", cls=_Group, options_metavar="", subcommand_metavar="N [NAME]")
def snapshot_verb() -> None:
    """Keep a sandbox's state, to return to it.

    `sandboxctl snapshot N NAME` takes one: all services stand still for a moment, and what they
    have on disk is kept. `sandboxctl snapshot N` lists what there is.
    """


@snapshot_verb.command(TAKE, cls=Verb)
@click.argument("sandbox", metavar="N", shell_complete=sandboxes)
@click.argument("name", metavar="[NAME]", required=False)
@click.pass_obj
def take_verb(session: Session, sandbox: str, name: str | None) -> int:
    """Take a snapshot; without a NAME, list those there are.

    What a service holds in memory alone is not in it. A sandbox has up to five.
    """
    from sandboxctl import clock
    from sandboxctl.cli.board import board
    from sandboxctl.cli.carry import enter, failures
    from sandboxctl.lifecycle.reset import known
    from sandboxctl.lifecycle.snapshot import plan_snapshot, take

    if name is None:
        return _list(session, sandbox)
    began = time.monotonic()
    with session.connected() as engine:
        known(engine.observe(sandbox))
        enter(session, engine)
        with engine.lock(sandbox, patience=PATIENCE):
            keep_secret(engine.known(sandbox))
            plan = plan_snapshot(engine, sandbox, name, now=clock.now())
            with board(session, plan, title=f"{sandbox} as {name}") as tell:
                failed = take(engine, plan, tell)
            code = failures(session, failed)
            outcome = f"failed ({code})" if code else name
            remember(session, engine, "snapshot", sandbox, outcome)
        if code == 0:
            _tell(session, engine, sandbox, name, time.monotonic() - began)
    return code


def _tell(session: Session, engine: Engine, sandbox: str, name: str, seconds: float) -> None:
    from sandboxctl.lifecycle.reset import known

    record = known(engine.observe(sandbox))
    images = next(one.images for one in record.snapshots if one.name == name)
    others = sorted(engine.recipe(record.recipe).containers.keys() - images.keys())
    not_kept: list[show.Value] = [f"{one}: it keeps nothing on disk" for one in others]
    show.say(session, f"{sandbox} can return to {name}.")
    show.facts(
        session,
        {
            "sandbox": sandbox,
            "snapshot": name,
            "generation": record.live,
            "seconds": round(seconds, 2),
            "kept": [f"what {one} has on disk" for one in sorted(images)],
            "not_kept": ["what any service held in memory or under /tmp", *not_kept],
            "return": command("restore", sandbox, name),
        },
    )


@snapshot_verb.command("ls", cls=Verb)
@click.argument("sandbox", metavar="N", shell_complete=sandboxes)
@click.pass_obj
def ls_verb(session: Session, sandbox: str) -> int:
    """List what a sandbox can return to, newest first.

    Those named auto-… are what a reset, a restore or a changed blueprint put aside by itself.
    """
    return _list(session, sandbox)


def _list(session: Session, sandbox: str) -> int:
    from sandboxctl import clock
    from sandboxctl.lifecycle.snapshot import kept

    now = clock.now()
    with session.connected() as engine:
        rows: list[show.Row] = []
        for one in kept(engine, sandbox, now=now):
            left = one.until - now if one.until else None
            rows.append(
                {
                    "snapshot": one.name,
                    "taken": one.at,
                    "of_generation": one.generation,
                    "data_of": list(one.services),
                    "why": _why(session, one),
                    **({"until": one.until} if session.json else {}),
                    "left": left if session.json or left else "as long as the sandbox",
                    "return": command("restore", sandbox, one.name),
                }
            )
    empty = f"{sandbox} has none. `{command('snapshot', sandbox)} NAME` takes one."
    show.rows(session, rows, empty=empty)
    return 0


def _why(session: Session, one: Kept) -> show.Value:
    if session.json:
        return one.why
    return f"put aside by {one.why}" if one.why else "taken by somebody"


@snapshot_verb.command("rm", cls=Verb)
@click.argument("sandbox", metavar="N", shell_complete=sandboxes)
@click.argument("name", shell_complete=snapshots)
@click.pass_obj
def rm_verb(session: Session, sandbox: str, name: str) -> int:
    """Remove a snapshot; its sandbox stays as it is."""
    from sandboxctl.cli.carry import carry_plan, enter
    from sandboxctl.lifecycle.snapshot import plan_forget

    with session.connected() as engine:
        plan_forget(engine, sandbox, name)
        enter(session, engine)
        with engine.lock(sandbox, patience=PATIENCE):
            plan = plan_forget(engine, sandbox, name)
            code = carry_plan(session, engine, plan, title=f"Removing {name} of {sandbox}")
            outcome = f"failed ({code})" if code else name
            remember(session, engine, "snapshot rm", sandbox, outcome)
    if code == 0:
        show.facts(session, {"sandbox": sandbox, "removed": name})
    return code


@click.command("restore", cls=Verb)
@click.argument("sandbox", metavar="N", shell_complete=sandboxes)
@click.argument("name", shell_complete=snapshots)
@given.secret_option
@click.pass_obj
def restore_verb(
    session: Session, sandbox: str, name: str, secrets: tuple[tuple[str, str], ...]
) -> int:
    """Return to a snapshot.

    The next generation begins with what the snapshot holds; the old one serves until that is
    ready. What was entered since is kept for half an hour, and `reset N --undo` brings it back.
    """
    from sandboxctl import clock
    from sandboxctl.cli.carry import carry, enter
    from sandboxctl.cli.reset import tell
    from sandboxctl.lifecycle.reset import known
    from sandboxctl.lifecycle.snapshot import plan_restore
    from sandboxctl.lifecycle.went_out import went_out

    began = time.monotonic()
    with session.connected() as engine:
        known(engine.observe(sandbox))
        enter(session, engine)
        with engine.lock(sandbox, patience=PATIENCE):
            given_now = dict(secrets)
            proposal = plan_restore(engine, sandbox, name, now=clock.now(), given=given_now)
            keep_secret(known_to(engine, proposal))
            outward = went_out(engine, sandbox)
            code = carry(session, engine, proposal, title=f"{sandbox} back to {name}")
            outcome = f"failed ({code})" if code else name
            took = {} if code else {"seconds": round(time.monotonic() - began, 2)}
            remember(session, engine, "restore", sandbox, outcome, lost=list(proposal.lost), **took)
            remember_what_went_out(session, engine, sandbox, outward)
            if code:
                return code
            answered = engine.fetch(sandbox).status
        tell(session, engine, proposal, time.monotonic() - began, answered, back_to=name)
    return 0 if answered < 500 else 1
