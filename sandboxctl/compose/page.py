"""CONVERSION.md: the list of decisions, for people."""

from __future__ import annotations

import re

from sandboxctl.compose.report import ORDER, Decision, Report, Verdict

_MARKS = re.compile(r"([\\|<>*_\[\]&#])")
_TITLES: dict[Verdict, tuple[str, str]] = {
    "to be answered": ("To be answered", "`sandboxctl validate` complains until these are."),
    "left out": (
        "Left out",
        "A blueprint has none of these. If the prototype needs one, read why.",
    ),
    "replaced": ("Replaced", "The same in the den's way."),
    "added": ("Added", "What a blueprint says and a Compose file does not."),
    "kept": (
        "Kept, and worth a look",
        "These stay as they were, and may mean something else here.",
    ),
}


def page(report: Report, source: str) -> str:
    """The list, in Markdown; ``source`` is the name of the Compose file."""
    parts = [
        f"# What became of {_cell(source)}\n\nMade by `sandboxctl init --from`. Values of secrets "
        "are not in here, nor in the blueprint: they are generated for every sandbox.\n"
    ]
    for verdict in ORDER:
        found = report.of(verdict)
        if found:
            title, about = _TITLES[verdict]
            parts.append(f"## {title}\n\n{about}\n\n{_table(found)}")
    return "\n".join(parts)


def _table(found: list[Decision]) -> str:
    rows = []
    for item in found:
        was = item.found.replace("`", "'")
        cells = (item.service, _where(item), was, item.instead, item.why)
        rows.append(f"| {' | '.join(_cell(text) or '–' for text in cells)} |")
    head = "| service | key | what was there | what takes its place | why |\n|---|---|---|---|---|"
    return "\n".join([head, *rows]) + "\n"


def _where(item: Decision) -> str:
    return f"{item.key or 'file'} (line {item.line})" if item.line else item.key or "file"


def _cell(text: str) -> str:
    """Text of a stranger in a table: no mark-up of it, no new line, no control characters."""
    plain = "".join(char if char.isprintable() else " " for char in text)
    parts = plain.split("`") if plain.count("`") % 2 == 0 else [plain.replace("`", "'")]
    return "`".join(
        part.replace("|", "\\|") if n % 2 else _MARKS.sub(r"\\\1", part)
        for n, part in enumerate(parts)
    )
