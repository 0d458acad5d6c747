"""`rehearse`: the day in small, before the day."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sandboxctl.cli import given, show
from sandboxctl.cli.history import remember
from sandboxctl.cli.session import Session, Verb, blueprints
from sandboxctl.cli.visible import keep_secret

if TYPE_CHECKING:
    from sandboxctl.blueprint.load import Loaded
    from sandboxctl.engine.protocol import Engine
    from sandboxctl.sandbox.rehearsal import Receipt

MOST = 10
"""Teams: a rehearsal is small."""
MEBIBYTE = 1024 * 1024


@click.command("rehearse", cls=Verb)
@click.argument("blueprint", shell_complete=blueprints)
@click.option("--teams", type=click.IntRange(1, MOST), default=1, help="How many at once.")
@click.option(
    "--receipt",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where the receipt goes; rehearsal-NAME.json unless said.",
)
@given.set_option
@given.secret_option
@click.pass_obj
def rehearse_verb(
    session: Session,
    blueprint: str,
    teams: int,
    receipt: Path | None,
    values: tuple[tuple[str, str], ...],
    secrets: tuple[tuple[str, str], ...],
) -> int:
    """Rehearse a day: up, break, reset, undo, close, twice.

    Nothing of it may need the network, and both times have to be the same. What it took is what
    `plan` counts with afterwards; the receipt can be sent along with the blueprint.
    """
    from sandboxctl.cli.board import board
    from sandboxctl.cli.carry import enter
    from sandboxctl.lifecycle.rehearse import rehearse
    from sandboxctl.lifecycle.rehearsed import VERB, facts

    began = time.monotonic()
    with session.connected() as engine:

        def load(name: str) -> Loaded:
            return given.blueprint(engine.den, blueprint, name, dict(values))[0]

        first = load("rehearsal-1")  # every problem of it, before anything is made
        _runs(engine)
        where = receipt or Path(f"rehearsal-{first.blueprint.name}.json")
        fresh = not where.exists()
        _writable(where)
        keep_secret({name: [value] for name, value in secrets})
        enter(session, engine)
        try:
            with board(session, title=f"Rehearsing {blueprint}") as tell:
                seen = rehearse(engine, load, teams, tell, dict(secrets))
        except BaseException:
            if fresh:  # a receipt of nothing
                where.unlink(missing_ok=True)
            raise
        outcome = "passed" if seen.passed else f"{len(seen.problems)} problems"
        remember(session, engine, VERB, "", outcome, **facts(seen))
    where.write_text(seen.model_dump_json(indent=2) + "\n", encoding="utf-8")
    _tell(session, seen, where, time.monotonic() - began)
    return 0 if seen.passed else 1


def _runs(engine: Engine) -> None:
    """Where nothing runs, nothing breaks, and times and memory are those of nothing."""
    from sandboxctl.engine.memory import MemoryEngine
    from sandboxctl.errors import SandboxError

    if type(engine) is MemoryEngine:  # one that plays its services is another class
        raise SandboxError(
            "a den in memory runs nothing, so there is nothing to rehearse",
            hint="Rehearse on the engine of the day: without `-H memory`, or with its address. "
            "`sandboxctl plan` shows the steps on any.",
        )


def _writable(where: Path) -> None:
    """Known before minutes are spent on what it shall hold."""
    from sandboxctl.errors import SandboxError

    try:
        where.open("a", encoding="utf-8").close()
    except OSError as error:
        raise SandboxError(
            f"the receipt {where} cannot be written: {error.strerror}",
            hint="Look at its folder, or name another file: --receipt FILE.",
        ) from None


def _tell(session: Session, seen: Receipt, where: Path, seconds: float) -> None:
    passed = "It went the same both times" if seen.passed else "It did NOT go well"
    show.say(session, f"{seen.name}, {seen.teams} at once: {passed}.")
    mean = {
        verb: [getattr(one, verb) for one in seen.rounds]
        for verb in ("up", "reset", "undo", "close")
    }
    took: list[show.Value] = [
        f"{verb}: {' and '.join(f'{value:.1f} s' for value in times)}"
        for verb, times in mean.items()
    ]
    memory = {name: size for one in seen.rounds for name, size in one.memory.items()}
    used: list[show.Value] = [f"{name}: {size // MEBIBYTE} MiB" for name, size in memory.items()]
    show.facts(
        session,
        {
            "blueprint": seen.blueprint,
            "recipe": seen.recipe,
            "data": seen.data or "none",
            "took": took if not session.json else {k: list(v) for k, v in mean.items()},
            "memory": used if not session.json else dict(memory),
            "problems": list(seen.problems),
            "receipt": str(where),
            "seconds": round(seconds, 1),
        },
    )
