"""The kinds of columns, a module for each family; every kind is a model with its own checks."""

from __future__ import annotations

from typing import Annotated, get_args

from pydantic import Field

from sandboxctl.data.kinds.formulas import FormulasColumn
from sandboxctl.data.kinds.identity import IdentityColumn
from sandboxctl.data.kinds.kind import Kind
from sandboxctl.data.kinds.links import LinksColumn
from sandboxctl.data.kinds.people import PeopleColumn
from sandboxctl.data.kinds.places import PlacesColumn
from sandboxctl.data.kinds.quantities import QuantitiesColumn
from sandboxctl.data.kinds.state_times import StateTimesColumn
from sandboxctl.data.kinds.states import StatesColumn
from sandboxctl.data.kinds.times import TimesColumn
from sandboxctl.data.kinds.words import WordsColumn

__all__ = ["KINDS", "Column", "Kind"]

Column = Annotated[
    IdentityColumn
    | PeopleColumn
    | PlacesColumn
    | QuantitiesColumn
    | TimesColumn
    | WordsColumn
    | LinksColumn
    | StatesColumn
    | StateTimesColumn
    | FormulasColumn,
    Field(discriminator="kind"),
]

KINDS: dict[str, type[Kind]] = {
    get_args(model.model_fields["kind"].annotation)[0]: model
    for model in get_args(get_args(Column)[0])
}
"""Every kind by the name that a blueprint gives it."""
