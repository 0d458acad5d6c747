"""Opening a workshop: choose from the catalogue, say for whom, check the answers, open it."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, abort, g, redirect, render_template, request
from werkzeug.wrappers import Response as Answer

from sandboxctl import clock
from sandboxctl.console.catalogue import Entry
from sandboxctl.console.pages.rights import console, facilitator
from sandboxctl.console.wish import Forecast, Wish
from sandboxctl.errors import BlueprintError, SandboxError
from sandboxctl.sandbox.lease import AHEAD
from sandboxctl.workshop.model import MOST_TEAMS

page = Blueprint("opening", __name__, url_prefix="/open")
FIELDS = ("name", "title", "number", "teams", "until")
LONG = 60
"""Characters of what is asked for in a line."""
SET = "set-"
"""Before the name of a parameter, as a field of the form."""
TYPED = 20_000
"""Characters of all names of teams."""


@page.get("")
@facilitator
def catalogue() -> str:
    return render_template("open.html.j2", entries=console().work.catalogue.all())


@page.get("/<blueprint>")
@facilitator
def form(blueprint: str) -> str:
    entry = _entry(blueprint)
    return render_template("open_form.html.j2", entry=entry, typed=_typed(entry), problem=None)


@page.get("/<blueprint>/check")
@facilitator
def check(blueprint: str) -> str | tuple[str, int]:
    """Whether it fits, before anything is started; what cannot be is asked for again."""
    entry, typed = _entry(blueprint), _typed(_entry(blueprint))
    try:
        wanted = _wish(entry, typed)
        found = console().work.forecast(wanted)
    except SandboxError as error:
        problem = {"told": _in_words(error.told, entry), "hint": error.hint}
        again = render_template("open_form.html.j2", entry=entry, typed=typed, problem=problem)
        return again, 422
    return render_template(
        "open_check.html.j2",
        entry=entry,
        typed=typed,
        wish=wanted,
        forecast=found,
        bounds=_bounds(found),
        once=secrets.token_urlsafe(16),
    )


@page.post("/<blueprint>/check")
@facilitator
def carry_out(blueprint: str) -> Answer:
    """What does not fit, or cannot be, is said on the page of what becomes of it."""
    entry, once = _entry(blueprint), request.form.get("once", "")
    if not 0 < len(once) <= 100:
        abort(400)
    try:
        wanted = _wish(entry, _typed(entry))
    except SandboxError:
        abort(400)
    work = console().work
    task = work.tasks.submit("open", wanted.name, once=once, by=g.visitor.name, **wanted.args)
    return redirect(f"/tasks/{task.reference}", 303)


def _entry(blueprint: str) -> Entry:
    try:
        return console().work.catalogue.find(blueprint)
    except BlueprintError:
        abort(404)


def _typed(entry: Entry) -> dict[str, str]:
    """As somebody typed it in, or what stands there before."""
    given = request.form if request.method == "POST" else request.args
    before = {"name": entry.name, "number": "12"}
    fields = (*FIELDS, *(SET + name for name in entry.parameters))
    return {one: given.get(one, before.get(one, ""))[:TYPED].strip() for one in fields}


def _wish(entry: Entry, typed: dict[str, str]) -> Wish:
    """SandboxError for what cannot be meant."""
    teams = tuple(line.strip() for line in typed["teams"].splitlines() if line.strip())
    number = typed["number"]
    if not teams and not (number.isdecimal() and 1 <= int(number[:4]) <= MOST_TEAMS):
        raise _wrong("number", most=MOST_TEAMS)
    if any(len(one) > LONG for one in (*teams, typed["title"], typed["name"])):
        raise _wrong("long", most=LONG)
    return Wish(
        blueprint=entry.name,
        name=typed["name"],
        title=typed["title"],
        number=0 if teams else int(number),
        teams=teams,
        until=_until(typed["until"]),
        set={name: said for name in entry.parameters if (said := typed[SET + name])},
    )


def _in_words(told: str, entry: Entry) -> str:
    """What a command line calls ``--set homes`` has a name on the form."""
    for name, one in entry.parameters.items():
        told = told.replace(f"--set {name}: ", f"{one.about or name}: ")
    return told


def _until(text: str) -> datetime | None:
    if not text:
        return None
    now = console().now().astimezone(console().words.zone)
    try:
        until = clock.moment(text.replace(".", ":"), today=now)
    except ValueError:
        raise _wrong("until") from None
    if not now < until <= now + AHEAD:
        raise _wrong("far", days=AHEAD.days)
    return until.astimezone(UTC)


def _wrong(key: str, **values: object) -> SandboxError:
    words = console().words
    return SandboxError(words(f"open.wrong.{key}", **values), hint=words("open.wrong.hint"))


def _bounds(found: Forecast) -> list[dict[str, Any]]:
    """How many teams each thing has room for; what binds stands first."""
    hard = sorted((one for one in found.fit.bounds if one.is_hard), key=lambda one: one.fit)
    soft = [one for one in found.fit.bounds if not one.is_hard]
    return [
        {"kind": one.kind, "fit": one.fit, "binds": one == found.fit.binds, "hard": one.is_hard}
        for one in (*hard, *soft)
    ]
