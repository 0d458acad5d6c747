"""The documentation page of the registry, written from the registry."""

from __future__ import annotations

from collections.abc import Iterator

from sandboxctl.data.identifiers.identifier import LEVELS, Identifier
from sandboxctl.data.identifiers.registry import IDENTIFIERS

_TITLE = """\
# Identifiers that nobody can be given

Every identifier has one definition, in `sandboxctl/data/identifiers`. It makes the values of a
column, says how many different ones exist, checks every value of an export by its written form
alone, and tells real-looking values of a supplier's file from safe ones. This page is written from
the same definition.

## Levels
"""

_CHOICES = """
A kind with several safe sets takes the first unless the blueprint chooses: `series` of a `nino`,
`version` of an `ip`, `payment` of a `card`. Where safe and accepted exclude each other, safe wins,
and the table says what will not accept the value. Sizes count different values that are made; a
National Insurance number counts without its last letter.

## Safe sets
"""

_LIMITS = """
Nothing is offered where no safe values are known: Health and Care numbers of Northern Ireland,
temporary reference numbers of HMRC (11 a1 11 11), PAYE references, driving licences of Northern
Ireland. That a block is not issued yet is no promise that it never will be: level B is not A.
"""

_HEAD = ("kind", "example", "check digits", "safe set", "size", "level", "source", "accepted by")


def page() -> str:
    """Markdown: what each level means, and a row for every safe set."""
    levels = "".join(f"\n* **{level}**: {meaning}." for level, meaning in LEVELS.items())
    rows: list[tuple[str, ...]] = [_HEAD, ("---",) * 4 + ("---:",) + ("---",) * 3]
    for identifier in IDENTIFIERS.values():
        rows += _rows(identifier)
    table = "\n".join(f"| {' | '.join(row)} |" for row in rows)
    return f"{_TITLE}{levels}\n{_CHOICES}\n{table}\n{_LIMITS}"


def _rows(identifier: Identifier) -> Iterator[tuple[str, ...]]:
    for place, safe in enumerate(identifier.sets):
        kind = f"`{identifier.kind}`" if place == 0 else f"`{identifier.kind}`, {safe.name}"
        yield (
            kind,
            safe.example,
            identifier.check_words,
            safe.words,
            f"{safe.size:,}",
            safe.level,
            safe.source,
            safe.passes,
        )
