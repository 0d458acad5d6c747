"""What a workshop file asks for: many sandboxes, one for each team, until the day is over."""

from __future__ import annotations

from typing import Annotated, Literal, Self, TypeAlias

from pydantic import (
    BeforeValidator,
    Discriminator,
    Field,
    StringConstraints,
    Tag,
    model_validator,
)

from sandboxctl.blueprint.forms import Frozen, Identifier, Name, Whole
from sandboxctl.blueprint.patterns import UNTIL
from sandboxctl.blueprint.problem import Unfit

MOST_TEAMS = 250
"""As many sandboxes as a den is tested with; a generation of each is on the gateway at once."""
MOST_SPARES = 20

NUMBER, NAMES, MAPPING = "<number>", "<names>", "<mapping>"
"""The three forms of ``teams``; no team can be called so."""

Text = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Value = Annotated[
    str,
    StringConstraints(max_length=2_000),
    BeforeValidator(lambda value: value, json_schema_input_type=str | float | bool),
]
"""Text, as `--set` has it; a number or a truth value is taken as it stands in the file."""

Values: TypeAlias = dict[Identifier, Value]


def _nothing_said(value: object) -> object:
    """``heron:`` alone is a team with nothing of its own."""
    return {} if value is None else value


class TeamAsked(Frozen):
    """What one team has of its own."""

    title: str = Field(
        default="", max_length=60, description="What people read instead of the name."
    )
    blueprint: Text | None = Field(
        default=None,
        description="Its own, instead of the workshop's; then the workshop's `set` is not for it.",
    )
    set: Values = Field(
        default_factory=dict, description="Parameters for it alone, above the workshop's."
    )


def _form(value: object) -> str:
    match value:
        case list() | tuple():
            return NAMES
        case dict():
            return MAPPING
        case _:
            return NUMBER


_Team = Annotated[
    TeamAsked, BeforeValidator(_nothing_said, json_schema_input_type=TeamAsked | None)
]
Teams = Annotated[
    Annotated[Whole, Field(ge=1, le=MOST_TEAMS), Tag(NUMBER)]
    | Annotated[tuple[Name, ...], Field(min_length=1, max_length=MOST_TEAMS), Tag(NAMES)]
    | Annotated[dict[Name, _Team], Field(min_length=1, max_length=MOST_TEAMS), Tag(MAPPING)],
    Discriminator(_form),
]


class WorkshopFile(Frozen):
    """The whole file.

    ``until`` is as it was written: what it means depends on the day it is read.
    """

    workshop: Literal[1] = Field(description="The version of this format.")
    name: Name = Field(description="What the verbs of `sandboxctl workshop` take.")
    title: str = Field(default="", max_length=120, description="What stands on pages and papers.")
    until: Annotated[str, StringConstraints(pattern=UNTIL)] | None = Field(
        default=None,
        description="When everything ends: 17:00, or 2026-05-12 17:00, of this machine's time zone "
        "unless one is named. Without it the blueprint's `lifetime` counts.",
    )
    teams: Teams = Field(
        description="How many; or a list of names; or names with what each has of its own."
    )
    blueprint: Text | None = Field(
        default=None,
        description="A folder or a file, as seen from this file, or a shipped one by its name; "
        "**needed** unless each team has its own.",
    )
    set: Values = Field(
        default_factory=dict, description="Parameters of `blueprint`, as `--set` gives them."
    )
    spares: Annotated[Whole, Field(ge=0, le=MOST_SPARES)] = Field(
        default=1,
        description="Generations kept ready of each blueprint, so that a reset takes one.",
    )

    @property
    def named(self) -> dict[str, TeamAsked]:
        """Teams with a name, in the order of the file; none where there is only a number."""
        match self.teams:
            case int():
                return {}
            case tuple():
                return {name: TeamAsked() for name in self.teams}
            case _:
                return self.teams

    @property
    def number(self) -> int:
        return self.teams if isinstance(self.teams, int) else len(self.teams)

    @model_validator(mode="after")
    def _each_has_a_blueprint(self) -> Self:
        without = [name for name, team in self.named.items() if not team.blueprint]
        if self.blueprint is None and (without or not self.named):
            shown = f", and {', '.join(without[:3])} {_has(without)} none" if without else ""
            raise Unfit(f"there is no `blueprint` for all teams{shown}", "DEN271")
        return self


def _has(names: list[str]) -> str:
    return "has" if len(names) == 1 else "have"
