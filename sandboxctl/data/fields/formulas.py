"""Columns worked out from others."""

from __future__ import annotations

from sandboxctl.data.formulas.columns import values
from sandboxctl.data.kinds.formulas import Expression
from sandboxctl.data.scope import Maker, Scope
from sandboxctl.data.values import Cells


def _expression(scope: Scope, name: str, column: Expression) -> Cells:
    return values(scope, name, column.of)


MAKERS: dict[type, Maker] = {Expression: _expression}
