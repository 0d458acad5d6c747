"""Every function of the language: its name, how it is called, what it gives, and how.

The reference page lists them from here; one that reads the rows of another table is in `family`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from sandboxctl.data.formulas import calendar, logic, numbers, texts
from sandboxctl.data.formulas.arithmetic import stepped
from sandboxctl.data.formulas.terms import Term, number
from sandboxctl.data.types import TRUTH, Type

MANY = 99


@dataclass(frozen=True, slots=True)
class Function:
    """``takes`` is the least and the most number of arguments; ``make`` None: not made of terms."""

    called: str
    says: str
    takes: tuple[int, int]
    make: Callable[..., Term] | None

    @property
    def name(self) -> str:
        return self.called.partition("(")[0]


LENGTH = Type("whole", 0, 0, 2**31)


def _left(text: Term, count: Term) -> Term:
    return _cut(text, 0, _count(count))


def _right(text: Term, count: Term) -> Term:
    many = _count(count)
    return _cut(text, -many, None) if many else _cut(text, 0, 0)


def _cut(term: Term, start: int, stop: int | None) -> Term:
    """The letters from one place to another; a place below 0 counts from the end."""
    count = -start if stop is None else stop
    length = min(count, texts.wanted(term).type.characters)
    return texts.changed(term, "utf8_slice_codeunits", start, stop, length=length)


def _count(term: Term) -> int:
    return max(numbers.whole(term, "the number of letters"), 0)


def _changed(*change: Any) -> Callable[[Term], Term]:
    return lambda text: texts.changed(text, *change)


def _found(function: str) -> Callable[[Term, Term], Term]:
    return lambda text, part: texts.measured(
        TRUTH, text, function, texts.written(part, "the part to look for")
    )


def _replace(text: Term, old: Term, new: Term) -> Term:
    said = (texts.written(old, "what to replace"), texts.written(new, "what to put there"))
    return texts.replaced(text, *said)


def _initials(text: Term) -> Term:
    first = texts.changed(text, "utf8_trim_whitespace")
    return texts.changed(first, "replace_substring_regex", r"(\S)\S*\s*", r"\1")


def _round(term: Term, places: Term | None = None) -> Term:
    return numbers.round_to(term, numbers.whole(places, "the places") if places else 0)


def _pad(term: Term, width: Term) -> Term:
    return texts.padded(term, numbers.whole(width, "the width"))


def _seconds(count: int) -> Callable[[Term], Term]:
    return lambda term: calendar.duration(term, count)


def _part_of(name: str) -> Callable[[Term], Term]:
    return lambda term: calendar.part(name, term)


_ALL = (
    Function("abs(x)", "Without its sign.", (1, 1), numbers.absolute),
    Function("round(x, places)", "Halves away from zero; `places` may be left out.", (1, 2),
             _round),
    Function("floor(x)", "The whole number below.", (1, 1), lambda x: stepped(number(x), up=False)),
    Function("ceil(x)", "The whole number above.", (1, 1), lambda x: stepped(number(x), up=True)),
    Function("min(x, y, …)", "The least of several, or of one column of `children`.", (1, MANY),
             lambda *terms: numbers.extreme(terms, most=False)),
    Function("max(x, y, …)", "The most of several, or of one column of `children`.", (1, MANY),
             lambda *terms: numbers.extreme(terms, most=True)),
    Function("part(total, ordinal, siblings)",
             "A share of a total, exact: the shares of all siblings add up to it.", (3, 3),
             numbers.part),
    Function("sum(children.column)", "Of all rows of `children` that belong to this one.", (1, 1),
             None),
    Function("count(children)", "How many there are.", (1, 1), None),
    Function("first(children.column)", "Of the first of them; missing if there are none.", (1, 1),
             None),
    Function("last(children.column)", "Of the last of them; missing if there are none.", (1, 1),
             None),
    Function("seconds(n)", "A duration.", (1, 1), _seconds(1)),
    Function("minutes(n)", "A duration.", (1, 1), _seconds(60)),
    Function("hours(n)", "A duration.", (1, 1), _seconds(3600)),
    Function("days(n)", "A duration.", (1, 1), _seconds(86_400)),
    Function("weeks(n)", "A duration.", (1, 1), _seconds(604_800)),
    Function("add_months(d, n)", "As many months later; the last day of a shorter month.", (2, 2),
             lambda d, n: calendar.shifted(d, n, 1)),
    Function("add_years(d, n)", "As many years later.", (2, 2),
             lambda d, n: calendar.shifted(d, n, 12)),
    Function("date(d)", "The day of a timestamp; date('2026-01-31') is that day.", (1, 1),
             calendar.date),
    Function("year(d)", "Of a date or a timestamp.", (1, 1), calendar.year),
    Function("month(d)", "1 to 12.", (1, 1), _part_of("month")),
    Function("day(d)", "1 to 31.", (1, 1), _part_of("day")),
    Function("weekday(d)", "Monday is 1, Sunday is 7.", (1, 1), _part_of("weekday")),
    Function("hour(t)", "0 to 23, in UTC.", (1, 1), _part_of("hour")),
    Function("minute(t)", "0 to 59.", (1, 1), _part_of("minute")),
    Function("days_between(a, b)", "Whole days from a to b.", (2, 2), calendar.days_between),
    Function("months_between(a, b)", "Whole months from a to b.", (2, 2),
             lambda a, b: calendar.months_between(a, b, 1)),
    Function("years_between(a, b)", "Whole years from a to b, as ages are counted.", (2, 2),
             lambda a, b: calendar.months_between(a, b, 12)),
    Function("text(x)", "Anything as it stands in a CSV file.", (1, 1), texts.text),
    Function("pad(n, width)", "A whole number with zeros in front.", (2, 2), _pad),
    Function("lower(t)", "In small letters.", (1, 1), _changed("utf8_lower")),
    Function("upper(t)", "In capitals.", (1, 1), _changed("utf8_upper")),
    Function("title(t)", "Each Word With A Capital.", (1, 1), _changed("utf8_title")),
    Function("trim(t)", "Without spaces at the ends.", (1, 1), _changed("utf8_trim_whitespace")),
    Function("initials(t)", "The first letter of each word.", (1, 1), _initials),
    Function("left(t, n)", "The first n letters.", (2, 2), _left),
    Function("right(t, n)", "The last n letters.", (2, 2), _right),
    Function("replace(t, 'a', 'b')", "Every a becomes b.", (3, 3), _replace),
    Function("length(t)", "How many letters.", (1, 1),
             lambda text: texts.measured(LENGTH, text, "utf8_length")),
    Function("contains(t, 'a')", "Whether it has this part.", (2, 2), _found("match_substring")),
    Function("startswith(t, 'a')", "Whether it begins so.", (2, 2), _found("starts_with")),
    Function("endswith(t, 'a')", "Whether it ends so.", (2, 2), _found("ends_with")),
    Function("coalesce(x, y, …)", "The first that is not missing.", (1, MANY),
             lambda *terms: logic.coalesced(terms)),
    Function("is_missing(x)", "Whether there is no value.", (1, 1), logic.is_missing),
    Function("col('class')", "A column whose name is a word of Python; also col('claim.from').",
             (1, 1), None),
)  # fmt: skip

FUNCTIONS: Mapping[str, Function] = MappingProxyType({each.name: each for each in _ALL})


def table() -> str:
    """The functions as a Markdown table."""
    rows = [f"| `{each.called}` | {each.says} |" for each in FUNCTIONS.values()]
    return "\n".join(["| Function | What it gives |", "|---|---|", *rows, ""])
