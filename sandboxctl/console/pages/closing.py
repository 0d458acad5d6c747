"""The papers of a workshop: the sheet of links before it begins, and what stays once it is
closed."""

from __future__ import annotations

import secrets

from flask import Blueprint, Response, abort, g, redirect, render_template, request
from werkzeug.wrappers import Response as Answer

from sandboxctl.console.pages.rights import console, facilitator
from sandboxctl.console.pages.wall import cells_of, known
from sandboxctl.console.papers import Paper
from sandboxctl.console.seen import titled
from sandboxctl.report import pages
from sandboxctl.report.pages import Card

page = Blueprint("closing", __name__)


@page.get("/wall/<name>/sheet")
@facilitator
def sheet(name: str) -> Response:
    """Every team's link, to print and to cut apart."""
    workshop = known(name)
    cards = [
        Card(cell.name, cell.title, cell.seen.status.link, cell.seen.status.url)
        for cell in cells_of(workshop)
        if cell.seen and cell.seen.status.link
    ]
    here = console().work.den.gateway.bind.is_loopback
    zone = console().words.zone
    return _shown(pages.sheet(workshop.shown, cards, workshop.until, zone=zone, only_here=here))


@page.get("/wall/<name>/close")
@facilitator
def check(name: str) -> str | Answer:
    """What goes, what stays; and the one button that does it. Where it is under way, that."""
    workshop = known(name)
    for task in console().work.tasks.active:
        if task.workshop == name:
            return redirect(f"/tasks/{task.reference}", 303)
    teams = [cell.seen for cell in cells_of(workshop) if cell.seen]
    counted = [team.changed for team in teams if team.stateful]
    return render_template(
        "close.html.j2",
        workshop=workshop,
        changed=sum(one for one in counted if one is not None),
        unknown=None in counted,
        snapshots=sum(len(team.snapshots) for team in teams),
        hands=sum(team.hand is not None for team in teams),
        once=secrets.token_urlsafe(16),
    )


@page.post("/wall/<name>/close")
@facilitator
def carry_out(name: str) -> Answer:
    once = request.form.get("once", "")
    if not 0 < len(once) <= 100:
        abort(400)
    work = console().work
    before = [one for one in work.tasks.of(name) if one.once == once]
    if before:  # pressed twice: by then it may be gone
        return redirect(f"/tasks/{before[0].reference}", 303)
    title = known(name).shown
    task = work.tasks.submit("close", name, once=once, by=g.visitor.name, title=title)
    return redirect(f"/tasks/{task.reference}", 303)


@page.get("/closed/<paper>")
@facilitator
def closed(paper: str) -> str:
    found = _found(paper)
    teams = [(one, one.title or titled(one.name)) for one in found.evidence.teams]
    return render_template("closed.html.j2", paper=found, teams=teams)


@page.get("/closed/<paper>/all.zip")
@facilitator
def packed(paper: str) -> Response:
    found = _found(paper)
    answer = Response(found.packed(), mimetype="application/zip")
    answer.headers["Content-Disposition"] = f'attachment; filename="{found.name}.zip"'
    return answer


@page.get("/closed/<paper>/<file>")
@facilitator
def file(paper: str, file: str) -> Response:
    try:
        text = _found(paper).text(file)
    except (KeyError, OSError):
        abort(404)
    if file.endswith(".html"):
        return _shown(text)
    answer = Response(text, mimetype="application/json")
    answer.headers["Content-Disposition"] = f'attachment; filename="{paper}-{file}"'
    return answer


def _found(paper: str) -> Paper:
    found = console().work.papers.find(paper)
    if found is None:
        abort(404)
    return found


def _shown(text: str) -> Response:
    """A page that is made to be kept: it may load its own style, and nothing else."""
    g.policy = pages.policy()
    return Response(text, mimetype="text/html")
