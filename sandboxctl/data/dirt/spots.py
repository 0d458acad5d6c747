"""Which rows of a chunk have which mistake, and what stands there because of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sandboxctl.data.arrow import column as written_column
from sandboxctl.data.arrow import written
from sandboxctl.data.chance.mix import U64, Index, below, draws, happens
from sandboxctl.data.dirt.model import Mistake, Swap
from sandboxctl.data.dirt.safe import are_safe
from sandboxctl.data.dirt.spoil import decoded_wrongly, mistyped
from sandboxctl.data.kinds.kind import Kind
from sandboxctl.data.scope import Scope
from sandboxctl.data.values import Cells, Mask, Patched

Text = str | None
How = dict[tuple[str, int], list[str]]
"""(column, place) → the mistakes made there."""

_TRIES = 16


@dataclass(frozen=True, slots=True)
class Spot:
    """One field that is not what was meant. ``place`` is the position within the scope."""

    place: int
    column: str
    how: str
    meant: Text
    stands: Text


def dirty(scope: Scope, name: str) -> Cells:
    """A column as it is written: with its mistakes, if its table has any."""
    cells = scope.cells(name)
    dirt = scope.content.dirt
    if dirt is None or name not in dirt.columns:
        return cells
    found = [spot for spot in spots(scope) if spot.column == name]
    at = np.array([spot.place for spot in found], np.int64)
    missing = np.zeros(scope.count, np.bool_) if cells.missing is None else cells.missing.copy()
    missing[at] = [spot.stands is None for spot in found]
    texts = tuple(spot.stands or "" for spot in found)
    return Cells(Patched(cells.values, at, texts), missing)


def spots(scope: Scope) -> list[Spot]:
    """All fields of these rows that are not what was meant, by row and column."""
    return scope.once("dirt", lambda: _spots(scope))


def _spots(scope: Scope) -> list[Spot]:
    dirt = scope.content.dirt
    if dirt is None:
        return []
    hits = _hits(scope)
    anywhere = np.flatnonzero(np.logical_or.reduce([*hits.values(), np.zeros(scope.count, bool)]))
    few = scope.dataset.scope(scope.table, scope.rows[anywhere])
    meant = {name: _texts(few, name) for name in dirt.columns}
    stands = {name: list(texts) for name, texts in meant.items()}
    how: How = {}
    near = {kind: mask[anywhere] for kind, mask in hits.items()}
    if dirt.swapped:
        _swap(dirt.swapped, few, near["swapped"], stands, how)
    for kind in ("typos", "wrong_encoding"):
        mistake: Mistake | None = getattr(dirt, kind)
        if mistake:
            _make(kind, mistake, few, near[kind], stands, how)
    return [
        Spot(int(anywhere[at]), name, " + ".join(kinds), meant[name][at], stands[name][at])
        for (name, at), kinds in sorted(how.items(), key=lambda item: (item[0][1], item[0][0]))
        if meant[name][at] != stands[name][at]
    ]


def _hits(scope: Scope) -> dict[str, Mask]:
    """For each kind of mistake the rows that it happens in."""
    dirt = scope.content.dirt
    kinds = ("swapped", "typos", "wrong_encoding")
    asked = {kind: getattr(dirt, kind) for kind in kinds}
    return {
        kind: happens(_bits(scope, kind), mistake.rate)
        for kind, mistake in asked.items()
        if mistake
    }


def _bits(scope: Scope, *names: str) -> U64:
    """Of each row, also of one that repeats another: who enters it again slips elsewhere."""
    return draws(scope.key("dirt", *names), scope.rows)


def _swap(swap: Swap, few: Scope, hit: Mask, stands: dict[str, list[Text]], how: How) -> None:
    """Two fields the wrong way round in each row that is hit."""
    one, other = swap.columns
    for at in np.flatnonzero(hit).tolist():
        first, second = stands[one][at], stands[other][at]
        if first == second:
            continue
        if _leaves_a_gap(few, one, second) or _leaves_a_gap(few, other, first):
            continue
        stands[one][at], stands[other][at] = second, first
        how.setdefault((one, at), []).append("swapped")
        how.setdefault((other, at), []).append("swapped")


def _leaves_a_gap(scope: Scope, name: str, text: Text) -> bool:
    """Whether it would be missing in a column where nothing ever is, and where a database insists
    on that."""
    return text is None and not scope.content.columns[name].is_missing


def _make(
    kind: str,
    mistake: Mistake,
    few: Scope,
    hit: Mask,
    stands: dict[str, list[Text]],
    how: How,
) -> None:
    """One mistake in each row that is hit, in one of its columns."""
    which: Index = below(_bits(few, kind, "column"), len(mistake.columns)).view(np.int64)
    bits = _bits(few, kind, "how")
    for number, name in enumerate(mistake.columns):
        texts = stands[name]
        mine = np.flatnonzero(hit & (which == number)).tolist()
        places = [at for at in mine if texts[at] is not None]
        slips = {at: (str(texts[at]), int(bits[at])) for at in places}
        for at, spoilt in _spoilt(kind, slips, few.content.columns[name]).items():
            texts[at] = spoilt
            how.setdefault((name, at), []).append(kind)


def _spoilt(kind: str, slips: dict[int, tuple[str, int]], column: Kind) -> dict[int, str]:
    """Texts with a mistake; where each of some slips would lead out of a safe set, none is made."""
    done: dict[int, str] = {}
    for turn in range(_TRIES):
        left = {at: slip for at, slip in slips.items() if at not in done}
        if not left:
            break
        tries = [
            decoded_wrongly(text) if kind == "wrong_encoding" else mistyped(text, bits + turn)
            for text, bits in left.values()
        ]
        safe = are_safe(str(getattr(column, "kind", "")), tries)
        for (at, (text, _)), made, is_safe in zip(left.items(), tries, safe, strict=True):
            if is_safe and made != text:
                done[at] = made
    return done


def _texts(scope: Scope, name: str) -> list[Text]:
    found: list[Text] = written(written_column(scope.cells(name))).to_pylist()
    return found
