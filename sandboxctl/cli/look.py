"""`ls` and `status`: what is there. Neither changes anything."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import timedelta
from typing import TYPE_CHECKING

import click

from sandboxctl.cli import exceptions, show, spare, trouble
from sandboxctl.cli.called import command
from sandboxctl.cli.session import Session, Verb, sandboxes
from sandboxctl.cli.visible import keep_secret

if TYPE_CHECKING:
    from sandboxctl.lifecycle.status import Status
    from sandboxctl.lifecycle.went_out import WentOut
    from sandboxctl.sandbox.state import Aside, Beside, Seen


@click.command("ls", cls=Verb)
@click.pass_obj
def ls_verb(session: Session) -> None:
    """List the sandboxes of the den.

    Addresses stand here without their keys, so that the list may be shown to a room.
    """
    with session.connected() as engine:
        from sandboxctl import clock
        from sandboxctl.lifecycle.status import overview

        found = overview(engine, now=clock.now())
    empty = "No sandboxes. `sandboxctl up BLUEPRINT` starts one; `sandboxctl demo` shows how."
    show.rows(session, [_short(session, status) for status in found], empty=empty)
    if found:
        show.aside(session, f"`{command('open', 'N', '--print')}` gives a team's link.")


def _short(session: Session, status: Status) -> show.Row:
    return {
        "sandbox": status.sandbox,
        "blueprint": status.blueprint,
        **_state(session, status),
        **(_numbers(status) if session.json else _words(status)),
        "url": status.url,
    }


def _state(session: Session, status: Status) -> show.Row:
    """With the reason, where it was stopped for what it wrote."""
    why = str(status.over) if status.over else None
    if session.json:
        return {"state": status.state, "stopped_because": why}
    return {"state": f"{status.state}: {why}" if why else status.state}


def _numbers(status: Status) -> show.Row:
    return {
        "running": sum(seen.runs for seen in status.services),
        "services": len(status.services),
        "left_seconds": status.left.total_seconds() if status.left is not None else None,
    }


def _words(status: Status) -> show.Row:
    running = f"{sum(seen.runs for seen in status.services)} of {len(status.services)} run"
    begun = status.state == "not finished"
    services = "begun, never became ready" if begun else running
    return {"services": services, "left": _left(status.left)}


def _left(left: timedelta | None) -> show.Value:
    """How long it may live; where that is little, so that it is seen."""
    from sandboxctl.sandbox.lease import WARNINGS

    soon = left is not None and timedelta() < left <= WARNINGS[0]
    return f"ends in {show.words(left)}" if soon else left


@click.command("status", cls=Verb)
@click.argument("sandbox", metavar="N", shell_complete=sandboxes)
@click.pass_obj
def status_verb(session: Session, sandbox: str) -> None:
    """Explain how a sandbox is.

    Each service with its reason in words; where one died, why.
    """
    with session.connected() as engine:
        from sandboxctl import clock
        from sandboxctl.lifecycle.status import status
        from sandboxctl.lifecycle.went_out import went_out

        keep_secret(engine.known(sandbox))
        now = status(engine, sandbox, now=clock.now())
        outward = _went_out(session, went_out(engine, sandbox))
        show.facts(
            session, {**_long(session, now), **outward, **trouble.facts(session, engine, now)}
        )


def _long(session: Session, status: Status) -> show.Row:
    services: list[show.Value] = [_service(session, seen) for seen in status.services]
    numbers = {key: value for key, value in _numbers(status).items() if key != "services"}
    row: dict[str, show.Value] = {
        "sandbox": status.sandbox,
        "title": status.title,
        "blueprint": status.blueprint,
        **({"workshop": status.workshop} if status.workshop or session.json else {}),
        **_state(session, status),
        "url": status.url,
        "link": status.link,
        "services": services,
        **exceptions.facts(session, status.exceptions),
        "generation": status.generation,
        "since": status.since,
        "lease_until": status.until,
        **(numbers if session.json else {"left": _left(status.left)}),
        **_comes_back(session, status),
        **spare.facts(session, status),
        **_happened(session, status),
        "resets": status.resets,
        "leftovers": _leftovers(status.leftovers) if not session.json else status.leftovers,
    }
    return row


def _comes_back(session: Session, status: Status) -> dict[str, show.Value]:
    """What was put aside and can be returned to; for people only where there is something."""
    if session.json:
        told: list[show.Value] = [
            {
                "generation": one.generation,
                "replaced_by": one.why,
                "since": one.since,
                "until": one.until,
                "return": _return(status.sandbox, one, n),
            }
            for n, one in enumerate(status.asides)
        ]
        told += [
            {
                "service": name,
                "replaced_by": "undo" if one.undone else "reset",
                "since": one.since,
                "until": one.until,
                "return": return_beside(status.sandbox, name, one),
            }
            for name, one in sorted(status.beside.items())
        ]
        return {"comes_back": told}
    words: list[show.Value] = [
        f"generation {one.generation}, replaced by {one.why} on {show.words(one.since)}, until "
        f"{show.words(one.until)}: `{_return(status.sandbox, one, n)}`"
        for n, one in enumerate(status.asides)
    ]
    words += [
        f"{name}, replaced on {show.words(one.since)}, until {show.words(one.until)}: "
        f"`{return_beside(status.sandbox, name, one)}`"
        for name, one in sorted(status.beside.items())
    ]
    return {"comes_back": words} if words else {}


def _return(sandbox: str, aside: Aside, number: int) -> str:
    """The command that returns to it: an undo is not undone by another."""
    if number == 0 and aside.why != "undo":
        return command("reset", sandbox, "--undo")
    return command("restore", sandbox, f"auto-{aside.generation}")


def return_beside(sandbox: str, service: str, one: Beside) -> str:
    """The same of one service that was replaced in its place."""
    if one.undone:
        return command("restore", sandbox, f"auto-{service}")
    return command("reset", sandbox, "--service", service, "--undo")


def _happened(session: Session, status: Status) -> dict[str, show.Value]:
    """What nobody asked for; for people only where there was such."""
    if session.json:
        return {"happened": [{"at": one.at, "what": one.words} for one in status.happened]}
    told: list[show.Value] = [f"{show.words(one.at)}: {one.words}" for one in status.happened]
    return {"happened": told} if told else {}


def _service(session: Session, seen: Seen) -> show.Value:
    if session.json:
        return {
            "service": seen.service,
            "condition": seen.condition,
            "why": trouble.why(seen),
            "image": seen.image,
        }
    if seen.condition == "paused":
        return f"{seen.service}: paused"
    return f"{seen.service}: {'OK, runs' if seen.runs else f'FAILED, {trouble.why(seen)}'}"


def _went_out(session: Session, found: Sequence[WentOut]) -> show.Row:
    """What its services asked for outside; nothing for people where none may go out."""
    if session.json:
        return {"went_out": [asdict(one) for one in found]}
    return {"went out": [str(one) for one in found]} if found else {}


def _leftovers(number: int) -> str:
    if not number:
        return "none"
    which = "1 generation that" if number == 1 else f"{number} generations that"
    return f"{which} nobody needs; the next `up`, `reset` or `down` clears up"
