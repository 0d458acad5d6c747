"""`watch`: looks after a den until it is interrupted."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import TYPE_CHECKING

import click

from sandboxctl import clock
from sandboxctl.cli import show, stopping
from sandboxctl.cli.history import remember, remember_what_went_out
from sandboxctl.cli.session import Session, Verb
from sandboxctl.cli.trouble import FULL
from sandboxctl.cli.visible import as_json, visible
from sandboxctl.errors import EngineError, SandboxError

if TYPE_CHECKING:
    from sandboxctl.engine.protocol import Engine
    from sandboxctl.lifecycle.watch import Duty, Happened
    from sandboxctl.sandbox.disk import Wrote

TICK = 0.1
"""Seconds between two questions of how much is free: they cost nothing, and a look is due at
once where much was written."""
AGAIN = 5.0


class _Every(click.ParamType):  # type: ignore[type-arg]  # generic to mypy, not to click
    """Seconds as ``5s``."""

    name = "duration"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        try:
            seconds = clock.seconds(str(value))
        except (ValueError, OverflowError) as error:
            self.fail(f"{value!r} {error}", param, ctx)
        if not 1 <= seconds <= 3600:
            self.fail(f"{value!r} should be between 1s and 1h", param, ctx)
        return seconds


@click.command("watch", cls=Verb)
@click.option("--every", type=_Every(), default="5s", metavar="DURATION", help="Usually 5s.")
@click.option("--once", is_flag=True, help="One round, and show what services wrote.")
@click.option(
    "--trust-clock",
    is_flag=True,
    help="The clocks are right as they are now, though one was set.",
)
@click.pass_obj
def watch_verb(session: Session, every: float, once: bool, trust_clock: bool) -> int:
    """Look after the den: leases, restarts, spares, full disks.

    Takes away what is over, and says so before; starts again, with its data, what stopped with
    the engine or died; stops what writes more than its disk limit (storage_opt in its blueprint,
    2 GiB unless said); makes a spare for each that was taken. A clock that jumps takes nothing
    away. One command watches a den; it goes on when the engine was away.
    """
    if once:
        return _once(session, trust_clock)
    with stopping.said_by(lambda _: None):
        try:
            watch(session, every, threading.Event(), trusted=trust_clock)
        except KeyboardInterrupt:
            _say(session, "over", "", "nobody watches any more")
    return 0


def _once(session: Session, trusted: bool) -> int:
    from sandboxctl.lifecycle.duties import Duties
    from sandboxctl.lifecycle.watch import look

    duties = Duties(trusted=trusted, patience=None)
    with session.connected() as engine:
        _awake(session, engine)
        for happened in look(engine, duties.all(), clock.now()):
            _tell(session, engine, happened)
    rows = [_row(session, found) for found in duties.disks.last]
    show.rows(session, rows, empty="Nothing that keeps data is running.")
    return 0


def _awake(session: Session, engine: Engine) -> None:
    """The gateway runs, where there is a den: after a restart of the machine it may not."""
    pulse = engine.pulse()
    if pulse and not pulse.runs:
        engine.enter(lambda _: None)
        _say(session, "started", "", "the gateway started again")


def _row(session: Session, found: Wrote) -> show.Row:
    from sandboxctl.sandbox.disk import most_files, words

    def told(size: int) -> show.Value:
        return size if session.json else words(size)

    return {
        "sandbox": found.sandbox,
        "service": found.service,
        "wrote": told(found.size),
        "limit": told(found.limit),
        "files": found.files,
        "most_files": most_files(found.limit),
    }


def watch(session: Session, every: float, over: threading.Event, *, trusted: bool = False) -> None:
    """Until it is ``over``. An engine that does not answer at the first look is an error; later it
    is waited for, and then taken up again."""
    from sandboxctl.lifecycle.duties import Duties

    duties, known, away = Duties(trusted=trusted).all(), False, False
    while not over.is_set():
        try:
            with session.connected() as engine:
                _awake(session, engine)
                with _alone(engine):
                    _say(session, "back" if away else "watching", "", _begun(engine))
                    known, away = True, False
                    _rounds(session, engine, duties, every, over)
        except EngineError as error:
            if not known:
                raise
            if not away:
                _say(session, "away", "", f"the engine does not answer, and is waited for: {error}")
            away = True
            over.wait(AGAIN)


def _alone(engine: Engine) -> AbstractContextManager[None]:
    """The one that watches this den; SandboxError names another."""
    from sandboxctl.lifecycle.watch import LOCK, LOOKING

    holder = engine.holder(LOCK)
    if holder not in ("", LOOKING):
        raise SandboxError(
            f"the den {engine.den.name} is watched already, by {holder}",
            hint="One is enough. `sandboxctl watch --once` does one round beside it.",
            code="DEN952",
        )
    return engine.lock(LOCK, patience=2)


def _begun(engine: Engine) -> str:
    return f"the den {engine.den.name}; ^C ends it"


def _rounds(
    session: Session,
    engine: Engine,
    duties: Sequence[Duty],
    every: float,
    over: threading.Event,
) -> None:
    """Round after round, as long as the den is held: a line that was lost has let go of it."""
    from sandboxctl.lifecycle.watch import LOCK, look

    failing: set[Happened] = set()
    while not over.is_set():
        if not engine.holder(LOCK):
            raise EngineError("the den was let go of", hint="Run `sandboxctl watch` again.")
        free = engine.free()
        told: list[Happened] = []
        for happened in look(engine, duties, clock.now()):
            told.append(happened)
            if happened not in failing:
                _tell(session, engine, happened)
        failing = {one for one in told if one.event == "failed"}  # said once, not every round
        _wait(engine, every, free, over)


def _wait(engine: Engine, every: float, free: int | None, over: threading.Event) -> None:
    """Until the next look is due: in time, or because the disk fills up."""
    from sandboxctl.lifecycle.watch import JUMP

    end = time.monotonic() + every
    while (left := end - time.monotonic()) > 0:
        if over.wait(min(TICK, left)):
            return
        now = engine.free()
        if free is not None and now is not None and free - now > JUMP:
            return


def _tell(session: Session, engine: Engine, happened: Happened) -> None:
    over = happened.over
    numbers = over.model_dump(mode="json", exclude={"at", "stopped"}) if over else {}
    numbers |= {"code": FULL} if over else {}
    _say(session, happened.event, happened.sandbox, happened.words, **numbers)
    if happened.event == "ended":
        remember_what_went_out(session, engine, happened.sandbox, happened.went_out)
    remember(session, engine, "watch", happened.sandbox, happened.words, event=happened.event)


def _say(session: Session, event: str, sandbox: str, text: str, **more: object) -> None:
    """A line for everything that happened, at once: somebody may be reading along."""
    now: datetime = clock.now()
    if session.json:
        told = {"at": now.isoformat(), "event": event, "sandbox": sandbox, "words": text, **more}
        click.echo(as_json(told))
        return
    who = f"{sandbox}: " if sandbox else f"{event}: "
    click.echo(visible(f"{now.astimezone():%H:%M:%S}  {who}{text}"))
