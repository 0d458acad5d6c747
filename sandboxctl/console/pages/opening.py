"""Opening a workshop: choose from the catalogue, say for whom, check the answers, open it."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
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
        told = [_in_words(one, entry) for one in error.told.splitlines()]
        fields = error.fields if isinstance(error, Wrong) else ()
        problem = {"told": told, "hint": error.hint, "fields": fields}
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


class Wrong(SandboxError):
    """What somebody typed in that cannot be meant: every ``fields`` of it at once."""

    def __init__(self, found: Mapping[str, str], hint: str) -> None:
        super().__init__("\n".join(found.values()), hint=hint)
        self.fields = tuple(found)


def _wish(entry: Entry, typed: dict[str, str]) -> Wish:
    """`Wrong` for what cannot be meant."""
    words, wrong = console().words, dict[str, str]()
    teams = tuple(line.strip() for line in typed["teams"].splitlines() if line.strip())
    number = typed["number"]
    if not teams and not (
        number.isdecimal() and len(number) < 5 and 1 <= int(number) <= MOST_TEAMS
    ):
        wrong["number"] = words("open.wrong.number", most=MOST_TEAMS)
    lines = {"teams": teams, "title": (typed["title"],), "name": (typed["name"],)}
    for field, written in lines.items():
        if any(len(line) > LONG for line in written):
            wrong[field] = words("open.wrong.long", most=LONG)
    until = _until(typed["until"], wrong)
    values = {name: said for name in entry.parameters if (said := typed[SET + name])}
    for name, one in entry.parameters.items():
        if name not in values:
            continue
        if one.type in ("integer", "number"):  # as the page itself writes them
            values[name] = values[name].replace(",", "").replace(" ", "")
        try:
            one.read(values[name])
        except ValueError as error:
            wrong[SET + name] = f"{one.about or name}: {error}"
    if wrong:
        raise Wrong(wrong, words("open.wrong.hint"))
    return Wish(
        blueprint=entry.name,
        name=typed["name"],
        title=typed["title"],
        number=0 if teams else int(number),
        teams=teams,
        until=until,
        set=values,
    )


def _in_words(told: str, entry: Entry) -> str:
    """What a command line calls ``--set homes`` has a name on the form."""
    for name, one in entry.parameters.items():
        told = told.replace(f"--set {name}: ", f"{one.about or name}: ")
    return told


def _until(text: str, wrong: dict[str, str]) -> datetime | None:
    if not text:
        return None
    words = console().words
    now = console().now().astimezone(words.zone)
    try:
        until = clock.moment(text.replace(".", ":"), today=now)
    except ValueError:
        wrong["until"] = words("open.wrong.until")
        return None
    if not now < until <= now + AHEAD:
        wrong["until"] = words("open.wrong.far", days=AHEAD.days)
    return until.astimezone(UTC)


def _bounds(found: Forecast) -> list[dict[str, Any]]:
    """How many teams each thing has room for; what binds stands first."""
    hard = sorted((one for one in found.fit.bounds if one.is_hard), key=lambda one: one.fit)
    soft = [one for one in found.fit.bounds if not one.is_hard]
    return [
        {"kind": one.kind, "fit": one.fit, "binds": one == found.fit.binds, "hard": one.is_hard}
        for one in (*hard, *soft)
    ]
