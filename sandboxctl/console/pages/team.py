"""A team's page, and the ladder back when something went wrong: each rung says what it costs."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Any

from flask import Blueprint, abort, g, make_response, redirect, render_template, request
from werkzeug.wrappers import Response as Answer

from sandboxctl.console import faults
from sandboxctl.console.pages.rights import changing, console, seen
from sandboxctl.console.points import Point
from sandboxctl.console.seen import Team

page = Blueprint("team", __name__, url_prefix="/team/<sandbox>")
DONE = 5
"""Of what a team did, so many are shown."""


@page.get("")
def team(sandbox: str) -> str:
    return render_template("team.html.j2", **_facts(seen(sandbox)))


@page.get("/now")
def now(sandbox: str) -> Answer | tuple[str, int]:
    """The part of the page that changes; nothing where it has not."""
    found = seen(sandbox)
    text = render_template("team_now.html.j2", **_facts(found))
    return region(text)


@page.get("/wrong")
def wrong(sandbox: str) -> str:
    found = seen(sandbox)
    work = console().work
    at = console().now()
    *choices, start = work.points.of(found, at)
    return render_template("wrong.html.j2", choices=choices[:3], start=start, **_facts(found))


@page.get("/check/<name>")
def check(sandbox: str, name: str) -> str:
    """What is kept, what is lost, how long it takes; and the one button that does it."""
    found, point = _point(sandbox, name)
    return render_template(
        "check.html.j2",
        point=point,
        once=secrets.token_urlsafe(16),
        grace=console().work.den.grace,
        **_facts(found),
    )


@page.post("/check/<name>")
def carry_out(sandbox: str, name: str) -> Answer:
    found = changing(sandbox)
    point = console().work.points.find(found, name, console().now())
    once, live = _once(), request.form.get("live", "", type=str)
    work = console().work
    known = [one for one in work.jobs.of(sandbox) if one.once == once]
    if known:  # pressed twice: by then the point itself may be another one
        return redirect(f"/team/{sandbox}/jobs/{known[0].reference}", 303)
    if point is None or not live.isdecimal() or len(live) > 9:
        abort(404)
    job = work.jobs.submit(
        point.verb,
        sandbox,
        once=once,
        by=g.visitor.name,
        seen_generation=int(live),
        **point.args,
    )
    return redirect(f"/team/{sandbox}/jobs/{job.reference}", 303)


@page.post("/restart")
def restart(sandbox: str) -> Answer:
    found = changing(sandbox)
    return _submit(found, "restart")


@page.post("/keep")
def keep(sandbox: str) -> Answer:
    """What there is now, as a state to return to, named by the time."""
    found = changing(sandbox)
    at = console().now().astimezone(console().words.zone)
    return _submit(found, "snapshot", name=f"kept-{at:%H%M%S}")


@page.post("/hand")
def hand(sandbox: str) -> Answer:
    """The form says which it is: two people who call at once call once."""
    changing(sandbox)
    if request.form.get("hand") == "down":
        console().work.hands.lower_hand(sandbox, by=g.visitor.name)
    else:
        console().work.hands.raise_hand(sandbox, by=g.visitor.name)
    return redirect(f"/team/{sandbox}", 303)


@page.get("/learned")
def learned(sandbox: str) -> str:
    return render_template("learned.html.j2", **_facts(seen(sandbox)), missing=False)


@page.post("/learned")
def write_learned(sandbox: str) -> Answer | tuple[str, int]:
    found = changing(sandbox)
    given = request.form.get("text", "")
    text = "".join(one for one in given if one.isprintable() or one == "\n").strip()
    if not 0 < len(text) <= NOTE:
        return render_template("learned.html.j2", **_facts(found), missing=True, text=text), 422
    console().work.hands.note(text, workshop=found.workshop, sandbox=sandbox, by=g.visitor.name)
    return redirect(f"/team/{sandbox}/wrong#kept", 303)


NOTE = 1_000
"""Characters of what a team writes down at once."""


@page.get("/break")
def break_it(sandbox: str) -> str:
    return render_template(
        "break.html.j2", kinds=faults.KINDS, once=secrets.token_urlsafe(16), **_facts(seen(sandbox))
    )


@page.post("/break")
def broken(sandbox: str) -> Answer:
    found = changing(sandbox)
    kind, _, service = request.form.get("what", "").partition(" ")
    if kind not in faults.KINDS or service not in found.services:
        abort(404)
    return _submit(found, "fault", kind=kind, service=service)


def region(text: str) -> Answer:
    """A part of a page that is asked for again and again: 304 where it is the same."""
    answer = make_response(text)
    answer.add_etag()
    return answer.make_conditional(request)


def _submit(team: Team, verb: Any, **args: Any) -> Answer:
    job = console().work.jobs.submit(
        verb, team.sandbox, once=_once(), by=g.visitor.name, seen_generation=team.live, **args
    )
    return redirect(f"/team/{team.sandbox}/jobs/{job.reference}", 303)


def _once() -> str:
    once = request.form.get("once", "")
    if not 0 < len(once) <= 100:
        abort(400)
    return once


def _point(sandbox: str, name: str) -> tuple[Team, Point]:
    found = seen(sandbox)
    point = console().work.points.find(found, name, console().now())
    if point is None:
        abort(404)
    return found, point


def _facts(team: Team) -> dict[str, Any]:
    work, at = console().work, console().now()
    until = team.status.until
    mine = work.jobs.of(team.sandbox, most=DONE * 3, since=team.status.since)
    jobs = [one for one in mine if one.over]
    everybody = [one for one in work.board.seen.teams.values() if one.sandbox != team.sandbox]
    return {
        "team": team,
        "left": (until - at) if until else None,
        "soon": until is not None and until - at < timedelta(minutes=15),
        "jobs": jobs[:DONE],
        "down": [one for one in team.status.services if not one.runs],
        "paused": team.status.state == "paused",
        "others_too": any(one.status.state == "in trouble" for one in everybody),
        "engine": work.board.seen.engine,
        "version": work.board.seen.version,
        "may_change": g.visitor.may_change(team.sandbox),
        "once_now": secrets.token_urlsafe(16),
    }
