"""Values inside texts, each with its kind: what the coarse pattern let through, read exactly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from sandboxctl.data.scan.kinds import KINDS, as_keyed, real
from sandboxctl.data.scan.readable import Readable, readable
from sandboxctl.data.scan.writing import EXACT


@dataclass(frozen=True, slots=True)
class Find:
    """A value that may be somebody's, in the text of that number, between two places."""

    number: int
    start: int
    end: int
    kind: str
    written: str
    canonical: str


def in_texts(texts: Sequence[str]) -> list[Find]:
    """Every sure find in some texts; where two overlap, the one that starts first or is longer."""
    spans: dict[str, list[tuple[int, int, int]]] = {}
    clear = [readable(text) for text in texts]
    for sure, pattern, bare in EXACT:
        found = spans.setdefault(sure.kind, [])
        for number, one in enumerate(clear):
            text = one.text
            for match in pattern.finditer(text):
                start, end = match.span(sure.group)
                if end - start < len(text) or not bare.fullmatch(text):
                    found.append((number, start, end))
    return _apart(
        [find for kind, found in spans.items() for find in _real(kind, found, texts, clear)]
    )


def whole(texts: Sequence[str], kind: str) -> list[Find]:
    """The texts that are nothing but a value of one kind."""
    spans = []
    clear = [readable(text) for text in texts]
    for number, one in enumerate(clear):
        text = one.text
        inner = text.strip()
        start = text.index(inner)
        end = start + len(inner)
        if inner[:-2].isdigit() and inner.endswith(".0"):
            end -= 2
        spans.append((number, start, end))
    return _real(kind, spans, texts, clear, exact=True)


def _real(
    kind: str,
    spans: list[tuple[int, int, int]],
    texts: Sequence[str],
    clear: Sequence[Readable],
    *,
    exact: bool = False,
) -> list[Find]:
    if not spans:
        return []
    written = [clear[number].text[start:end] for number, start, end in spans]
    canonical = canonical_of(kind, pa.array(written, pa.string()), exact=exact, named=exact)
    _, somebodys = real(kind, canonical)
    found = []
    for (number, *span), value, is_real in zip(
        spans, canonical.to_pylist(), somebodys.tolist(), strict=True
    ):
        if is_real:
            start, end = clear[number].before(*span)
            found.append(Find(number, start, end, kind, texts[number][start:end], value))
    return found


def canonical_of(kind: str, written: pa.Array, *, exact: bool, named: bool = False) -> pa.Array:
    """In canonical writing; empty for what is not written as the kind is.

    ``named``: under a name that tells the kind, people write it in more ways.
    """
    import pyarrow.compute as pc

    made = KINDS[kind].normal(written)
    if not exact:
        return made
    form = rf"\A(?:{KINDS[kind].written})\z"
    fits: Any = pc.match_substring_regex(written, form)
    if named and not pc.all(fits).as_py():
        keyed = as_keyed(kind, written)
        others = pc.match_substring_regex(keyed, form)
        made = pc.if_else(fits, made, KINDS[kind].normal(keyed))
        fits = pc.or_(fits, others)
    return pc.if_else(fits, made, "")


def _apart(finds: list[Find]) -> list[Find]:
    kept: list[Find] = []
    for find in sorted(finds, key=lambda one: (one.number, one.start, -one.end, one.kind)):
        if not kept or kept[-1].number != find.number or kept[-1].end <= find.start:
            kept.append(find)
    return kept
