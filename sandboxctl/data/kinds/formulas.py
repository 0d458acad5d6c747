"""Columns worked out from others."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from sandboxctl.data.kinds.kind import Kind


class Expression(Kind):
    """Worked out from other columns of the row, and of the rows that it refers to."""

    kind: Literal["expression"]
    of: str = Field(max_length=2_000, description="The formula.")


FormulasColumn = Expression
