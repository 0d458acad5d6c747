"""What is wrong with a blueprint, and where: collected, then said all at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches

from sandboxctl.errors import BlueprintError, PolicyError, Refusal

Key = tuple[str | int, ...]
"""Where something stands: ``("services", "web", "expose", 0)``."""

SHOWN = 50
"""Lines of a message; ``refusals`` has more."""
MOST = 1_000
LONGEST, LONGEST_WHY = 60, 1_000
"""Characters of one part of a key, and of a reason, which may quote what somebody wrote."""

HINT = "Every key is explained by `sandboxctl schema --reference`."
_OF_KEYS = ("DEN2", "DEN65")
"""How codes begin that are about a key or a value."""
MISSING = "is missing"
"""How a problem begins that is about a key which is not there."""


class Unfit(ValueError):
    """A value that is not taken, said where it is looked at: it becomes a Problem there."""

    def __init__(self, why: str, code: str) -> None:
        super().__init__(why)
        self.code = code


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
    column: int | None = None

    def refusal(self, file: str) -> Refusal:
        """The same for those who do not know which ``file`` was read."""
        parts = (
            part if len(part) <= LONGEST else f"{part[:LONGEST]}…" for part in map(str, self.key)
        )
        why = self.why if len(self.why) <= LONGEST_WHY else f"{self.why[:LONGEST_WHY]}…"
        return Refusal(
            why,
            self.code,
            file=self.file or file,
            line=self.line,
            column=self.column,
            key=".".join(parts),
            hint=self.hint,
        )

    def shown(self, file: str) -> str:
        """``file:line: key: why [code]``."""
        return str(self.refusal(file))


def code_of(error: Exception, otherwise: str) -> str:
    """The code that an error brings along, such as an `Unfit`."""
    return getattr(error, "code", "") or otherwise


def near(name: str, known: Iterable[str]) -> str:
    """``; did you mean X?`` when one of ``known`` is close to ``name``, else nothing."""
    found = nearest(name, known)
    return f"; did you mean `{found}`?" if found else ""


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The one of ``known`` that ``name`` is probably meant to be."""
    if len(name) > LONGEST:  # nobody means anything by it, and comparing takes its time
        return None
    names = {other.lower(): other for other in known}
    found = get_close_matches(name.lower(), names, n=1, cutoff=0.6)
    return names[found[0]] if found else None


def failure(file: str, problems: Iterable[Problem]) -> BlueprintError:
    """All problems in the order of their lines, each said once, with the most useful hint.

    One refusal by policy makes it a PolicyError: whatever else is mended, that one decides
    whether the file can ever be taken.
    """
    ordered = sorted(_meant(list(problems)), key=lambda item: (item.file or "", item.line or 0))
    found = list(dict.fromkeys(problem.refusal(file) for problem in ordered))
    listed = [*found[:MOST], *_rest(file, len(found) - MOST)]
    text = "\n".join(map(str, [*found[:SHOWN], *_rest(file, len(found) - SHOWN)]))
    from sandboxctl import codes  # all that is said of each: for those who did something wrong

    refused = next((one.code for one in found if codes.ALL[one.code].policy), None)
    hint = _hint(ordered, refused or found[0].code)
    if refused:
        return PolicyError(text, hint=hint, code=refused, refusals=listed)
    return BlueprintError(text, hint=hint, code=found[0].code, refusals=listed)


def _hint(problems: list[Problem], decides: str) -> str:
    """The first that a problem brings along; else what helps with keys, or with the one code that
    decides."""
    if own := next((problem.hint for problem in problems if problem.hint), ""):
        return own
    about_keys = any(not one.file and one.code.startswith(_OF_KEYS) for one in problems)
    from sandboxctl import codes

    return HINT if about_keys else codes.ALL[decides].mend


def _meant(problems: list[Problem]) -> list[Problem]:
    """Without keys that are missing because the same mapping has them misspelt."""
    wrong = [problem.key for problem in problems if problem.code == "DEN202"]
    return [
        problem
        for problem in problems
        if not problem.why.startswith(MISSING)
        or not any(
            key[:-1] == problem.key[:-1] and nearest(str(key[-1]), [str(problem.key[-1])])
            for key in wrong
        )
    ]


def _rest(file: str, count: int) -> list[Refusal]:
    return [Refusal(f"and {count:,} more problems", "DEN299", file=file)] if count > 0 else []


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
