"""The `data:` section of a blueprint: what is asked for, before a row is made."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from sandboxctl.data.chance.correlations import Correlation
from sandboxctl.data.dirt.model import Dirt
from sandboxctl.data.forms import Formula, Frozen, Line, Name, Rate, Whole
from sandboxctl.data.kinds import Column
from sandboxctl.data.relations.rows import Rows


class Table(Frozen):
    """Rows of one kind."""

    rows: Rows = Field(description="How many; or `per` a row of another table.")
    columns: dict[Name, Column] = Field(
        min_length=1, max_length=200, description="What each row has, in this order."
    )
    key: tuple[Name, ...] = Field(
        default=(),
        max_length=8,
        description="Columns that tell a row from all others, together: the primary key.",
    )
    edge_cases: dict[Name, Rate] = Field(
        default_factory=dict,
        max_length=50,
        description="Rare cases that happen in life, and the share of rows each happens in.",
    )
    rules: tuple[Formula, ...] = Field(
        default=(),
        max_length=200,
        description="Formulas that are true in every row: shown to be before one is made. "
        "Where a value in it is missing, a rule holds.",
    )
    correlations: tuple[Correlation, ...] = Field(
        default=(), max_length=50, description="Numbers that go up and down together."
    )
    dirt: Dirt | None = Field(
        default=None, description="Mistakes on purpose, with the truth in a table of its own."
    )


class Data(Frozen):
    """Synthetic data: same seed, same bytes."""

    seed: Whole = Field(
        default=1, ge=0, lt=2**63, description="Another number makes other people of them."
    )
    use: dict[str, dict[str, Any]] = Field(
        default_factory=dict,
        exclude=True,
        description="Ready-made data by name, each with its parameters; see the packs below.",
    )
    tables: dict[Name, Table] = Field(
        min_length=1, max_length=100, description="What there is, in this order."
    )
    sources: tuple[Line, ...] = Field(
        default=(),
        max_length=200,
        description="Published figures that the numbers follow, with their year.",
    )
