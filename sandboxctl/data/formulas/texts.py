"""Texts: put together, changed, cut and looked into.

A function of a pool of texts (`Codes`) is worked out once for each entry; other texts are written
out and changed by Arrow. Both give the same, as the same function of Arrow does it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from sandboxctl.data.chance.mix import Index
from sandboxctl.data.formulas.bounds import bounds
from sandboxctl.data.formulas.syntax import FormulaError
from sandboxctl.data.formulas.terms import Made, Term, deeper, lifted, number
from sandboxctl.data.scope import Scope
from sandboxctl.data.types import TRUTH, WRITTEN, Type
from sandboxctl.data.values import (
    Codes,
    Days,
    Flags,
    Joined,
    Mask,
    Numbers,
    Seconds,
    Spans,
    Texts,
    Uuids,
    Values,
)

if TYPE_CHECKING:
    import pyarrow as pa

Change = tuple[Any, ...]
"""The name of a function of `pyarrow.compute`, and its further arguments."""

_WIDEST = 18


def wanted(term: Term) -> Term:
    """The term, if it is text. Raises FormulaError."""
    if term.type.name != "text":
        raise FormulaError(f"needs text and has {term.type}; text(…) makes text of it")
    return term


def written(term: Term, why: str) -> str:
    """A text that stands in the formula itself. Raises FormulaError."""
    if not isinstance(term.literal, str):
        raise FormulaError(f"needs {why} in quotes")
    return term.literal


def join(*terms: Term) -> Term:
    """One text after the other."""
    length = sum(term.type.characters for term in terms)
    return lifted(Type("text", length=length), _joined, *terms)


def _joined(*texts: Values | str) -> Values | str:
    parts: list[Values | str] = []
    for text in texts:
        parts.extend(text.parts if isinstance(text, Joined) else [text])
    same = [part for part in parts if isinstance(part, str)]
    return "".join(same) if len(same) == len(parts) else Joined(tuple(parts))


def text(term: Term) -> Term:
    """Anything as it stands in a CSV file."""
    if term.type.name == "text":
        return term
    kind = term.type
    return _whole_column(term, WRITTEN, lambda data: Joined((valued(data, kind),)))


def _whole_column(term: Term, length: int, work: Callable[[Any], Values]) -> Term:
    """Text made of numbers, which have to be one for each row."""

    def make(scope: Scope) -> Made:
        data, missing = term.make(scope)
        return work(each(data, scope.count)), missing

    return Term(Type("text", length=length), make, depth=deeper(term))


def each(data: Any, count: int) -> Any:
    """One for each row, where it is the same for all of them."""
    return np.full(count, data) if np.ndim(data) == 0 else data


def valued(data: Any, kind: Type) -> Values:
    """Numbers, times and truths as the values of a column."""
    match kind.name:
        case "truth":
            return Flags(data)
        case "day":
            return Days(data)
        case "moment":
            return Seconds(data)
        case "span":
            return Spans(data)
        case "uuid":
            return Uuids(*data)
        case _:
            return Numbers(data, places=kind.places)


def padded(term: Term, width: int) -> Term:
    """A whole number with zeros in front."""
    low, high = bounds(number(term).type)
    if term.type.places or low is None or high is None or low < 0:
        raise FormulaError("needs a whole number that is known to be 0 or more")
    if not 1 <= width <= _WIDEST or high >= 10**width:
        raise FormulaError(
            f"has no room for {high:,}: should be {len(str(high))} to {_WIDEST} wide"
        )
    return _whole_column(term, width, lambda data: Numbers(data, width=width))


def changed(term: Term, *change: Any, length: int | None = None) -> Term:
    """Another text for each, of at most ``length`` characters, or as many as it had."""
    most = wanted(term).type.length if length is None else length
    return lifted(Type("text", length=most), lambda data: _changed(data, change), term)


def replaced(term: Term, old: str, new: str) -> Term:
    """Every part that is the one text becomes the other."""
    if not old:
        raise FormulaError("needs a part of at least one letter to replace")
    length = wanted(term).type.characters
    more = max(len(new) - len(old), 0) * (length // len(old))
    return changed(term, "replace_substring", old, new, length=length + more)


def _changed(data: Values | str, change: Change) -> Values | str:
    match data:
        case str():
            return _entries((data,), change)[0]
        case Codes(entries=entries, index=index):
            return Codes(_entries(entries, change), index)
        case Joined(parts=parts) if change[0] in ("utf8_lower", "utf8_upper"):
            return Joined(tuple(_changed(part, change) for part in parts))
        case _:
            return Texts(_arrow(change, written_out(data)))


@lru_cache(maxsize=256)
def _entries(entries: tuple[str, ...], change: Change) -> tuple[str, ...]:
    import pyarrow as pa

    return tuple(_arrow(change, pa.array(entries, pa.string())).to_pylist())


def measured(kind: Type, term: Term, *change: Any) -> Term:
    """A number or a truth for each text."""
    return lifted(kind, lambda data: _measured(data, change), wanted(term))


def _measured(data: Values | str, change: Change) -> Any:
    match data:
        case str():
            return _answers((data,), change)[0]
        case Codes(entries=entries, index=index):
            return _answers(entries, change)[index]
        case _:
            return _plain(_arrow(change, written_out(data)))


@lru_cache(maxsize=256)
def _answers(entries: tuple[str, ...], change: Change) -> Any:
    import pyarrow as pa

    return _plain(_arrow(change, pa.array(entries, pa.string())))


def _plain(answers: pa.Array) -> Any:
    found = answers.to_numpy(zero_copy_only=False)
    return found if found.dtype == np.bool_ else found.astype(np.int64)


def _arrow(change: Change, texts: pa.Array) -> pa.Array:
    import pyarrow.compute as pc

    name, *more = change
    function: Callable[..., pa.Array] = getattr(pc, name)
    return function(texts, *more)


def written_out(data: Values) -> pa.Array:
    """Texts, one for each row."""
    from sandboxctl.data import arrow

    return arrow.text(data)


def equal(a: Term, b: Term) -> Term:
    """Whether two texts are the same."""
    return lifted(TRUTH, _equal, a, b)


def _equal(a: Values | str, b: Values | str) -> Any:
    match a, b:
        case str(), str():
            return a == b
        case str(), _:
            return _measured(b, ("equal", a))
        case _, str():
            return _measured(a, ("equal", b))
        case Codes(), Codes():
            first, second = _numbered(a.entries, b.entries)
            return first[a.index] == second[b.index]
        case _:
            return _plain(_arrow(("equal", written_out(b)), written_out(a)))


@lru_cache(maxsize=64)
def _numbered(a: tuple[str, ...], b: tuple[str, ...]) -> tuple[Index, Index]:
    """The same number for the same text; a pool may have an entry twice."""
    known: dict[str, int] = {}
    numbers = [known.setdefault(entry, len(known)) for entry in (*a, *b)]
    return np.array(numbers[: len(a)], np.int64), np.array(numbers[len(a) :], np.int64)


def where(condition: Mask, a: Values | str, b: Values | str) -> Values:
    """The first text where the condition holds, the second one elsewhere."""
    x, y = _pool(a, len(condition)), _pool(b, len(condition))
    if isinstance(x, Codes) and isinstance(y, Codes):
        index = np.where(condition, x.index, y.index + len(x.entries))
        return Codes(_both(x.entries, y.entries), index)
    import pyarrow as pa

    return Texts(_arrow(("if_else", written_out(x), written_out(y)), pa.array(condition)))


def _pool(data: Values | str, count: int) -> Values:
    return Codes((data,), np.zeros(count, np.int64)) if isinstance(data, str) else data


@lru_cache(maxsize=64)
def _both(a: tuple[str, ...], b: tuple[str, ...]) -> tuple[str, ...]:
    """As one object, so that what is kept for a pool is found again."""
    return a + b
