"""Values inside texts, each with its kind: what the coarse pattern let through, read exactly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pyarrow as pa

from sandboxctl.data.scan.kinds import KINDS, real
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
    for sure, pattern, bare in EXACT:
        found = spans.setdefault(sure.kind, [])
        for number, text in enumerate(texts):
            for match in pattern.finditer(text):
                start, end = match.span(sure.group)
                if end - start < len(text) or not bare.fullmatch(text):
                    found.append((number, start, end))
    return _apart([find for kind, found in spans.items() for find in _real(kind, found, texts)])


def whole(texts: Sequence[str], kind: str) -> list[Find]:
    """The texts that are nothing but a value of one kind."""
    spans = []
    for number, text in enumerate(texts):
        inner = text.strip()
        start = text.index(inner)
        end = start + len(inner)
        if inner[:-2].isdigit() and inner.endswith(".0"):
            end -= 2
        spans.append((number, start, end))
    return _real(kind, spans, texts, exact=True)


def _real(
    kind: str, spans: list[tuple[int, int, int]], texts: Sequence[str], *, exact: bool = False
) -> list[Find]:
    if not spans:
        return []
    written = [texts[number][start:end] for number, start, end in spans]
    canonical = canonical_of(kind, pa.array(written, pa.string()), exact=exact)
    _, somebodys = real(kind, canonical)
    return [
        Find(*span, kind, text, value)
        for span, text, value, is_real in zip(
            spans, written, canonical.to_pylist(), somebodys.tolist(), strict=True
        )
        if is_real
    ]


def canonical_of(kind: str, written: pa.Array, *, exact: bool) -> pa.Array:
    """In canonical writing; empty for what is not written as the kind is."""
    import pyarrow.compute as pc

    made = KINDS[kind].normal(written)
    if not exact:
        return made
    fits = pc.match_substring_regex(written, rf"\A(?:{KINDS[kind].written})\z")
    return pc.if_else(fits, made, "")


def _apart(finds: list[Find]) -> list[Find]:
    kept: list[Find] = []
    for find in sorted(finds, key=lambda one: (one.number, one.start, -one.end, one.kind)):
        if not kept or kept[-1].number != find.number or kept[-1].end <= find.start:
            kept.append(find)
    return kept
