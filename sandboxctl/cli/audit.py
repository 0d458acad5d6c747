"""`audit`: what was done here, and whether somebody changed what was written down of it."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import click

from sandboxctl import clock
from sandboxctl.cli import show
from sandboxctl.cli.session import Session, Verb, sandboxes

if TYPE_CHECKING:
    from sandboxctl.lifecycle.audit import Audit
    from sandboxctl.lifecycle.chain import Row

NOTED = re.compile(r"[0-9a-f]{64}")
NONE = "Nothing was written down here yet."


@click.group("audit")
def audit_verb() -> None:
    """Show what was done, and whether the record of it is whole."""


def _noted(text: str) -> str:
    if not NOTED.fullmatch(text.strip().lower()):
        raise click.BadParameter("should be the 64 digits that `sandboxctl audit head` printed")
    return text.strip().lower()


def _since(text: str) -> datetime:
    """``2h`` ago, or a day or moment in the zone of this machine."""
    now = clock.now()
    with suppress(ValueError, OverflowError):
        return now - timedelta(seconds=clock.seconds(text))
    try:
        at = datetime.fromisoformat(text)
        return (at if at.tzinfo else at.astimezone()).astimezone(UTC)
    except (ValueError, OverflowError):
        raise click.BadParameter(
            f"{text!r} should be how long ago, such as 2h, or a time: 2026-05-12 17:00"
        ) from None


@audit_verb.command("verify", cls=Verb)
@click.option(
    "--head",
    "noted",
    type=_noted,
    metavar="HASH",
    help="A head noted earlier, of `audit head`, a record or a certificate: it has to be there.",
)
@click.pass_obj
def verify_verb(session: Session, noted: str | None) -> int:
    """Verify that no row of the ledger was changed, removed, put in or moved.

    Reads all of it, of every den that was used from here. Names the first row that does not fit,
    and ends with exit code 1. Rows removed from the end by somebody who knows how, and a ledger
    written anew as a whole, are only seen with a head that was kept elsewhere.
    """
    from sandboxctl.lifecycle import audit

    seen = audit.verify(noted=noted or "")
    if seen is None:
        return _none(session, noted)
    wrong = _wrong(seen, noted)
    verdict = seen.verdict
    show.facts(
        session,
        {
            "whole": not wrong,
            "rows": verdict.rows,
            "before_the_chain": verdict.before,
            "last": verdict.last,
            "head": verdict.head,
            "noted": verdict.noted if noted else None,
            "first_wrong": verdict.broken.number if verdict.broken else None,
            "wrong": wrong,
        },
    )
    if wrong:
        show.aside(session, "The ledger is not as it was written. Keep the file as it is.")
        return 1
    if not seen.begun and verdict.rows:
        show.aside(session, "It has no chain yet: the next command that writes begins it.")
    elif not noted:
        show.aside(
            session,
            "Nobody changed it who did not work out the whole of it anew; a head that was noted "
            "elsewhere shows that, too: `audit verify --head HASH`.",
        )
    return 0


def _none(session: Session, noted: str | None) -> int:
    wrong = ["there is no ledger here, and a head was noted"] if noted else []
    empty: dict[str, show.Value] = {"whole": not noted, "rows": 0, "wrong": wrong}
    show.facts(session, empty)
    if not noted:
        show.aside(session, NONE)
    return 1 if noted else 0


def _wrong(seen: Audit, noted: str | None) -> list[str]:
    """In words, the first row that does not fit before all else."""
    verdict = seen.verdict
    wrong = [f"row {verdict.broken.number} {verdict.broken.why}"] if verdict.broken else []
    if noted and not verdict.noted:
        what = "that fits has" if verdict.broken else "has"
        wrong.append(
            f"no row {what} the head that was noted: what was written until then was removed or "
            "changed, or it is another machine's"
        )
    wrong += [f"the guard {name} was taken off the file" for name in seen.guards]
    return wrong


@audit_verb.command("head", cls=Verb)
@click.pass_obj
def head_verb(session: Session) -> None:
    """Show the hash that stands for all that was written until now.

    Note it where nobody who can change this machine's files can change it: on paper, in a message,
    with a certificate. `audit verify --head HASH` compares.
    """
    from sandboxctl.lifecycle import audit

    row = audit.head()
    if row is None:
        show.facts(session, {"head": "", "row": 0})
        show.aside(session, NONE)
        return
    show.facts(session, {"head": row.chain, "row": row.number, "written": _at(row)})


@audit_verb.command("ls", cls=Verb)
@click.argument("sandbox", required=False, shell_complete=sandboxes)
@click.option("--since", type=_since, metavar="WHEN", help="2h, or 2026-05-12, or with a time.")
@click.option("--all", "of_all", is_flag=True, help="Of every den, not only of this one.")
@click.pass_obj
def ls_verb(session: Session, sandbox: str | None, since: datetime | None, of_all: bool) -> None:
    """List what was done, oldest first: who, what, when, and the details as JSON."""
    from sandboxctl.lifecycle import audit

    den = None if of_all else session.den
    found = audit.rows(den=den, sandbox=sandbox, since=since)
    show.rows(session, [_row(session, row) for row in found], empty=NONE)


def _row(session: Session, row: Row) -> dict[str, show.Value]:
    told: dict[str, show.Value] = {
        "row": row.number,
        "at": _at(row),
        "den": row.den,
        "sandbox": row.sandbox,
        "verb": row.verb,
        "what": row.what,
        "who": row.who,
    }
    if session.json:
        told |= {"detail": _detail(row), "chain": row.chain}
    return told


def _at(row: Row) -> show.Value:
    """When; what somebody wrote there instead, as it is."""
    try:
        return datetime.fromisoformat(row.at)
    except (TypeError, ValueError):
        return str(row.at)


def _detail(row: Row) -> show.Value:
    try:
        found: show.Value = json.loads(row.detail)
    except (TypeError, ValueError):
        return str(row.detail)
    return found
