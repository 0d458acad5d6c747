"""Who wrote a blueprint."""

from __future__ import annotations

from pydantic import Field

from sandboxctl.blueprint.forms import Frozen


class Supplier(Frozen):
    """Who answers for the prototype; printed on reports, given to nobody else."""

    name: str = Field(max_length=120, description="Name of the organisation.")
    contact: str = Field(
        default="", max_length=200, description="An address where the supplier is reached."
    )
