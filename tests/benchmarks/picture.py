"""Pictures of results: SVG that anybody can open, readable on a light page and on a dark one."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

WIDTH, LINE, LEFT, RIGHT = 960, 30, 480, 90
STYLE = """<style>
text { font: 13px system-ui, sans-serif; fill: #1f2328; }
.dim { fill: #59636e; } .axis { stroke: #d1d9e0; } .bar { stroke: #59636e; stroke-width: 2; }
.ok { fill: #1a7f37; } .over { fill: #cf222e; } .told { fill: #0969da; }
.line { fill: none; stroke-width: 2.5; } .back { fill: #ffffff; }
.c0 { stroke: #0969da; fill: #0969da; } .c1 { stroke: #bc4c00; fill: #bc4c00; }
.c2 { stroke: #1a7f37; fill: #1a7f37; } .c3 { stroke: #8250df; fill: #8250df; }
@media (prefers-color-scheme: dark) {
 text { fill: #e6edf3; } .dim { fill: #9198a1; } .axis { stroke: #3d444d; }
 .bar { stroke: #9198a1; } .ok { fill: #3fb950; } .over { fill: #f85149; } .told { fill: #4493f8; }
 .back { fill: #0d1117; } .c0 { stroke: #4493f8; fill: #4493f8; }
 .c1 { stroke: #f0883e; fill: #f0883e; } .c2 { stroke: #3fb950; fill: #3fb950; }
 .c3 { stroke: #ab7df8; fill: #ab7df8; }
}
</style>"""


def ratios(rows: Sequence[Mapping[str, Any]], title: str) -> str:
    """A bar for each row: how much of what it may take it takes. 1 is the bar."""
    rows = [one for one in rows if one["bar"]]
    height = 70 + LINE * len(rows)
    wide = WIDTH - LEFT - RIGHT
    most = max([1.25, *(min(_share(one), 2.0) for one in rows)])
    one_at = LEFT + wide / most
    parts = [_text(16, 26, title, size=16)]
    for index, one in enumerate(rows):
        y = 52 + LINE * index
        share = _share(one)
        kind = "ok" if one["verdict"] == "ok" else "over"
        parts += [
            _text(LEFT - 10, y + 13, one["name"], anchor="end"),
            f'<rect class="{kind}" x="{LEFT}" y="{y}" rx="2" height="16" '
            f'width="{max(2.0, min(share, most) / most * wide):.1f}"/>',
            _text(WIDTH - RIGHT + 8, y + 13, f"{one['ratio']:.3g} ×", kind="dim"),
        ]
    bottom = 52 + LINE * len(rows)
    parts.append(
        f'<line class="bar" x1="{one_at:.1f}" x2="{one_at:.1f}" y1="44" y2="{bottom}"/>'
        + _text(one_at, bottom + 14, "what it may be", anchor="middle", kind="dim")
    )
    return _svg(height, title, parts)


def curve(found: Mapping[str, Any], title: str) -> str:
    """Lines over a logarithmic or plain axis; the y axis begins at nothing."""
    points = sorted((float(x), values) for x, values in found["points"].items())
    xs = [x for x, _ in points]
    names = list(dict.fromkeys(one for _, values in points for one in values))
    top = max(value for _, values in points for value in values.values()) * 1.1 or 1.0
    left, right, above, below = 80, WIDTH - 40, 60, 340
    logarithmic = min(xs) > 0 and max(xs) / min(xs) > 100

    def across(x: float) -> float:
        low, high = min(xs), max(xs)
        if low == high:
            return (left + right) / 2
        if logarithmic:
            return left + (math.log(x / low) / math.log(high / low)) * (right - left)
        return left + (x - low) / (high - low) * (right - left)

    def down(value: float) -> float:
        return below - value / top * (below - above)

    parts = [_text(16, 26, title, size=16)]
    for step in _steps(top):
        y = down(step)
        parts += [
            f'<line class="axis" x1="{left}" x2="{right}" y1="{y:.1f}" y2="{y:.1f}"/>',
            _text(left - 8, y + 4, _short(step, found["unit"]), anchor="end", kind="dim"),
        ]
    for x in xs:
        parts.append(_text(across(x), below + 18, f"{x:,.0f}", anchor="middle", kind="dim"))
    parts.append(_text((left + right) / 2, below + 40, found["axis"], anchor="middle"))
    for index, one in enumerate(names):
        mine = [(across(x), down(values[one])) for x, values in points if one in values]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in mine)
        colour = f"c{index % 4}"
        parts.append(f'<polyline class="line {colour}" points="{path}" style="fill:none"/>')
        parts += [f'<circle class="{colour}" cx="{x:.1f}" cy="{y:.1f}" r="3.5"/>' for x, y in mine]
        key = left + 10 + 190 * index
        parts.append(f'<rect class="{colour}" x="{key}" y="40" width="14" height="4"/>')
        parts.append(_text(key + 20, 46, one))
    return _svg(400, title, parts)


def _share(row: Mapping[str, Any]) -> float:
    """How much of its bar a row takes; what has to be at least so much is turned round."""
    if row["sense"] == "most":
        return float(row["ratio"]) / float(row["bar"])
    return float(row["bar"]) / max(float(row["ratio"]), 1e-9)


def _steps(top: float) -> list[float]:
    rough = top / 4
    power: float = 10 ** math.floor(math.log10(rough))
    step = min((m * power for m in (1, 2, 2.5, 5, 10)), key=lambda one: abs(one - rough))
    return [step * n for n in range(int(top / step) + 1)]


def _short(value: float, unit: str) -> str:
    return f"{value:.3g} {unit}" if value else "0"


def _text(
    x: float, y: float, words: str, *, anchor: str = "start", kind: str = "", size: int = 13
) -> str:
    style = f' style="font-size:{size}px"' if size != 13 else ""
    klass = f' class="{kind}"' if kind else ""
    place = f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"'
    return f"{place}{klass}{style}>{escape(words)}</text>"


def _svg(height: int, title: str, parts: Sequence[str]) -> str:
    body = "\n".join(parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" '
        f'width="{WIDTH}" height="{height}" role="img" aria-label="{escape(title)}">\n'
        f'{STYLE}\n<rect class="back" width="{WIDTH}" height="{height}"/>\n{body}\n</svg>\n'
    )
