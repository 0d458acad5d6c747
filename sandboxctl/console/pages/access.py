"""Who may come in: who is in, since when, and what ends that; and links for others."""

from __future__ import annotations

from typing import cast

from flask import Blueprint, abort, g, redirect, render_template, request
from werkzeug.wrappers import Response as Answer

from sandboxctl.console.access import Role, Visit, Visitor
from sandboxctl.console.pages.rights import console, facilitator

page = Blueprint("access", __name__, url_prefix="/access")
INVITED = ("facilitator", "observer", "supplier")


@page.get("")
@facilitator
def who() -> str:
    return render_template("access.html.j2", **_facts())


@page.post("/end")
@facilitator
def end() -> Answer:
    """One session; one that is over already stays so."""
    given = request.form.get("visit", "")
    if not (given.isdecimal() and len(given) < 16):
        abort(404)
    if ended := console().access.end(int(given)):
        tell(ended, "ended", g.visitor.name)
    return redirect("/access", 303)


@page.get("/end-others")
@facilitator
def check_others() -> str:
    return render_template("access_end.html.j2", **_facts())


@page.post("/end-others")
@facilitator
def end_others() -> Answer:
    for ended in console().access.end_others(g.visitor.visit):
        tell(ended, "ended", g.visitor.name)
    return redirect("/access", 303)


@page.post("/link")
@facilitator
def link() -> str:
    """Shown once: only its digest is kept."""
    role = request.form.get("role", "")
    if role not in INVITED:
        abort(404)
    token = console().access.invite(cast("Role", role))
    console().work.visit("", "link made", g.visitor.name, {"role": role})
    origin = console().url or request.host_url.rstrip("/")
    return render_template("access_link.html.j2", role=role, link=f"{origin}/enter/{token}")


def tell(of: Visit | Visitor, what: str, who: str) -> None:
    """The ledger, by the number of a session: nothing in it opens anything."""
    number = of.number if isinstance(of, Visit) else of.visit
    console().work.visit(of.sandbox, what, who, {"role": of.role, "visit": number})


def _facts() -> dict[str, object]:
    """Without those of a team whose key was replaced: they are over."""
    seen = console().work.board.seen
    keys = {name: team.key for name, team in seen.teams.items()}
    there = [
        one
        for one in console().access.visits()
        if one.role != "team" or keys.get(one.sandbox, one.key) == one.key
    ]
    titles = {name: team.title for name, team in seen.teams.items()}
    return {
        "visits": there,
        "titles": titles,
        "unused": console().access.unused,
        "invited": INVITED,
    }
