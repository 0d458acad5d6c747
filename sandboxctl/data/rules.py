"""Rules between the columns of a table: shown to hold before a row is made, counted afterwards."""

from __future__ import annotations

from collections.abc import Iterator

from sandboxctl.data.formulas import columns, proof
from sandboxctl.data.formulas.syntax import FormulaError
from sandboxctl.data.kinds.kind import Place, Problem
from sandboxctl.data.kinds.missing import When
from sandboxctl.data.model import Data
from sandboxctl.data.relations.sizes import sizes
from sandboxctl.data.scope import Scope
from sandboxctl.data.values import Mask


def problems(data: Data) -> Iterator[Problem]:
    """Rules that are no formulas, and rules that some row may break."""
    counted = sizes(data)
    for table, content in data.tables.items():
        place = Place(data, counted, table, next(iter(content.columns)))
        for number, rule in enumerate(content.rules):
            if why := refusal(place, rule):
                yield ("tables", table, "rules", number), why


def refusal(place: Place, rule: str) -> str | None:
    """Why a rule is refused; None if it is shown to hold, or if a column it needs is wrong."""
    if why := columns.wrong(place, rule, condition=True):
        return why
    try:
        doubt = proof.doubt(place, rule)
    except FormulaError:
        return None
    return f"cannot be shown to hold: {doubt}" if doubt else None


def conditions(place: Place) -> Iterator[Problem]:
    """What is wrong with the condition by which a column is missing."""
    missing = place.column.missing
    if isinstance(missing, When) and (why := columns.wrong(place, missing.when, condition=True)):
        yield (*place.path, "missing"), why


def broken(scope: Scope, rule: str) -> Mask:
    """The rows in which a rule is false; where it is missing, it holds."""
    return columns.fails(scope, rule)
