"""The `data:` section of a blueprint: what is asked for, before a row is made."""

from __future__ import annotations

from pydantic import Field

from sandboxctl.data.forms import Frozen, Name, Rate, Whole
from sandboxctl.data.kinds import Column


class Table(Frozen):
    """Rows of one kind."""

    rows: Whole = Field(ge=0, le=100_000_000, description="How many.")
    columns: dict[Name, Column] = Field(
        min_length=1, max_length=200, description="What each row has, in this order."
    )
    edge_cases: dict[Name, Rate] = Field(
        default_factory=dict,
        max_length=50,
        description="Rare cases that happen in life, and the share of rows each happens in.",
    )


class Data(Frozen):
    """Synthetic data: same seed, same bytes."""

    seed: Whole = Field(
        default=1, ge=0, lt=2**63, description="Another number makes other people of them."
    )
    tables: dict[Name, Table] = Field(
        min_length=1, max_length=100, description="What there is, in this order."
    )
