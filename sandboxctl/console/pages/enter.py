"""Coming in: a link is shown, and a button exchanges it for a session. Who only looks at a link (a
scanner of mail, a preview) has not used it."""

from __future__ import annotations

import hmac

from flask import Blueprint, Response, abort, g, make_response, redirect, render_template, request
from werkzeug.wrappers import Response as Answer

from sandboxctl.console.access import SESSION
from sandboxctl.console.pages.access import tell
from sandboxctl.console.pages.rights import console
from sandboxctl.console.seen import digest
from sandboxctl.sandbox import ticket

page = Blueprint("enter", __name__)
NOBODY = "0" * 64
"""Compared with where there is no key: what was begun and never became ready has none yet."""


@page.get("/enter/<token>")
def link(token: str) -> str:
    if console().access.invited(token) is None:
        abort(404)
    return render_template("enter.html.j2", to="/enter", fields={"token": token}, team=None)


@page.post("/enter")
def enter() -> Answer:
    session = console().access.enter(request.form.get("token", ""))
    return _in(session, "/")


@page.get("/team/<sandbox>/enter/<key>")
def team_link(sandbox: str, key: str) -> str:
    if not _opens(sandbox, key):
        abort(404)
    return _team(sandbox, {"key": key})


@page.get("/team/<sandbox>/from/<seconds>/<random>/<mac>")
def from_gateway(sandbox: str, seconds: str, random: str, mac: str) -> str | Answer:
    """From ``/_den`` on the sandbox's own address."""
    shown = f"{seconds}/{random}/{mac}"
    if g.visitor is not None and g.visitor.may_see(sandbox):
        return redirect(f"/team/{sandbox}", 303)
    if not _is_ticket(sandbox, shown):
        abort(404)
    return _team(sandbox, {"ticket": shown})


@page.post("/team/<sandbox>/enter")
def enter_team(sandbox: str) -> Answer:
    key, shown = request.form.get("key", ""), request.form.get("ticket", "")
    good = _opens(sandbox, key) if key else _is_ticket(sandbox, shown)
    team = console().work.board.seen.teams.get(sandbox)
    if team is None or not team.key or not good or (not key and not console().access.spend(shown)):
        abort(404)
    return _in(console().access.enter_team(sandbox, team.key), f"/team/{sandbox}")


@page.post("/leave")
def leave() -> Answer:
    if ended := console().access.end(g.visitor.visit):
        tell(ended, "left", g.visitor.name)
    answer = redirect("/", 303)
    answer.delete_cookie(
        console().cookie, path="/", secure=console().tls, httponly=True, samesite="Strict"
    )  # browsers believe nothing of a `__Host-` cookie without `secure`
    return answer


def _in(session: str | None, onward: str) -> Answer:
    if session is None:
        abort(404)
    came = console().access.visitor(session)
    if came is not None:
        tell(came, "came in", came.name)
    answer: Response = make_response(redirect(onward, 303))
    answer.set_cookie(
        console().cookie,
        session,
        max_age=SESSION,
        path="/",
        secure=console().tls,
        httponly=True,
        samesite="Strict",
    )
    return answer


def _team(sandbox: str, fields: dict[str, str]) -> str:
    team = console().work.board.seen.teams.get(sandbox)
    if team is None:
        abort(404)
    return render_template("enter.html.j2", to=f"/team/{sandbox}/enter", fields=fields, team=team)


def _opens(sandbox: str, key: str) -> bool:
    """Whether it is the key of this sandbox; it takes as long where there is no such sandbox."""
    team = console().work.board.seen.teams.get(sandbox)
    wanted = team.key if team else ""
    same = hmac.compare_digest(wanted or NOBODY, digest(key) or "none")
    return bool(wanted) and same


def _is_ticket(sandbox: str, shown: str) -> bool:
    now = console().now().timestamp()
    return ticket.is_good(console().work.secret(), sandbox, shown, now)
