"""What one check found."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Literal

Check = Literal[
    "rows",
    "missing",
    "bounds",
    "chi-square",
    "Kolmogorov–Smirnov",
    "edge case",
    "unique",
    "reference",
    "rule",
    "safe set",
]


@dataclass(frozen=True, slots=True)
class Result:
    """``statistic`` is what was measured and ``limit`` the most it may be; ``alarm`` the chance
    that luck alone goes beyond, 0 where luck has no part in it."""

    check: Check
    where: str
    declared: str
    observed: str
    statistic: float
    limit: float
    holds: bool
    alarm: float = 0.0

    def facts(self) -> dict[str, str | float | bool | None]:
        """As JSON; an endless number is none."""
        found = asdict(self)
        return found | {key: None for key in ("statistic", "limit") if found[key] == float("inf")}


def none(check: Check, where: str, declared: str, bad: int, of: str) -> Result:
    """Something that must not happen in a single row."""
    return Result(check, where, declared, f"{bad:,} {of}", bad, 0, bad == 0)
