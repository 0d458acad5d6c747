"""`workshop close`: what was learned is kept, everything else goes, and that is verified."""

from __future__ import annotations

import time
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sandboxctl.cli import show
from sandboxctl.cli.files import write
from sandboxctl.cli.session import Session, Verb
from sandboxctl.cli.up import PATIENCE
from sandboxctl.cli.workshop_given import locked, workshop_argument

if TYPE_CHECKING:
    from sandboxctl.engine.protocol import Engine
    from sandboxctl.lifecycle.workshops.closing import Begun
    from sandboxctl.workshop.certificate import Certificate
    from sandboxctl.workshop.evidence import Evidence
    from sandboxctl.workshop.inventory import Inventory
    from sandboxctl.workshop.record import Workshop

RECORD, BEFORE, CERTIFICATE, PAGE = (
    "record.json",
    "before.json",
    "certificate.json",
    "certificate.html",
)


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
    from sandboxctl import clock
    from sandboxctl.cli.carry import carry_many, enter
    from sandboxctl.lifecycle.workshops import closing, kept

    began = time.monotonic()
    with session.connected() as engine:
        known = kept.known(engine, workshop)
        if not known.closing and not _agreed(session, known):
            show.aside(session, "Nothing was changed.")
            return 1
        enter(session, engine)
        with locked(engine, workshop):
            known = closing.begin(engine, kept.known(engine, workshop), now=clock.now())
            with closing.held(engine, known, patience=PATIENCE):
                begun, evidence, folder = _written(session, engine, known, keep)
                plan = closing.plan_close(engine, begun)
                title = f"Closing {known.shown}"
                code, _ = carry_many(session, engine, plan, title=title)
                certificate = closing.finish(engine, begun, evidence)
                _certified(folder, certificate)
                kept.forget(engine, workshop)
            _remember(session, engine, begun, certificate)
    _tell(session, begun, certificate, folder, time.monotonic() - began)
    return code


def _agreed(session: Session, found: Workshop) -> bool:
    number = len(found.teams)
    show.aside(
        session,
        f"{found.shown}: {number} team{'' if number == 1 else 's'} would go, with everything "
        "entered, and their snapshots. The record is kept.",
    )
    return session.agreed("Close the workshop?")


def _written(
    session: Session, engine: Engine, workshop: Workshop, keep: Path | None
) -> tuple[Begun, Evidence, Path]:
    """The evidence, on this machine's disk before anything is removed. A second run takes up what
    the first one wrote: by then half of it may be gone."""
    from sandboxctl.lifecycle.workshops import belongings, closing
    from sandboxctl.workshop.evidence import written

    assert workshop.closing is not None
    folder = keep or Path(f"{workshop.name}-{workshop.closing.astimezone():%Y-%m-%d}")
    folder.mkdir(parents=True, exist_ok=True)
    whole = closing.count(engine)
    earlier = _earlier(folder, workshop)
    mine = belongings.of(engine, workshop, whole, earlier[1] if earlier else None)
    before = closing.look(engine, mine, earlier[1] if earlier else None, whole)
    begun = closing.Begun(workshop, mine, before)
    write(folder / BEFORE, written(before))
    if earlier:
        show.aside(session, f"Going on with what was begun; its record is in {folder}.")
        evidence = earlier[0]
    else:
        evidence = _evidence(session, engine, workshop)
        write(folder / RECORD, written(evidence))
    _pages(folder, evidence)
    return begun, evidence, folder


def _earlier(folder: Path, workshop: Workshop) -> tuple[Evidence, Inventory] | None:
    """What an earlier run wrote of this closing; nothing where it is of another one."""
    from pydantic import ValidationError

    from sandboxctl.workshop.evidence import Evidence
    from sandboxctl.workshop.inventory import Inventory

    try:
        evidence = Evidence.model_validate_json((folder / RECORD).read_bytes())
        before = Inventory.model_validate_json((folder / BEFORE).read_bytes())
    except (OSError, ValidationError):
        return None
    same = (evidence.name, evidence.closed) == (workshop.name, workshop.closing)
    return (evidence, before) if same else None


def _evidence(session: Session, engine: Engine, workshop: Workshop) -> Evidence:
    from sandboxctl.errors import SandboxError
    from sandboxctl.lifecycle import audit, ledger
    from sandboxctl.lifecycle.workshops.told import evidence

    assert workshop.closing is not None
    try:
        events = ledger.events(engine.den.name, since=workshop.since)
        last = audit.head() if engine.lasts else None
    except SandboxError as error:
        show.aside(session, f"{error}: the record is without what it tells.")
        events, last = [], None
    head = last.chain if last else ""
    return evidence(engine, workshop, events, now=workshop.closing, head=head)


def _pages(folder: Path, evidence: Evidence) -> None:
    from sandboxctl.report import pages

    zone = datetime.now().astimezone().tzinfo
    assert zone is not None
    for team in evidence.teams:
        write(folder / f"{team.name}.html", pages.team_page(evidence, team, zone=zone))


def _certified(folder: Path, certificate: Certificate) -> None:
    from sandboxctl.report import pages
    from sandboxctl.workshop.evidence import written

    zone = datetime.now().astimezone().tzinfo
    assert zone is not None
    write(folder / CERTIFICATE, written(certificate))
    write(folder / PAGE, pages.certificate_page(certificate, zone=zone))


def _remember(session: Session, engine: Engine, begun: Begun, certificate: Certificate) -> None:
    from sandboxctl.cli.history import remember

    remember(
        session,
        engine,
        "workshop close",
        "",
        begun.workshop.name,
        record=certificate.record_sha256,
        certificate=certificate.sha256,
        removed=begun.before.counts,
    )


def _tell(
    session: Session, begun: Begun, certificate: Certificate, folder: Path, seconds: float
) -> None:
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
