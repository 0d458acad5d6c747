"""Whether the edge cases of a table change anything: one that nothing heeds is a mistake."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import get_close_matches

from sandboxctl.data.edge_cases import EDGE_CASES
from sandboxctl.data.kinds import KINDS
from sandboxctl.data.kinds.kind import Problem
from sandboxctl.data.model import Data, Table

_USED = re.compile(r"\bedge\.([a-z][a-z0-9_]*)")


def problems(data: Data) -> Iterator[Problem]:
    """Edge cases that are not known, or that no column and no formula of the table takes up."""
    for name, table in data.tables.items():
        heeded = {case for column in table.columns.values() for case in column.heeds}
        taken = heeded | used(table)
        for case in table.edge_cases:
            if case not in taken:
                yield ("tables", name, "edge_cases", case), _why(case)


def used(table: Table) -> set[str]:
    """The edge cases that formulas of a table ask for."""
    return set(_USED.findall(table.model_dump_json(include={"columns", "rules"})))


def heeders(case: str) -> list[str]:
    """The kinds of columns that an edge case changes."""
    return [kind for kind, model in KINDS.items() if case in model.heeds]


def _why(case: str) -> str:
    if case in EDGE_CASES:
        kinds = f" ({', '.join(heeders(case))})" if heeders(case) else ""
        return (
            f"changes nothing here: no column heeds it{kinds}, and no formula asks for edge.{case}"
        )
    near = get_close_matches(case, EDGE_CASES, n=1)
    meant = f"; did you mean `{near[0]}`? " if near else ". "
    return f"is not an edge case that is known{meant}Your own needs a formula with edge.{case}"
