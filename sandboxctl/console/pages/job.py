"""What somebody asked for: how far it is, and what became of it. Closing a tab changes nothing."""

from __future__ import annotations

import json
from collections.abc import Sequence

from flask import Blueprint, Response, abort, render_template
from werkzeug.wrappers import Response as Answer

from sandboxctl.console import faults
from sandboxctl.console.job import Job, written
from sandboxctl.console.pages.rights import console, seen
from sandboxctl.console.pages.team import region
from sandboxctl.console.points import Point
from sandboxctl.console.seen import Team

page = Blueprint("job", __name__, url_prefix="/team/<sandbox>/jobs/<reference>")
PRIVATE = ("once", "told", "recipe", "batch")
"""What is no team's business: what its form said once, and the engine's own words."""


@page.get("")
def job(sandbox: str, reference: str) -> str:
    return render_template("job.html.j2", **_facts(sandbox, reference))


@page.get("/now")
def now(sandbox: str, reference: str) -> Answer:
    return region(render_template("job_now.html.j2", **_facts(sandbox, reference)))


@page.get("/record")
def record(sandbox: str, reference: str) -> Response:
    """To save: what was done, when, by whom, and what was lost."""
    _, found = _found(sandbox, reference)
    told = {k: v for k, v in json.loads(written(found)).items() if k not in PRIVATE}
    answer = Response(json.dumps(told, indent=2) + "\n", mimetype="application/json")
    answer.headers["Content-Disposition"] = f'attachment; filename="{found.reference}.json"'
    return answer


def _found(sandbox: str, reference: str) -> tuple[Team, Job]:
    team, found = seen(sandbox), console().work.jobs.get(reference)
    if found is None or found.sandbox != sandbox:
        abort(404)
    return team, found


def _back(job: Job, team: Team, points: Sequence[Point]) -> Point | None:
    """The way back from exactly this: to what it replaced, or to what was kept before it broke
    something. None where something else has happened since, or where there is nothing to go back
    from."""
    if job.verb == "fault":
        kept = faults.kept_before(job.reference)
        return next((one for one in points if one.name == kept), None)
    if job.verb not in ("reset", "undo", "restore") or job.after != team.live:
        return None
    return next((one for one in points if one.kind == "automatic"), None)


def _facts(sandbox: str, reference: str) -> dict[str, object]:
    work = console().work
    looked, at = work.board.seen.at, console().now()
    team, found = _found(sandbox, reference)
    # What can be taken back is in the den's records: they are looked at after it is over. When was
    # read before the team: what is seen can only be newer.
    sure = found.ended is not None and looked > found.ended and not team.told
    settled = not found.active and (sure or found.state != "done")
    done = settled and found.state == "done"
    return {
        "team": team,
        "job": found,
        "settled": settled,
        "back": _back(found, team, work.points.of(team, at)) if done else None,
        "engine": work.board.seen.engine,
        "takes": work.measured(found.verb, spare=found.spare, recipe=found.recipe),
    }
