"""Makers of values, a module for each family of kinds: (scope, column's name, model) → values."""

from __future__ import annotations

from sandboxctl.data.fields import (
    formulas,
    identity,
    links,
    people,
    places,
    quantities,
    states,
    times,
    words,
)
from sandboxctl.data.kinds import Kind
from sandboxctl.data.scope import Maker

MAKERS: dict[type[Kind], Maker] = {
    **identity.MAKERS,
    **people.MAKERS,
    **places.MAKERS,
    **quantities.MAKERS,
    **times.MAKERS,
    **words.MAKERS,
    **links.MAKERS,
    **states.MAKERS,
    **formulas.MAKERS,
}


def maker(column: Kind) -> Maker:
    """What makes the values of a column."""
    return MAKERS[type(column)]
