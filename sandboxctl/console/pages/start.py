"""Where somebody comes in: a team at its page, who runs the den at what there is."""

from __future__ import annotations

from flask import Blueprint, Response, g, redirect, render_template
from werkzeug.wrappers import Response as Answer

from sandboxctl.console.pages.rights import console

page = Blueprint("start", __name__)
CLOSED = 20
"""Of the workshops that are closed, so many are shown."""


@page.get("/")
def start() -> str | Answer:
    if g.visitor is None:
        return render_template("outside.html.j2")
    if g.visitor.role == "team":
        return redirect(f"/team/{g.visitor.sandbox}", 303)
    if g.visitor.role == "supplier":
        return redirect("/desk", 303)
    seen = console().work.board.seen
    alone = [one for one in seen.teams.values() if not one.workshop]
    work, runs = console().work, g.visitor.role == "facilitator"
    return render_template(
        "start.html.j2",
        seen=seen,
        alone=alone,
        runs=runs,
        tasks=work.tasks.active if runs else (),
        papers=work.papers.all()[:CLOSED] if runs else (),
    )


@page.get("/robots.txt")
def robots() -> Response:
    return Response("User-agent: *\nDisallow: /\n", mimetype="text/plain")
