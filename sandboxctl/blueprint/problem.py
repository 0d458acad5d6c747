"""What is wrong with a blueprint, and where: collected, then said all at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches

from sandboxctl.errors import BlueprintError

Key = tuple[str | int, ...]
"""Where something stands: ``("services", "web", "expose", 0)``."""

SHOWN = 50
LONGEST = 60
"""Characters of one part of a key."""

HINT = "Every key is explained by `sandboxctl schema`."


@dataclass(frozen=True, slots=True)
class Problem:
    """``line`` counts from 1; ``file`` is set where it is not the blueprint itself.

    ``unread`` tells that something is missing from what was read because of it. ``code`` is one
    of `sandboxctl.codes`.
    """

    key: Key
    why: str
    line: int | None = None
    file: str | None = None
    hint: str = ""
    unread: bool = True
    code: str = "DEN200"

    def shown(self, file: str) -> str:
        """``file:line: key: why``."""
        where = f"{self.file or file}:{self.line}" if self.line else f"{self.file or file}"
        parts = (
            part if len(part) <= LONGEST else f"{part[:LONGEST]}…" for part in map(str, self.key)
        )
        return ": ".join(filter(None, [where, ".".join(parts), self.why]))


def near(name: str, known: Iterable[str]) -> str:
    """``; did you mean X?`` when one of ``known`` is close to ``name``, else nothing."""
    found = nearest(name, known)
    return f"; did you mean `{found}`?" if found else ""


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The one of ``known`` that ``name`` is probably meant to be."""
    names = {other.lower(): other for other in known}
    found = get_close_matches(name.lower(), names, n=1, cutoff=0.6)
    return names[found[0]] if found else None


def failure(file: str, problems: Iterable[Problem]) -> BlueprintError:
    """All problems in the order of their lines, each said once, with the most useful hint."""
    ordered = sorted(problems, key=lambda item: (item.file or "", item.line or 0))
    lines = list(dict.fromkeys(problem.shown(file) for problem in ordered))
    more = [f"{file}: and {len(lines) - SHOWN} more problems"] if len(lines) > SHOWN else []
    hint = next((problem.hint for problem in ordered if problem.hint), HINT)
    return BlueprintError("\n".join([*lines[:SHOWN], *more]), hint=hint)


def apart(problems: Iterable[Problem], earlier: Iterable[Problem]) -> list[Problem]:
    """Those that cannot be a mere consequence of an ``earlier`` one.

    A problem at or below a place that could not be read, or right above it, would only
    repeat it in other words.
    """
    known = [problem.key for problem in earlier if problem.unread and problem.key]
    return [
        problem
        for problem in problems
        if problem.file or not any(_related(problem.key, k) for k in known)
    ]


def _related(one: Key, other: Key) -> bool:
    shorter = min(len(one), len(other))
    return one[:shorter] == other[:shorter]
