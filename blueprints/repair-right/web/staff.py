"""Staff see the queue, mend what was sorted wrongly, close repairs, and read the score."""

from __future__ import annotations

from typing import Any

import store
import words
from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

pages = Blueprint("staff", __name__, url_prefix="/staff")

TARGET = 80
PATIENCE = 2.0
"""Seconds to wait for the worker after a trade was changed, to show the visit."""


@pages.get("")
def queue() -> str:
    wanted, searched = _wanted(), request.args.get("q", "").strip()
    found = [] if _nonsense(searched, wanted) else store.queue(**wanted)
    more = len(found) > store.PAGE
    return render_template(
        "queue.html",
        repairs=found[: store.PAGE],
        older=found[store.PAGE - 1]["number"] if more else None,
        counts=store.counts(),
        wanted=wanted,
        searched=searched,
    )


@pages.get("/repairs/<int:number>")
def repair(number: int) -> str:
    return render_template("repair.html", repair=_found(number), error=None)


@pages.post("/repairs/<int:number>/trade")
def set_trade(number: int) -> Response:
    _found(number)
    trade = request.form.get("trade", "")
    if trade not in words.TRADES:
        abort(400)
    store.set_trade(number, trade, urgent=request.form.get("urgent") == "yes")
    store.wait_for_visit(number, seconds=PATIENCE)
    return redirect(url_for("staff.repair", number=number))


@pages.post("/repairs/<int:number>/close")
def close(number: int) -> str | Response | tuple[str, int]:
    found, truth = _found(number), request.form.get("truth", "")
    if truth not in words.TRADES:
        why = "Choose who really mended it"
        return render_template("repair.html", repair=found, error=why), 422
    emergency = request.form.get("emergency") == "yes"
    store.close_repair(number, f"{truth}-emergency" if emergency else truth)
    return redirect(url_for("staff.repair", number=number))


@pages.get("/score")
def score() -> str:
    return render_template(
        "score.html",
        score=store.score(),
        trades=store.score_by_trade(),
        twice=store.reported_twice(),
        lessons=store.lessons(),
        target=TARGET,
    )


def _found(number: int) -> store.Row:
    return store.repair(number) or abort(404)


def _wanted() -> dict[str, Any]:
    """The filters that were asked for; what is not known is not a filter."""
    asked = request.args
    searched = asked.get("q", "").strip()
    return {
        "status": _one_of("status", *words.STATUSES),
        "trade": _one_of("trade", *words.TRADES, "unsure"),
        "urgent": asked.get("urgent") == "yes" or None,
        "number": words.number(searched),
        "postcode": words.postcode(searched),
        "before": asked.get("before", type=int),
    }


def _one_of(name: str, *known: str) -> str | None:
    asked = request.args.get(name)
    return asked if asked in known else None


def _nonsense(searched: str, wanted: dict[str, Any]) -> bool:
    """Something was searched for that is neither a reference nor a postcode."""
    return bool(searched) and wanted["number"] is None and wanted["postcode"] is None
