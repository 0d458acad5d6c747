"""Who may see a page: what somebody may not see is not there for them."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from flask import abort, g

from sandboxctl.console.console import Console
from sandboxctl.console.seen import Team

P = ParamSpec("P")
R = TypeVar("R")
ROOM = ("facilitator", "observer")


def console() -> Console:
    found: Console = g.console
    return found


def facilitator(page: Callable[P, R]) -> Callable[P, R]:
    """Only who runs the den."""
    return _only(page, lambda: g.visitor is not None and g.visitor.role == "facilitator")


def room(page: Callable[P, R]) -> Callable[P, R]:
    """Facilitators and observers."""
    return _only(page, lambda: g.visitor is not None and g.visitor.role in ROOM)


def handing_in(page: Callable[P, R]) -> Callable[P, R]:
    """Facilitators and suppliers."""
    return _only(page, lambda: g.visitor is not None and g.visitor.hands_in)


def _only(page: Callable[P, R], may: Callable[[], bool]) -> Callable[P, R]:
    @wraps(page)
    def asked(*args: P.args, **values: P.kwargs) -> R:
        if not may():
            abort(404)
        return page(*args, **values)

    return asked


def seen(sandbox: str) -> Team:
    """A team that this visitor may see; 404 for any other, there or not."""
    if g.visitor is None or not g.visitor.may_see(sandbox):
        abort(404)
    team = console().work.board.seen.teams.get(sandbox)
    if team is None:
        abort(404)
    return team


def changing(sandbox: str) -> Team:
    """The same, for a form: observers change nothing."""
    team = seen(sandbox)
    if not g.visitor.may_change(sandbox):
        abort(404)
    return team
