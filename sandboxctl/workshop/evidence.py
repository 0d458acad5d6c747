"""The record of a workshop: what was started, what happened to it, and what was kept.

It outlives everything else. It holds no secret, no key of a sandbox, and nobody's name but who
opened and closed the workshop on the machine.
"""

from __future__ import annotations

import json
from collections import Counter
from datetime import timedelta
from hashlib import sha256 as _sha256
from typing import Literal

from pydantic import AwareDatetime, BaseModel, Field

from sandboxctl.blueprint.forms import Frozen

SCHEMA: Literal["sandboxctl-workshop-record/1"] = "sandboxctl-workshop-record/1"


class Versions(Frozen):
    """Of what had a say in it."""

    sandboxctl: str
    python: str = ""
    engine: str = Field(default="", description="The engine's own version.")
    mix: int | None = Field(default=None, description="Of what turns a seed into values.")


class DenFacts(Frozen):
    """Where it ran."""

    name: str
    install: str = Field(description="The id that all of its objects carry.")
    engine: str = Field(default="", description="Its name or address, without a password.")


class BlueprintFacts(Frozen):
    """One blueprint as one or more teams had it."""

    name: str
    title: str = ""
    supplier: str = ""
    licence: str = ""
    sha256: str = Field(default="", description="Of all that the supplier wrote.")
    recipe: str = Field(description="What a generation is made from; equal means identical.")
    data_sha256: str = Field(default="", description="Of the declaration of its data.")
    seed: int | None = None
    rows: dict[str, int] = Field(default_factory=dict, description="Table: rows at minute zero.")
    set: dict[str, str] = Field(default_factory=dict, description="Parameters that were given.")
    exceptions: tuple[str, ...] = Field(default=(), description="What was granted to it.")


class Reset(Frozen):
    """A time when a team went back; ``why`` is `reset`, `undo`, `restore` or `up`."""

    at: AwareDatetime
    why: Literal["reset", "undo", "restore", "up"]
    of: str = Field(default="", description="The service, where it was one of several.")
    seconds: float | None = Field(default=None, ge=0, description="Until it answered again.")
    lost: str = Field(default="", description="What was lost by it, in words.")


class Failure(Frozen):
    """Something that did not work, and why: that is what the day is for."""

    at: AwareDatetime
    service: str = ""
    why: str
    code: str = Field(default="", description="One of the codes of docs/codes.md, if it has one.")
    mended: bool | None = Field(default=None, description="Whether it ran again afterwards.")


class Snapshot(Frozen):
    """A state that was kept on purpose. ``exported`` is where it went; without, it went with the
    workshop."""

    name: str
    at: AwareDatetime
    exported: str = ""


class Outgoing(Frozen):
    """What a service asked for outside, by an exception."""

    service: str
    to: str
    times: int = Field(ge=0)
    refused: int = Field(default=0, ge=0)
    bytes: int = Field(default=0, ge=0, description="That came back.")


class Note(Frozen):
    """What somebody wrote down while it happened: about a team, or about all of them."""

    at: AwareDatetime
    text: str
    by: str = ""


class Helped(Frozen):
    """A hand that was up, when somebody lowered it."""

    at: AwareDatetime
    seconds: float = Field(ge=0, description="For so long it had been up.")


class TeamFacts(Frozen):
    """What one team had and what became of it."""

    name: str
    title: str = ""
    sandbox: str
    recipe: str = Field(description="One of `blueprints`.")
    ready: AwareDatetime | None = Field(default=None, description="When it first answered.")
    generations: int = Field(default=1, ge=0)
    resets: tuple[Reset, ...] = ()
    failures: tuple[Failure, ...] = ()
    snapshots: tuple[Snapshot, ...] = ()
    went_out: tuple[Outgoing, ...] = ()
    notes: tuple[Note, ...] = ()
    helped: tuple[Helped, ...] = ()

    @property
    def shown(self) -> str:
        return self.title or self.name

    @property
    def is_told(self) -> bool:
        """Whether the ledger of who closed it knows this team's story: another controller's has
        it where a sandbox that once served was never seen to become ready."""
        return self.ready is not None or not self.generations

    def with_earlier(self, before: TeamFacts) -> TeamFacts:
        """With what was written down of it before its sandbox went, each thing once: what a ledger
        has is told again by every look at it."""
        resets = {(one.at, one.why, one.of): one for one in (*before.resets, *self.resets)}
        failures: dict[tuple[object, str], Failure] = {}
        for one in (*before.failures, *self.failures):
            failures.setdefault((one.service or one.at, one.why), one)
        ways = sorted((*before.went_out, *self.went_out), key=lambda one: one.times)
        most = {(one.service, one.to): one for one in ways}
        kept = {one.name: one for one in (*before.snapshots, *self.snapshots)}
        notes = {(one.at, one.text): one for one in (*before.notes, *self.notes)}
        helped = {one.at: one for one in (*before.helped, *self.helped)}
        return self.model_copy(
            update={
                "recipe": self.recipe if self.generations else before.recipe,
                "ready": min(filter(None, (before.ready, self.ready)), default=None),
                "generations": max(before.generations, self.generations),
                "resets": tuple(sorted(resets.values(), key=lambda one: one.at)),
                "failures": tuple(sorted(failures.values(), key=lambda one: one.at)),
                "snapshots": tuple(kept.values()),
                "went_out": tuple(most[key] for key in sorted(most)),
                "notes": tuple(sorted(notes.values(), key=lambda one: one.at)),
                "helped": tuple(helped[at] for at in sorted(helped)),
            }
        )


class Evidence(Frozen):
    """One workshop. All times UTC; nothing that is not known is guessed: it is empty or null."""

    record: Literal["sandboxctl-workshop-record/1"] = Field(
        default=SCHEMA, description="The version of this format."
    )
    name: str
    title: str = ""
    den: DenFacts
    opened: AwareDatetime = Field(description="When it was first brought up.")
    until: AwareDatetime = Field(description="Until when it was meant to be there.")
    closed: AwareDatetime
    opened_by: str = ""
    closed_by: str = ""
    file_sha256: str = Field(default="", description="Of the workshop file, where there was one.")
    blueprints: tuple[BlueprintFacts, ...]
    teams: tuple[TeamFacts, ...]
    notes: tuple[Note, ...] = Field(default=(), description="About no team alone.")
    versions: Versions
    ledger_head: str = Field(default="", description="Hash of the ledger's last event until then.")

    @property
    def shown(self) -> str:
        return self.title or self.name

    @property
    def lasted(self) -> timedelta:
        return self.closed - self.opened

    @property
    def are_equal(self) -> bool:
        """Whether all teams had the same, to the byte: the same recipe, and by it the same images,
        limits, seed and data."""
        return len({team.recipe for team in self.teams}) == 1

    @property
    def counted(self) -> Counter[str]:
        """``resets``, ``failures`` and ``snapshots`` of all teams."""
        found: Counter[str] = Counter()
        for team in self.teams:
            found["resets"] += len(team.resets)
            found["failures"] += len(team.failures)
            found["snapshots"] += len(team.snapshots)
        return found

    @property
    def sha256(self) -> str:
        """Of the file that it is written to, as `sha256sum` says it; the certificate names it."""
        return sha256(self)

    def blueprint_of(self, team: TeamFacts) -> BlueprintFacts | None:
        return next((one for one in self.blueprints if one.recipe == team.recipe), None)


def written(paper: BaseModel) -> str:
    """A record or a certificate as its file holds it, to the byte."""
    return json.dumps(paper.model_dump(mode="json"), indent=2, ensure_ascii=False) + "\n"


def sha256(paper: BaseModel) -> str:
    """SHA-256 of that file, in hexadecimal."""
    return _sha256(written(paper).encode()).hexdigest()
