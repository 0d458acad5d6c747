"""What is decided about a workshop, as ``den.json`` holds it in its part ``workshops``."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import Field, ValidationError

from sandboxctl.blueprint.forms import Frozen, Name
from sandboxctl.errors import SandboxError
from sandboxctl.workshop.evidence import BlueprintFacts, TeamFacts


class Member(Frozen):
    """A team of a workshop. ``recipe`` is the digest under which the den keeps what its sandbox is
    made from; ``sandbox`` is its own name unless the engine ever needs another."""

    sandbox: Name
    blueprint: Name
    recipe: str
    title: str = Field(default="", max_length=60)


class Workshop(Frozen):
    """``until`` and ``since`` UTC; ``spares`` for each recipe; ``file`` the SHA-256 of the file it
    was brought up from, empty where there was none; ``closing`` since when it is being closed: then
    nothing of it is started any more; ``opened_by`` who brought it up, as the ledger has it;
    ``made_of`` recipe → what the supplier wrote, taken down while its folder was there; ``gone``
    team → what was known of it when its sandbox went, so that `close` can still tell.
    """

    format: Literal[1] = 1
    name: Name
    title: str = Field(default="", max_length=120)
    teams: dict[Name, Member] = Field(default_factory=dict)
    spares: int = Field(default=0, ge=0)
    since: datetime
    until: datetime
    file: str = ""
    opened_by: str = ""
    closing: datetime | None = None
    made_of: dict[str, BlueprintFacts] = Field(default_factory=dict)
    gone: dict[Name, TeamFacts] = Field(default_factory=dict)

    @property
    def shown(self) -> str:
        return self.title or self.name

    @property
    def sandboxes(self) -> tuple[str, ...]:
        """Of its teams, in their order."""
        return tuple(member.sandbox for member in self.teams.values())

    @property
    def blueprints(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(member.blueprint for member in self.teams.values()))

    @property
    def spares_wanted(self) -> dict[str, int]:
        """Recipe → how many generations of it should stand ready; none once it is being closed."""
        wanted = 0 if self.closing else self.spares
        return {member.recipe: wanted for member in self.teams.values()}

    def team_of(self, sandbox: str) -> str:
        """The team whose ``sandbox`` it is; empty if it is nobody's here."""
        return next((n for n, member in self.teams.items() if member.sandbox == sandbox), "")


def kept(name: str, entry: object) -> Workshop:
    """An entry of the den's state, which JSON has made of a `Workshop`.

    SandboxError where it is torn, or a newer version wrote it: then nothing of it may be reaped.
    """
    try:
        return Workshop.model_validate(entry)
    except ValidationError as error:
        newer = isinstance(entry, dict) and entry.get("format", 1) != 1
        why = "a newer sandboxctl wrote it" if newer else _first(error)
        raise SandboxError(
            f"what the den keeps of the workshop {name} cannot be read: {why}",
            hint="Use the version that wrote it; nothing of the workshop was touched.",
        ) from None


def _first(error: ValidationError) -> str:
    found = error.errors(include_url=False)[0]
    return f"{'.'.join(map(str, found['loc']))}: {found['msg'].lower()}"
