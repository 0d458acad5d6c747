"""How far it is with a workshop that is opened or closed, and what became of it."""

from __future__ import annotations

from flask import Blueprint, abort, g, redirect, render_template
from werkzeug.wrappers import Response as Answer

from sandboxctl.console.pages.rights import console, facilitator
from sandboxctl.console.pages.team import region
from sandboxctl.console.task import Task

page = Blueprint("task", __name__, url_prefix="/tasks/<reference>")


@page.get("")
@facilitator
def task(reference: str) -> str:
    return render_template("task.html.j2", **_facts(reference))


@page.get("/now")
@facilitator
def now(reference: str) -> Answer:
    return region(render_template("task_now.html.j2", **_facts(reference)))


@page.post("/again")
@facilitator
def again(reference: str) -> Answer:
    """The same once more, from where it is; pressed twice it is one."""
    before = _found(reference)
    if before.active or not (before.state == "failed" or before.failed):
        return redirect(f"/tasks/{reference}", 303)
    done = console().work.tasks.submit(
        before.verb,
        before.workshop,
        once=f"again {reference}",
        by=g.visitor.name,
        again=before.began_it,
        **before.args,
    )
    return redirect(f"/tasks/{done.reference}", 303)


def _found(reference: str) -> Task:
    found = console().work.tasks.get(reference)
    if found is None:
        abort(404)
    return found


def _facts(reference: str) -> dict[str, object]:
    found, work = _found(reference), console().work
    kind: str = "failed" if found.state == "failed" else "doing" if found.active else "done"
    if kind == "done" and found.failed:
        kind = "partly"
    paper = work.papers.find(found.paper) if found.paper and found.state == "done" else None
    return {
        "task": found,
        "kind": kind,
        "title": found.args.get("title") or found.workshop,
        "paper": paper,
        "engine": work.board.seen.engine,
        "there": found.workshop in work.board.seen.workshops,
    }
