"""The wall: all teams of a workshop at a glance, and what can be done for one or all of them."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from flask import Blueprint, abort, g, redirect, render_template, request
from werkzeug.wrappers import Response as Answer

from sandboxctl.console.pages.rights import console, facilitator, room
from sandboxctl.console.pages.team import region
from sandboxctl.console.seen import Team, titled
from sandboxctl.console.steps import Verb
from sandboxctl.report import picture
from sandboxctl.report.pictured import pictured, text
from sandboxctl.workshop.record import Workshop

page = Blueprint("wall", __name__, url_prefix="/wall/<name>")
TEXT = 500
ALL = ("reset", "extend", "pause", "resume")


@dataclass(frozen=True, slots=True)
class Cell:
    """A team on the wall; ``seen`` None where nothing of it is there."""

    name: str
    title: str
    sandbox: str
    seen: Team | None

    @property
    def state(self) -> str:
        """A key of words; a job that is under way says more than what it changes."""
        if self.seen is None:
            return "absent"
        if self.seen.job is not None:
            return "working"
        return self.seen.status.state.replace(" ", "_")


@page.get("")
@room
def wall(name: str) -> str:
    work = console().work
    if name not in work.board.seen.workshops and (paper := work.papers.of(name)):
        return render_template("wall_closed.html.j2", paper=paper, may_open=_runs())
    return render_template("wall.html.j2", **_facts(known(name)))


@page.get("/now")
@room
def now(name: str) -> Answer:
    return region(render_template("wall_now.html.j2", **_facts(known(name))))


@page.get("/teams/<team>")
@room
def one(name: str, team: str) -> str:
    workshop = known(name)
    cell = _cell(workshop, team)
    return render_template(
        "wall_team.html.j2", cell=cell, drawing=_drawing(cell), **_facts(workshop)
    )


@page.get("/teams/<team>/now")
@room
def one_now(name: str, team: str) -> Answer:
    """Its picture, with how each service is."""
    return region(
        render_template("wall_team_now.html.j2", drawing=_drawing(_cell(known(name), team)))
    )


def _cell(workshop: Workshop, team: str) -> Cell:
    found = next((cell for cell in cells_of(workshop) if cell.name == team), None)
    if found is None:
        abort(404)
    return found


def _drawing(cell: Cell) -> tuple[str, str] | None:
    """As SVG, and the same as text; None where there is nothing to draw."""
    recipe = console().work.board.recipe(cell.seen.recipe) if cell.seen else None
    if cell.seen is None or recipe is None:
        return None
    facts = pictured(recipe, None, cell.seen.status.services)
    return picture.drawn(facts), text(facts)


@page.get("/all/<verb>")
@facilitator
def check_all(name: str, verb: str) -> str:
    """What would be done for all, or for the one ``team`` that is asked for; a button does it."""
    workshop = known(name)
    if verb not in ALL or workshop.closing:
        abort(404)
    facts, only = _facts(workshop), request.args.get("team", "")
    found = [cell for cell in cells_of(workshop) if cell.name == only and cell.seen]
    if only and not found:
        abort(404)
    return _asked(verb, found[0] if found else None, facts)


def _asked(
    verb: str, alone: Cell | None, facts: dict[str, object], *, missing: bool = False
) -> str:
    cells = [alone] if alone else facts["cells"]
    assert isinstance(cells, list)
    counted = [cell.seen.changed for cell in cells if cell.seen and cell.seen.stateful]
    known = [one for one in counted if one is not None]
    return render_template(
        "wall_all.html.j2",
        verb=verb,
        once=secrets.token_urlsafe(16),
        alone=alone,
        missing=missing,
        changed=sum(known) if len(known) == len(counted) else None,
        **facts,
    )


@page.post("/all/<verb>")
@facilitator
def do_all(name: str, verb: str) -> Answer | tuple[str, int]:
    workshop = known(name)
    once = request.form.get("once", "")
    if verb not in ALL or workshop.closing or not 0 < len(once) <= 100:
        abort(404)
    chosen = [team for team in request.form.getlist("team") if team in workshop.teams]
    if not chosen:
        return _asked(verb, None, _facts(workshop), missing=True), 422
    more = {"minutes": _minutes()} if verb == "extend" else {}
    work = console().work
    work.for_all(
        cast("Verb", verb),
        workshop,
        chosen,
        once=once,
        by=g.visitor.name,
        **more,
    )
    return redirect(f"/wall/{name}", 303)


@page.post("/say")
@facilitator
def say(name: str) -> Answer:
    """A message to all, or to one; an empty one takes the last one away."""
    workshop = known(name)
    text = request.form.get("text", "").strip()[:TEXT]
    to = request.form.get("to", "")
    chosen = [workshop.teams[to].sandbox] if to in workshop.teams else list(workshop.sandboxes)
    console().work.hands.say(chosen, text, by=g.visitor.name)
    return redirect(f"/wall/{name}", 303)


@page.post("/note")
@facilitator
def note(name: str) -> Answer:
    """What somebody saw, with the time; it is in the workshop's record."""
    workshop = known(name)
    text, about = request.form.get("text", "").strip()[:TEXT], request.form.get("to", "")
    sandbox = workshop.teams[about].sandbox if about in workshop.teams else ""
    if text:
        hands = console().work.hands
        hands.note(text, workshop=name, sandbox=sandbox, by=g.visitor.name)
    return redirect(f"/wall/{name}#notes", 303)


@page.post("/teams/<team>/hand")
@facilitator
def lower(name: str, team: str) -> Answer:
    workshop = known(name)
    if team not in workshop.teams:
        abort(404)
    console().work.hands.lower_hand(workshop.teams[team].sandbox, by=g.visitor.name)
    return redirect(f"/wall/{name}", 303)


def _minutes() -> int:
    given = request.form.get("minutes", "15")
    if not given.isdecimal() or not 1 <= int(given) <= 480:
        abort(400)
    return int(given)


def known(name: str) -> Workshop:
    workshop = console().work.board.seen.workshops.get(name)
    if workshop is None:
        abort(404)
    return workshop


def cells_of(workshop: Workshop) -> list[Cell]:
    seen = console().work.board.seen.teams
    return [
        Cell(name, member.title or titled(name), member.sandbox, seen.get(member.sandbox))
        for name, member in workshop.teams.items()
    ]


def _facts(workshop: Workshop) -> dict[str, object]:
    work, at = console().work, console().now()
    cells = cells_of(workshop)
    hands = sorted(
        (cell for cell in cells if cell.seen and cell.seen.hand), key=lambda cell: _since(cell, at)
    )
    return {
        "workshop": workshop,
        "cells": cells,
        "hands": hands,
        "notes": work.hands.notes(workshop.name)[:20],
        "said": _said(cells),
        "ready": sum(cell.state == "ready" for cell in cells),
        "left": max(workshop.until - at, timedelta()),
        "engine": work.board.seen.engine,
        "version": work.board.seen.version,
        "may_change": _runs() and not workshop.closing,
        "runs": _runs(),
        "task": next((one for one in work.tasks.active if one.workshop == workshop.name), None),
        "looked": work.board.seen.at,
    }


def _said(cells: Sequence[Cell]) -> dict[str, str]:
    """Each message that is shown now, and the teams that see it; "" where that is all."""
    told: dict[str, list[str]] = {}
    for cell in cells:
        if cell.seen and cell.seen.message:
            told.setdefault(cell.seen.message, []).append(cell.title)
    return {
        text: "" if len(teams) == len(cells) else ", ".join(teams) for text, teams in told.items()
    }


def _runs() -> bool:
    return bool(g.visitor.role == "facilitator")


def _since(cell: Cell, at: datetime) -> datetime:
    assert cell.seen is not None
    return cell.seen.hand or at
