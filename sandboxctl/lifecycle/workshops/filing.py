"""Closing a workshop from the first look to the certificate, with its papers in a folder: what
`workshop close` does, and the console."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from sandboxctl import clock
from sandboxctl.engine.protocol import Engine
from sandboxctl.errors import SandboxError
from sandboxctl.lifecycle import audit, ledger
from sandboxctl.lifecycle.files import write
from sandboxctl.lifecycle.workshops import belongings, closing, kept, told
from sandboxctl.lifecycle.workshops.closing import Begun
from sandboxctl.sandbox.plan import Plan
from sandboxctl.workshop.certificate import Certificate
from sandboxctl.workshop.evidence import Evidence, written
from sandboxctl.workshop.inventory import Inventory
from sandboxctl.workshop.record import Workshop

RECORD, BEFORE, CERTIFICATE, PAGE = (
    "record.json",
    "before.json",
    "certificate.json",
    "certificate.html",
)


@dataclass(frozen=True, slots=True)
class Drawn:
    """How papers become pages: by the name of a file, and the certificate."""

    teams: Callable[[Evidence], Mapping[str, str]]
    certificate: Callable[[Certificate], str]


@dataclass(frozen=True, slots=True)
class Closed:
    """What was done, and where its papers are."""

    begun: Begun
    certificate: Certificate
    folder: Path


def close(
    engine: Engine,
    name: str,
    *,
    where: Callable[[Workshop], Path],
    drawn: Drawn,
    carry: Callable[[Plan, Workshop], object],
    say: Callable[[str], None],
    patience: float,
) -> Closed:
    """Write the record, remove everything, look again, certify. ``where`` gives the folder for a
    workshop that is being closed, ``carry`` carries a plan out and tells of what fails; ``say``
    tells what somebody should know meanwhile.

    SandboxError where something is left, with all of it: then there is no certificate, and the
    same again goes on from there.
    """
    with engine.lock(kept.lock(name), patience=patience):
        known = closing.begin(engine, kept.known(engine, name), now=clock.now())
        with closing.held(engine, known, patience=patience):
            folder = where(known)
            begun, evidence = _written(engine, known, folder, say)
            for file, text in drawn.teams(evidence).items():
                write(folder / file, text)
            carry(closing.plan_close(engine, begun), known)
            certificate = closing.finish(engine, begun, evidence)
            write(folder / CERTIFICATE, written(certificate))
            write(folder / PAGE, drawn.certificate(certificate))
            kept.forget(engine, name)
    return Closed(begun, certificate, folder)


def _written(
    engine: Engine, workshop: Workshop, folder: Path, say: Callable[[str], None]
) -> tuple[Begun, Evidence]:
    """The evidence, on this machine's disk before anything is removed. A second run takes up what
    the first one wrote: by then half of it may be gone."""
    folder.mkdir(parents=True, exist_ok=True)
    whole = closing.count(engine)
    earlier = _earlier(folder, workshop)
    mine = belongings.of(engine, workshop, whole, earlier[1] if earlier else None)
    before = closing.look(engine, mine, earlier[1] if earlier else None, whole)
    write(folder / BEFORE, written(before))
    if earlier:
        say(f"Going on with what was begun; its record is in {folder}.")
        evidence = earlier[0]
    else:
        evidence = _evidence(engine, workshop, say)
        write(folder / RECORD, written(evidence))
    return Begun(workshop, mine, before), evidence


def _earlier(folder: Path, workshop: Workshop) -> tuple[Evidence, Inventory] | None:
    """What an earlier run wrote of this closing; nothing where it is of another one."""
    try:
        evidence = Evidence.model_validate_json((folder / RECORD).read_bytes())
        before = Inventory.model_validate_json((folder / BEFORE).read_bytes())
    except (OSError, ValidationError):
        return None
    same = (evidence.name, evidence.closed) == (workshop.name, workshop.closing)
    return (evidence, before) if same else None


def _evidence(engine: Engine, workshop: Workshop, say: Callable[[str], None]) -> Evidence:
    assert workshop.closing is not None
    try:
        events = ledger.events(engine.den.name, since=workshop.since)
        last = audit.head() if engine.lasts else None
    except SandboxError as error:
        say(f"{error}: the record is without what it tells.")
        events, last = [], None
    head = last.chain if last else ""
    return told.evidence(engine, workshop, events, now=workshop.closing, head=head)
