"""A `.env` file, or another file of variables, as Compose reads it."""

from __future__ import annotations

import re

MOST = 2_000
_MOST_LINES = 100
_LINE = re.compile(
    r"\s*(?:export\s+)?(?P<name>[A-Za-z_][A-Za-z0-9_.-]*)\s*(?:[=:]\s*(?P<value>.*))?", re.DOTALL
)
_QUOTED = re.compile(r"""(?P<quote>["'])(?P<text>.*?)(?<!\\)(?P=quote)""", re.DOTALL)
_ESCAPES = {"\\n": "\n", "\\r": "\r", "\\t": "\t", '\\"': '"', "\\\\": "\\", "\\$": "$$"}


def read(text: str) -> dict[str, str | None]:
    """Name → value, variables in it not settled yet; None is a name alone.

    A `$` that the file means literally (in single quotes) is doubled.
    """
    found: dict[str, str | None] = {}
    lines = iter(text.replace("\r\n", "\n").lstrip("\ufeff").split("\n"))
    for line in lines:
        match = _LINE.fullmatch(line)
        if match and len(found) < MOST and not line.lstrip().startswith("#"):
            value = match["value"]
            if value is not None and value[:1] in ("'", '"'):
                joined = 1
                while joined < _MOST_LINES and not _QUOTED.match(value):
                    value, joined = f"{value}\n{next(lines, '')}", joined + 1
            found[match["name"]] = None if value is None else _value(value)
    return found


def _value(text: str) -> str:
    match = _QUOTED.match(text)
    if match and match["quote"] == "'":
        return match["text"].replace("$", "$$")
    if match:
        return re.sub(r"\\.", lambda found: _ESCAPES.get(found[0], found[0]), match["text"])
    return re.sub(r"(^|\s+)#.*", "", text, flags=re.DOTALL).strip()
