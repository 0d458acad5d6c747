"""Exceptions as they are shown: what is asked for, and what of it is in force."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandboxctl.cli import show
from sandboxctl.cli.session import Session

if TYPE_CHECKING:
    from sandboxctl.blueprint.exceptions import Asked
    from sandboxctl.sandbox.approval import Approval, Standing


def told(session: Session, standing: Standing) -> list[show.Value]:
    """Each exception with until when it is granted and by whom, or why it is not in force."""
    given = standing.approval
    rows = [(asked, "granted") for asked in standing.granted]
    rows += [(asked, standing.why) for asked in standing.missing]
    if session.json:
        return [_as_data(asked, state, given) for asked, state in rows]
    return [_in_words(asked, state, given) for asked, state in rows]


def facts(session: Session, standing: Standing) -> dict[str, show.Value]:
    """The same as a part of an answer; nothing where there are none and a person reads."""
    found = told(session, standing)
    return {"exceptions": found} if found or session.json else {}


def _as_data(asked: Asked, state: str, given: Approval | None) -> show.Value:
    known = given is not None and state != "nobody granted it"
    return {
        "service": asked.service,
        "grant": asked.grant,
        "reason": asked.reason,
        "state": state,
        "by": given.by if given and known else None,
        "until": given.until if given and known else None,
    }


def _in_words(asked: Asked, state: str, given: Approval | None) -> str:
    what = f"{asked.service}: {asked.grant}"
    if given is None or state == "nobody granted it":
        return f"{what}: NOT GRANTED"
    by = f"by {given.by}, until {show.words(given.until)}"
    return f"{what}: granted {by}" if state == "granted" else f"{what}: NOT IN FORCE, {state}, {by}"
