"""The picture of a sandbox as SVG, drawn from `pictured` and nothing else.

No script, no style attribute, nothing from elsewhere: it takes its colour from what stands around
it (``currentColor``), so that it fits a light page and a dark one, and a policy without inline
styles. Whoever cannot see it is read the same facts as text.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from html import escape
from itertools import chain
from textwrap import wrap

from sandboxctl.report.pictured import Pictured, plain, text
from sandboxctl.report.placed import Place, columns, placed

WIDTH, LINE, INSET, EDGE, TOP = 208.0, 20.0, 12.0, 24.0, 44.0
"""Pixels: of a box, of a line of text, around text, around the picture, above the boxes."""
GAP = 16.0
"""Between a frame and what is in it."""
LETTERS, LINES, HOSTS = 26, 3, 4
"""How many letters fit into a box, lines of one fact, and hosts outside; what is longer ends in
an ellipsis, and is whole in the text."""
STYLE = (
    "svg{color:#1a1a1a;background:#fff}"
    "@media(prefers-color-scheme:dark){svg{color:#f2f2f2;background:#1a1a1a}}"
)
PEOPLE, GATEWAY, OUTSIDE = "\0people", "\0gateway", "\0outside"
"""Boxes that are no service; no service can be called so."""


def drawn(facts: Pictured, *, mark: str = "picture") -> str:
    """As a part of a page; ``mark`` is unlike that of every other picture on it."""
    return "\n".join(_svg(facts, mark, style=""))


def file(facts: Pictured) -> str:
    """As a file of its own, which brings its colours along."""
    return "\n".join(_svg(facts, "picture", style=f"<style>{STYLE}</style>")) + "\n"


def _svg(facts: Pictured, mark: str, *, style: str) -> Iterator[str]:
    words = _words(facts)
    edges = _edges(facts)
    at = columns(list(words), edges, {box.name: 2 for box in facts.boxes})
    if OUTSIDE in at:  # behind the frame, however long the services' own ways are
        at[OUTSIDE] = max(column for name, column in at.items() if name != OUTSIDE) + 1
    heights = {name: INSET * 2 + LINE * len(lines) for name, lines in words.items()}
    found = placed(heights, edges, at, WIDTH)
    width, height = found.width + 2 * EDGE, found.height + TOP + 2 * EDGE
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="picture" viewBox="0 0 {width:g} '
        f'{height:g}" width="{width:g}" height="{height:g}" role="img" '
        f'aria-labelledby="{mark}-title" aria-describedby="{mark}-words" '
        'font-family="system-ui, sans-serif" font-size="14" fill="currentColor">'
    )
    yield f'<title id="{mark}-title">{_safe(facts.title)}: services and networks</title>'
    yield f'<desc id="{mark}-words">{_safe(text(facts), lines=True)}</desc>'
    yield style + (
        f'<defs><marker id="{mark}-tip" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" '
        'markerHeight="8" orient="auto"><path d="M0 0L8 4L0 8z" fill="currentColor"/></marker>'
        f'<clipPath id="{mark}-room"><rect x="-1" y="-1" width="{WIDTH + 2:g}" '
        f'height="{height:g}"/></clipPath></defs>'
    )
    yield f'<g transform="translate({EDGE:g} {EDGE + TOP:g})">'
    yield from _network([found.places[box.name] for box in facts.boxes], found.height, facts)
    for (a, b), points in found.lines.items():
        dashes = ' stroke-dasharray="5 4"' if OUTSIDE in (a, b) else ""
        yield (
            f'<path class="picture-line" d="{_path(points)}" fill="none" stroke="currentColor" '
            f'stroke-opacity="0.7" stroke-width="1.5"{dashes} marker-end="url(#{mark}-tip)"/>'
        )
    for name, lines in words.items():
        yield from _box(lines, found.places[name], mark, inside=not name.startswith("\0"))
    yield "</g>\n</svg>"


def _words(facts: Pictured) -> dict[str, list[str]]:
    """Box → its lines, in the order in which they are read; its name first."""
    words = {PEOPLE: ["People", "with a browser"], GATEWAY: ["Gateway", "the one way in"]}
    for box in facts.boxes:
        told = [wrap(plain(fact), LETTERS, max_lines=LINES, placeholder=" …") for fact in box.facts]
        words[box.name] = [box.name, *chain.from_iterable(told)]
    if facts.proxy:
        shown = facts.hosts[:HOSTS]
        more = len(facts.hosts) - len(shown)
        words[OUTSIDE] = ["Outside", *shown, *([f"and {more} more"] if more else [])]
    return words


def _edges(facts: Pictured) -> list[tuple[str, str]]:
    edges = [(PEOPLE, GATEWAY)]
    edges += [(GATEWAY, box.name) for box in facts.boxes if box.opens or box.public]
    for box in facts.boxes:
        edges += [(box.name, other) for other in (*box.needs, *filter(None, [box.asks]))]
    return edges + ([(facts.proxy, OUTSIDE)] if facts.proxy else [])


def _network(inside: Sequence[Place], height: float, facts: Pictured) -> Iterator[str]:
    """The frame around all services."""
    left = min(place.x for place in inside) - GAP
    right = max(place.x for place in inside) + WIDTH + GAP
    out = "one way out, by a proxy" if facts.proxy else "no way out"
    yield (
        f'<g class="picture-network"><rect x="{left:g}" y="{-TOP:g}" width="{right - left:g}" '
        f'height="{height + TOP + GAP:g}" rx="10" fill="none" stroke="currentColor" '
        'stroke-opacity="0.5" stroke-dasharray="2 4"/>'
        f'<text x="{left + INSET:g}" y="{LINE - TOP:g}" font-size="13">'
        f"Closed network: {out}</text></g>"
    )


def _box(lines: Sequence[str], place: Place, mark: str, *, inside: bool) -> Iterator[str]:
    kind = "picture-service" if inside else "picture-beside"
    yield (
        f'<g class="{kind}" transform="translate({place.x:g} {place.y:g})" '
        f'clip-path="url(#{mark}-room)"><title>{_safe(" ".join(lines))}</title>'
        f'<rect width="{WIDTH:g}" height="{place.height:g}" rx="6" fill="currentColor" '
        'fill-opacity="0.06" stroke="currentColor"/>'
    )
    for n, line in enumerate(lines):
        weight = "" if n else ' font-weight="bold"'
        shown = _short(line, LETTERS if n else LETTERS - 6)  # bold ones are wider
        y = INSET + LINE * (n + 0.72)
        yield f'<text x="{INSET:g}" y="{y:g}"{weight}>{_safe(shown)}</text>'
    yield "</g>"


def _path(points: Sequence[tuple[float, float]]) -> str:
    """Level at each end, and a curve between."""
    (x, y), *rest = points
    told = f"M{x:g} {y:g}"
    for to_x, to_y in rest:
        half = (x + to_x) / 2
        told += f"C{half:g} {y:g} {half:g} {to_y:g} {to_x:g} {to_y:g}"
        x, y = to_x, to_y
    return told


def _short(line: str, room: int) -> str:
    """As much as fits; letters of some scripts take the room of two."""
    kept = ""
    for letter in line:
        room -= 2 if unicodedata.east_asian_width(letter) in "WF" else 1
        if room < 0:
            return f"{kept[:-1]}…"
        kept += letter
    return line


def _safe(told: str, *, lines: bool = False) -> str:
    """As text of XML; on one line unless it has ``lines`` of ours."""
    return escape("\n".join(map(plain, told.split("\n"))) if lines else plain(told))
