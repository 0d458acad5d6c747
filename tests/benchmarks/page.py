"""``docs/benchmarks``: the table and the pictures, made anew from ``results.json``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.benchmarks import frame, picture

HEAD = """# Benchmarks

`make bench` measures the parts in this list and writes this page; `python -m tests.benchmarks PART`
measures one part. Every row is a ratio of two things that took turns in one run, so what else a
machine does meets both alike. The *floor* is the same containers and networks made by raw calls to
the engine, in the best order and with nothing else; the services' own start is in it too.
"""
TITLES = {
    "start": "How long a command takes to begin",
    "engine": "Up and down of three services",
    "resets": "Reset, three services, two million rows",
    "growing": "Reset, ten thousand rows and ten million",
    "compose": "The same by Docker Compose",
    "spares": "Reset from a spare",
    "steady": "Resets while teams are at work",
    "teams": "Thirty teams",
    "console": "The console in a room of thirty teams",
    "isolation": "What confinement costs",
    "data": "Data",
    "reading": "Hostile files",
    "neighbour": "Bad neighbours",
}
CURVES = {
    "rows": "Reset as the data grows",
    "teams": "Teams started at once, and closed",
    "services": "Up and reset as a blueprint grows",
}


def draw() -> None:
    """All of it; what was not measured is not there."""
    kept = frame.read()
    frame.BOOK.folder.mkdir(parents=True, exist_ok=True)
    shown = [r for _, part in _parts(kept) for r in part["rows"]]
    pictures: list[tuple[str, str]] = []
    if any(one["bar"] for one in shown):
        _write("ratios.svg", picture.ratios(shown, "How much of its bar each takes"))
        pictures.append(("ratios.svg", "How much of its bar each row takes"))
    for name, title in CURVES.items():
        if kept["curves"].get(name, {}).get("points"):
            _write(f"{name}.svg", picture.curve(kept["curves"][name], title))
            pictures.append((f"{name}.svg", title))
    _write("README.md", _page(kept, pictures))


def _write(name: str, text: str) -> None:
    (frame.BOOK.folder / name).write_text(text, encoding="utf-8")


def _page(kept: Mapping[str, Any], pictures: list[tuple[str, str]]) -> str:
    parts = [HEAD, "## The machine\n"]
    parts.append("\n".join(f"- {key}: {value}" for key, value in kept["machine"].items()) + "\n")
    parts += [f"![{title}]({name})\n" for name, title in pictures]
    for name, part in _parts(kept):
        parts.append(f"## {_title(name)}\n")
        parts.append(f"`{name}`, {part['when']}, {part['seconds']} s\n")
        parts.append(_table(part["rows"]))
    for name, title in CURVES.items():
        if kept["curves"].get(name, {}).get("points"):
            parts += [f"## {title}\n", _points(kept["curves"][name])]
    return "\n".join(parts)


def _parts(kept: Mapping[str, Any]) -> list[tuple[str, Any]]:
    order = [*TITLES]

    def place(one: tuple[str, Any]) -> tuple[int, str]:
        name = one[0].partition(",")[0]
        return (order.index(name) if name in order else len(order)), one[0]

    return sorted(kept["parts"].items(), key=place)


def _title(part: str) -> str:
    """With the storage, where that is another one than the machine's."""
    name, _, storage = part.partition(", ")
    title = TITLES.get(name, name)
    return f"{title} ({storage})" if storage else title


def _table(rows: list[Mapping[str, Any]]) -> str:
    lines = ["| what | ratio | bar | | ours | against | n |", "|---|---|---|---|---|---|---|"]
    for one in rows:
        sign = "≤" if one["sense"] == "most" else "≥"
        bar = f"{sign} {one['bar']:g} ×" if one["bar"] is not None else ""
        ours, base = (frame.shown(one[key], one["unit"]) for key in ("ours", "base"))
        verdict = one["verdict"]
        if one["unit"] == "count":
            lines.append(f"| {one['name']} | {one['ours']:g} | {one['bar']:g} | {verdict} | | | |")
            continue
        lines.append(
            f"| {one['name']} | {one['ratio']:.3g} × | {bar} | {verdict} | {ours} | {base} "
            f"| {one['n']} |"
        )
    return "\n".join(lines) + "\n"


def _points(curve: Mapping[str, Any]) -> str:
    points = sorted((float(x), values) for x, values in curve["points"].items())
    names = list(dict.fromkeys(name for _, values in points for name in values))
    lines = [f"| {curve['axis']} | {' | '.join(names)} |", "|---" * (len(names) + 1) + "|"]
    for x, values in points:
        cells = (frame.shown(values[n], curve["unit"]) if n in values else "" for n in names)
        lines.append(f"| {x:,.0f} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"
