"""Ways out: what a sandbox that is not well said last, and the commands that help."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from sandboxctl.cli import show
from sandboxctl.cli.called import command
from sandboxctl.cli.session import Session
from sandboxctl.cli.visible import uncoloured
from sandboxctl.errors import SandboxError

if TYPE_CHECKING:
    from sandboxctl.engine.protocol import Engine
    from sandboxctl.lifecycle.status import Status
    from sandboxctl.sandbox.state import Seen

LINES = 5
FULL = "DEN951"
"""The code of a sandbox that was stopped for what it wrote."""
KILLED = "it was killed (SIGKILL); somebody stopped it, or the machine ran out of memory"


def why(seen: Seen) -> str:
    """Why a service does not run, in words; empty while it does."""
    if seen.runs:
        return ""
    return KILLED if "SIGKILL" in seen.why else seen.why or seen.condition


def facts(session: Session, engine: Engine, status: Status) -> show.Row:
    """``last_words`` and ``next`` of what is in trouble; without trouble nothing for people."""
    ended = [seen.service for seen in status.services if not seen.runs]
    if status.state == "ready":
        return {"last_words": {}, "next": []} if session.json else {}
    said = {name: _last_words(engine, status.sandbox, name) for name in ended}
    found = _ways(status, ended)
    if session.json:
        return {"last_words": said, "next": [way for _, way in found]}
    told = [f"{name}: {text}" for name, lines in said.items() for text in lines]
    ways = [f"to {purpose}: {way}" for purpose, way in found]
    return {"last_words": told, "next": ways} if told else {"next": ways}


def _last_words(engine: Engine, sandbox: str, service: str) -> Sequence[str]:
    """Nothing if its container is gone, or keeps no log."""
    with suppress(SandboxError):
        heard = engine.logs(sandbox, service, tail=LINES, follow=False)
        return [text for _, said in heard if (text := uncoloured(said))]
    return []


def _ways(status: Status, ended: Sequence[str]) -> list[tuple[str, str]]:
    """(purpose, command), the one that loses least first."""
    name = status.sandbox
    if status.state == "not finished":
        return [
            ("begin again", command("up", "BLUEPRINT", "--name", name)),
            ("take away what was begun", command("down", name)),
        ]
    if status.state == "paused" and status.workshop:
        team = ["--team", status.team] if status.team else []
        return [("go on", command("workshop", "resume", status.workshop, *team))]
    keeps = "keep the data"
    back = ("go back to minute zero", command("reset", name))
    if not status.services:
        return [(keeps, command("up", status.blueprint, "--name", name)), back]
    if status.over:
        onward = ("let it go on, a tenth beyond what it wrote", command("restart", name))
        return [back, onward, ("know more", command("explain", FULL))]
    whole = len(ended) == len(status.services)
    again: list[list[str]] = [[]] if whole else [[service] for service in ended]
    return [(keeps, command("restart", name, *one)) for one in again] + [back]
