"""`workshop close`: what was learned is kept, everything else goes, and that is verified."""

from __future__ import annotations

import time
from datetime import datetime, tzinfo
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sandboxctl.cli import show
from sandboxctl.cli.session import Session, Verb
from sandboxctl.cli.up import PATIENCE
from sandboxctl.cli.workshop_given import workshop_argument

if TYPE_CHECKING:
    from sandboxctl.lifecycle.workshops.filing import Closed
    from sandboxctl.sandbox.plan import Plan
    from sandboxctl.workshop.record import Workshop


@click.command("close", cls=Verb, asks=True)
@workshop_argument
@click.option(
    "--keep",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Where record, pages and certificate go; W-DATE here unless said.",
)
@click.pass_obj
def close_verb(session: Session, workshop: str, keep: Path | None) -> int:
    """Keep the record of a workshop, remove everything of it, and certify that.

    The record and a page for each team are written first. If anything is left afterwards, it is
    named and there is no certificate; run it again. What every den starts from stays.
    """
    from sandboxctl.cli.carry import carry_many, enter
    from sandboxctl.cli.history import remember_all
    from sandboxctl.lifecycle.workshops import filing, happened, kept
    from sandboxctl.report import pages

    began = time.monotonic()
    codes = [0]
    with session.connected() as engine:
        known = kept.known(engine, workshop)
        if not known.closing and not _agreed(session, known):
            show.aside(session, "Nothing was changed.")
            return 1
        enter(session, engine)

        def carry(plan: Plan, known: Workshop) -> None:
            codes[0], _ = carry_many(session, engine, plan, title=f"Closing {known.shown}")

        done = filing.close(
            engine,
            workshop,
            where=lambda known: keep or _folder(known),
            drawn=filing.Drawn(
                partial(pages.team_pages, zone=_zone()),
                partial(pages.certificate_page, zone=_zone()),
            ),
            carry=carry,
            say=partial(show.aside, session),
            patience=PATIENCE,
        )
        remember_all(session, engine, [happened.closed(engine, done.begun, done.certificate)])
    _tell(session, done, time.monotonic() - began)
    return codes[0]


def _folder(workshop: Workshop) -> Path:
    assert workshop.closing is not None
    return Path(f"{workshop.name}-{workshop.closing.astimezone():%Y-%m-%d}")


def _zone() -> tzinfo:
    zone = datetime.now().astimezone().tzinfo
    assert zone is not None
    return zone


def _agreed(session: Session, found: Workshop) -> bool:
    number = len(found.teams)
    show.aside(
        session,
        f"{found.shown}: {number} team{'' if number == 1 else 's'} would go, with everything "
        "entered, and their snapshots. The record is kept.",
    )
    return session.agreed("Close the workshop?")


def _tell(session: Session, done: Closed, seconds: float) -> None:
    from sandboxctl.lifecycle.workshops.filing import PAGE, RECORD

    begun, certificate, folder = done.begun, done.certificate, done.folder
    counts = begun.before.counts
    removed: dict[str, int] = {kind: number for kind, number in counts.items() if number}
    stays: list[show.Value] = [
        f"{one.count} {one.kind}{'' if one.count == 1 else 's'} ({one.role})"
        for one in certificate.stays
    ]
    show.say(session, f"{begun.workshop.shown} is closed, and nothing of it is left.")
    show.facts(
        session,
        {
            "workshop": begun.workshop.name,
            "removed": removed if session.json else _counted(removed),
            "stays": stays,
            "record": str(folder / RECORD),
            "record_sha256": certificate.record_sha256,
            "pages": len(begun.workshop.teams),
            "certificate": str(folder / PAGE),
            "seconds": round(seconds, 2),
        },
    )


def _counted(removed: dict[str, int]) -> str:
    said = [f"{n} {kind}{'' if n == 1 else 's'}" for kind, n in removed.items()]
    return ", ".join(said) or "nothing: it was gone already"
