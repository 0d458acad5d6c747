"""Where a column has no value: in a share of its rows, or in those in which a condition holds."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, TypeAdapter, WrapValidator

from sandboxctl.data.forms import Formula, Frozen, Rate

_RATE: TypeAdapter[float] = TypeAdapter(Rate)


class When(Frozen):
    """Missing by a condition: a formula that is true or false."""

    when: Formula = Field(description="The condition, such as `status == 'open'`.")
    rate: Rate = Field(default=1, description="Share of the rows in which it holds.")
    otherwise: Rate = Field(default=0, description="Share of the other rows.")


def _missing(value: Any, _: Any) -> Any:
    """One member of the union is meant, and only that one should complain."""
    match value:
        case When():
            return value
        case str():
            return When(when=value)
        case dict():
            return When.model_validate(value)
        case _:
            return _RATE.validate_python(value)


Missing = Annotated[When | Rate, WrapValidator(_missing, json_schema_input_type=Rate | str | When)]
"""A rate, a condition, or both."""
