"""A paper that says what was removed, how, and how that was verified; or none at all.

All that it claims stands here, in one place, and it claims no more than was done.
"""

from __future__ import annotations

from typing import Literal

from pydantic import AwareDatetime, Field

from sandboxctl.blueprint.forms import Frozen
from sandboxctl.errors import SandboxError
from sandboxctl.workshop.evidence import DenFacts, Evidence, Versions, sha256
from sandboxctl.workshop.inventory import Inventory

SCHEMA: Literal["sandboxctl-workshop-certificate/1"] = "sandboxctl-workshop-certificate/1"
SHOWN = 20
"""Objects of a list that somebody reads in an error."""

IN_USE = "in use by another den or sandbox"
"""The role of an image that the workshop ran from and that stays, as others run from it."""
STATEMENT = (
    "Everything of this workshop that is listed below under “before” was removed, and a fresh look "
    "at the engine afterwards found none of it."
)
METHOD = (
    "Containers, networks, images and volumes were deleted by the Docker Engine that held them, "
    "and with them the files and logs that they had written."
)
VERIFICATION = (
    "After the last removal the engine was asked again for everything that carries the den's "
    "label, and nothing of this workshop was in the answer."
)
NOT_CLAIMED = (
    "Deleted is not sanitised. None of the three levels of NIST SP 800-88 (Clear, Purge, Destroy) "
    "is claimed: the blocks of the disk that held the data were given back, not overwritten, and "
    "somebody with the disk in hand may find traces. If more is needed, sanitise the disk."
)
SYNTHETIC = (
    "The data that the blueprints declare was synthetic. What people typed in on the day is "
    "whatever they typed in."
)
NO_ENDORSEMENT = (
    "It says nothing of how good a prototype was: a den's result is not an endorsement."
)


class Stays(Frozen):
    """What the den keeps, as it is not the workshop's: by kind and role, with how many."""

    kind: str
    role: str
    count: int = Field(ge=1)


class Certificate(Frozen):
    """``record_sha256`` is that of the file of the record it belongs to. All times UTC."""

    certificate: Literal["sandboxctl-workshop-certificate/1"] = Field(
        default=SCHEMA, description="The version of this format."
    )
    workshop: str
    title: str = ""
    den: DenFacts
    blueprints: dict[str, str] = Field(
        default_factory=dict, description="Name: SHA-256 of all that its supplier wrote."
    )
    record_sha256: str
    ledger_head: str = ""
    before: Inventory
    after: Inventory
    stays: tuple[Stays, ...] = ()
    exceptions: tuple[str, ...] = Field(
        default=(), description="What was taken out of the den on purpose before, and where to."
    )
    statement: str = STATEMENT
    method: str = METHOD
    level: Literal["deleted"] = Field(
        default="deleted", description="Not one of the levels of NIST SP 800-88."
    )
    not_claimed: str = NOT_CLAIMED
    verification: str = VERIFICATION
    verified_at: AwareDatetime
    verified_by: str = Field(default="", description="Who ran the command, as the machine says.")
    versions: Versions

    @property
    def shown(self) -> str:
        return self.title or self.workshop

    @property
    def sha256(self) -> str:
        return sha256(self)


def certify(
    evidence: Evidence, *, before: Inventory, after: Inventory, stays: Inventory
) -> Certificate:
    """The certificate of a closed workshop. ``before`` and ``after`` have what belongs to it,
    ``stays`` what of the den is there afterwards and is not the workshop's.

    SandboxError if anything is left, with all of it; ValueError if the second look was not the
    later one, or missed what stays in the den: our own mistake.
    """
    if after.at < before.at or stays.at != after.at:
        raise ValueError("an inventory after is one that was taken afterwards, all at once")
    if after.things:
        raise _left(evidence, after)
    kept = [
        f"{team.shown}: {one.name} to {one.exported}"
        for team in evidence.teams
        for one in team.snapshots
        if one.exported
    ]
    return Certificate(
        workshop=evidence.name,
        title=evidence.title,
        den=evidence.den,
        blueprints={one.name: one.sha256 for one in evidence.blueprints},
        record_sha256=evidence.sha256,
        ledger_head=evidence.ledger_head,
        before=before,
        after=after,
        stays=_counted(stays),
        exceptions=tuple(kept),
        verified_at=after.at,
        verified_by=evidence.closed_by,
        versions=evidence.versions,
    )


def holds(certificate: Certificate, evidence: Evidence) -> bool:
    """Whether a certificate, read again, is of this record and says that nothing is left."""
    return certificate.record_sha256 == evidence.sha256 and not certificate.after.things


def _counted(stays: Inventory) -> tuple[Stays, ...]:
    found: dict[tuple[str, str], int] = {}
    for thing in stays.things:
        key = (thing.kind, thing.role or ("of another sandbox" if thing.sandbox else "shared"))
        found[key] = found.get(key, 0) + 1
    return tuple(Stays(kind=k, role=r, count=n) for (k, r), n in sorted(found.items()))


def _left(evidence: Evidence, after: Inventory) -> SandboxError:
    number = len(after.things)
    more = [f"and {number - SHOWN:,} more"] if number > SHOWN else []
    lines = [str(thing) for thing in after.things[:SHOWN]]
    said = f"{number:,} object{' is' if number == 1 else 's are'} left of {evidence.name}"
    return SandboxError(
        "\n".join([f"{said}, so there is no certificate:", *lines, *more]),
        hint=f"Run `sandboxctl workshop close {evidence.name}` again: it removes what is left, and "
        "certifies once nothing is.",
        code="DEN954",
    )
