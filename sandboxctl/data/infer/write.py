"""A `data:` section as YAML with remarks, or as plain values for JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import yaml

from sandboxctl.data.infer.decide import Decided
from sandboxctl.data.infer.names import shown
from sandboxctl.data.infer.section import Section

WIDE = 10_000


class _Plain(yaml.SafeDumper):
    """Values that come again are written again."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 - yaml calls it so
        return True


def text(tables: Sequence[Section], source: str) -> str:
    """YAML; every remark is one line's own."""
    lines = [
        f"# Inferred from {shown(source)}: structure, figures over at least ten rows, no value.",
        "data:",
        "  tables:",
    ]
    for table in tables:
        lines += _table(table)
    return "\n".join(lines) + "\n"


def _table(table: Section) -> Iterator[str]:
    remark = "" if table.source == table.name else f"  # was: {shown(table.source)}"
    yield f"    {table.name}:{remark}"
    for note in table.notes:
        yield f"      # {shown_note(note)}"
    yield f"      rows: {_flow(table.rows)}"
    if table.key:
        yield f"      key: {_flow(list(table.key))}"
    yield "      columns:"
    for column in table.columns:
        remark = "; ".join(_remarks(column))
        yield f"        {column.name}: {_flow(column.column)}" + (f"  # {remark}" if remark else "")


def _remarks(column: Decided) -> Iterator[str]:
    if column.source != column.name:
        yield f"was: {shown(column.source)}"
    if column.note:
        yield shown_note(column.note)


def shown_note(note: str) -> str:
    """A note on one line."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in note).split())


def _flow(value: Any) -> str:
    """A value on one line."""
    made: str = yaml.dump(
        value,
        Dumper=_Plain,
        default_flow_style=True,
        sort_keys=False,
        allow_unicode=True,
        width=WIDE,
    )
    return made.removesuffix("\n").removesuffix("\n...")


def plain(tables: Iterable[Section]) -> dict[str, Any]:
    """The same as values: what is below `data:`, and the notes."""
    return {
        "data": {"tables": {table.name: _values(table) for table in tables}},
        "notes": [note for table in tables for note in _notes(table)],
    }


def _values(table: Section) -> dict[str, Any]:
    made: dict[str, Any] = {"rows": table.rows}
    if table.key:
        made["key"] = list(table.key)
    return {**made, "columns": {one.name: one.column for one in table.columns}}


def _notes(table: Section) -> Iterator[dict[str, str]]:
    for note in table.notes:
        yield {"table": table.name, "column": "", "note": shown_note(note)}
    for column in table.columns:
        for remark in _remarks(column):
            yield {"table": table.name, "column": column.name, "note": remark}
