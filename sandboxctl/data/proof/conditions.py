"""Promises that are formulas: rules between columns, and gaps by a condition.

They are worked out from the values that came, with the language's own evaluation.
"""

from __future__ import annotations

from sandboxctl.data import rules
from sandboxctl.data.formulas.columns import holds
from sandboxctl.data.kinds.kind import Place
from sandboxctl.data.kinds.missing import When
from sandboxctl.data.proof.observers import Rate, written_place
from sandboxctl.data.proof.result import Result, none
from sandboxctl.data.proof.rows import Rows


class Rule:
    """A rule of a table, false in no row; rows with a mistake on purpose do not count."""

    tests = 0

    def __init__(self, table: str, rule: str) -> None:
        self.table, self.rule, self._broken = table, rule, 0

    def see(self, rows: Rows) -> None:
        self._broken += int((rules.broken(rows.observed, self.rule) & rows.clean).sum())

    def results(self, alarm: float) -> list[Result]:  # noqa: ARG002 - luck has no part in it
        where = f"{self.table}: {self.rule}"
        return [none("rule", where, "holds in every row", self._broken, "rows break it")]


class MissingWhen:
    """Gaps where a condition holds, and elsewhere."""

    tests = 2

    def __init__(self, place: Place, when: When) -> None:
        self.place, self.when = place, when
        where = written_place(place)
        self._where = Rate("missing", f"{where} where {when.when}", when.rate)
        self._elsewhere = Rate("missing", f"{where} elsewhere", when.otherwise)

    def see(self, rows: Rows) -> None:
        name = self.place.name
        plain, gone = rows.plain(name) & rows.clean, ~rows.present(name)
        meant = holds(rows.observed, name, self.when.when)
        for rate, which in ((self._where, plain & meant), (self._elsewhere, plain & ~meant)):
            rate.rows += int(which.sum())
            rate.hits += int((which & gone).sum())

    def results(self, alarm: float) -> list[Result]:
        return [self._where.result(alarm), self._elsewhere.result(alarm)]
