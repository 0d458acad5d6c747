"""A tenant reports a repair: one question on each page, answers kept in the signed session."""

from __future__ import annotations

import time
from typing import Any

import store
import triage
import words
from flask import Blueprint, abort, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

pages = Blueprint("report", __name__)

Answer = str | Response | tuple[str, int]
Draft = dict[str, Any]

LONGEST_DESCRIPTION = 500
PATIENCE = 2.0
"""Seconds the last page waits for the worker, to say when the visit is."""


@pages.get("/")
def start() -> Answer:
    return render_template("start.html")


@pages.post("/report")
def begin() -> Answer:
    session["draft"] = {"started": time.time()}
    return redirect(url_for("report.postcode"))


@pages.route("/report/postcode", methods=["GET", "POST"])
def postcode() -> Answer:
    if request.method == "GET":
        return _ask("postcode.html", typed=_draft().get("postcode", ""))
    typed = request.form.get("postcode", "")
    known = words.postcode(typed)
    if known is None:
        return _again("postcode.html", "Enter a full postcode, like AC1 2DE", typed=typed)
    homes = store.homes_at(known)
    if not homes:
        why = f"We have no homes at {known}. Check the postcode, or use one of the examples."
        return _again("postcode.html", why, typed=typed)
    return _keep(postcode=known, home=homes[0]["uprn"], confirmed=None)


@pages.route("/report/home", methods=["GET", "POST"])
def home() -> Answer:
    """The home that was found. It is the first one at the postcode, and looks like an answer."""
    if "home" not in _draft():
        return redirect(url_for("report.postcode"))
    if request.method == "POST":
        return _keep(confirmed=True)
    found = store.home(_draft()["home"])
    return _ask("home.html", home=found) if found else redirect(url_for("report.postcode"))


@pages.route("/report/home/choose", methods=["GET", "POST"])
def choose() -> Answer:
    if "postcode" not in _draft():
        return redirect(url_for("report.postcode"))
    homes = store.homes_at(_draft()["postcode"])
    if request.method == "GET":
        return _ask("choose.html", homes=homes)
    chosen = next((h["uprn"] for h in homes if str(h["uprn"]) == request.form.get("home")), None)
    if chosen is None:
        return _again("choose.html", "Choose your home", homes=homes)
    return _keep(home=chosen, confirmed=True)


@pages.route("/report/problem", methods=["GET", "POST"])
def problem() -> Answer:
    if request.method == "GET":
        return _ask("describe.html", typed=_draft().get("description", ""))
    typed = " ".join(request.form.get("description", "").split())
    if not typed:
        return _again("describe.html", "Tell us what is wrong", typed=typed)
    if len(typed) > LONGEST_DESCRIPTION:
        why = f"Use {LONGEST_DESCRIPTION} characters or fewer; you have used {len(typed)}"
        return _again("describe.html", why, typed=typed)
    said = triage.suggest_or_nothing(typed)
    return _keep(
        description=typed,
        suggested=said["trade"] or triage.UNSURE,
        because=said["because"],
        emergency=said["emergency"],
        urgent=None if said["emergency"] else False,
        trade=None,
    )


@pages.route("/report/emergency", methods=["GET", "POST"])
def emergency() -> Answer:
    if request.method == "GET":
        return _ask("emergency.html")
    return _keep(urgent=request.form.get("urgent") != "no")


@pages.route("/report/trade", methods=["GET", "POST"])
def trade() -> Answer:
    if request.method == "GET":
        return _ask("trade.html", chosen=_draft().get("trade") or _draft().get("suggested"))
    chosen = request.form.get("trade")
    if chosen not in words.TRADES:
        return _again("trade.html", "Choose who should come", chosen=chosen)
    return _keep(trade=chosen)


@pages.route("/report/when", methods=["GET", "POST"])
def when() -> Answer:
    if request.method == "GET":
        return _ask("when.html", chosen=_draft().get("prefers"))
    chosen = request.form.get("prefers")
    if chosen not in words.PREFERS:
        return _again("when.html", "Choose when you are at home", chosen=chosen)
    return _keep(prefers=chosen)


@pages.route("/report/check", methods=["GET", "POST"])
def check() -> Answer:
    draft = _draft()
    if _next(draft) != "report.check":
        return redirect(url_for(_next(draft)))
    if request.method == "GET":
        return _ask("check.html", home=store.home(draft["home"]))
    number = store.add(_report(draft))
    store.wait_for_visit(number, seconds=PATIENCE)
    session["sent"] = number
    session.pop("draft")
    return redirect(url_for("report.done"))


@pages.get("/report/done")
def done() -> Answer:
    repair = store.repair(session["sent"]) if "sent" in session else None
    return render_template("done.html", repair=repair) if repair else abort(404)


def _next(draft: Draft) -> str:
    """The first question that has no answer yet."""
    questions = {
        "report.postcode": draft.get("postcode"),
        "report.home": draft.get("confirmed"),
        "report.problem": draft.get("description"),
        "report.emergency": draft.get("urgent") is not None,
        "report.trade": draft.get("trade"),
        "report.when": draft.get("urgent") or draft.get("prefers"),
    }
    return next((page for page, answered in questions.items() if not answered), "report.check")


def _report(draft: Draft) -> Draft:
    """A draft as a row of the table."""
    wanted = ("home", "description", "suggested", "trade", "urgent")
    return {
        **{name: draft[name] for name in wanted},
        "prefers": draft.get("prefers", "any"),
        "took": time.time() - draft.get("started", time.time()),
    }


def _draft() -> Draft:
    draft: Draft = session.get("draft", {})
    return draft


def _keep(**answers: Any) -> Response:
    draft = {"started": time.time(), **_draft(), **answers}
    session["draft"] = draft
    return redirect(url_for(_next(draft)))


def _ask(page: str, **shown: Any) -> str:
    """A question; those who have no postcode yet get practice ones to try."""
    postcodes = store.practice_postcodes() if page == "postcode.html" else []
    return render_template(page, draft=_draft(), postcodes=postcodes, **{"error": None, **shown})


def _again(page: str, error: str, **shown: Any) -> tuple[str, int]:
    """The same question with what is wrong; 422, so that nobody takes it for an answer."""
    return _ask(page, error=error, **shown), 422
