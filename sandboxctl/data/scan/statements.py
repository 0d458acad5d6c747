"""Dumps of databases: the values of INSERT and COPY with their columns, all other texts as well."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sandboxctl.data.scan.spots import Spot
from sandboxctl.data.scan.text import at_line_end

_TOKEN = re.compile(
    r"(?P<space>\s+)"
    r"|(?P<remark>--[^\n]*|/\*.*?(?:\*/|\Z))"
    r"|(?P<escaped>[eE]'[^'\\]*(?:(?:\\.|'')[^'\\]*)*(?:'|\Z))"
    r"|(?P<text>[nN]?'[^']*(?:''[^']*)*(?:'|\Z))"
    r'|(?P<name>"[^"\n]*"|`[^`\n]*`|[^\W\d]\w*)'
    r"|(?P<number>[0-9]+(?:\.[0-9]+)?)"
    r"|(?P<mark>.)",
    re.DOTALL,
)
_MYSQL = re.compile(r"'[^'\\]*(?:(?:\\.|'')[^'\\]*)*(?:'|\Z)", re.DOTALL)
_CODES = {"\\N": "", "\\t": "\t", "\\n": "\n", "\\r": "\r", "\\\\": "\\"}
_CODE = re.compile(r"\\.")
_OUTER = frozenset(["primary", "constraint", "unique", "foreign", "check", "key", "index", "like"])


def between_statements(data: bytes) -> int:
    """After the last statement that ends a line; after the last line in a long table."""
    return data.rfind(b";\n") + 2 if b";\n" in data else at_line_end(data)


class Statements:
    """Follows a dump far enough to know which column a value belongs to; never refuses anything."""

    def __init__(self) -> None:
        self._tables: dict[str, tuple[str, ...]] = {}
        self._copied: tuple[str, ...] | None = None
        self._slashes = False
        self._reset()

    def _reset(self) -> None:
        self._words: list[str] = []  # of the statement so far, in small letters
        self._table = ""
        self._names: list[str] = []
        self._depth = 0
        self._number = 0
        self._last = ""  # the name before the last mark: in `nino = '…'`

    def spots(self, text: str, line: int) -> Iterator[Spot]:
        self._slashes = self._slashes or "`" in text
        place = 0
        while place < len(text):
            if self._copied is not None:
                end = text.find("\n", place) + 1 or len(text)
                yield from self._copied_line(text, place, end, line)
                line, place = line + 1, end
                continue
            found = _TOKEN.match(text, place)
            assert found, "any character is a mark"
            if found["text"] and self._slashes:
                found = _MYSQL.match(text, place) or found
            yield from self._token(found, line)
            line += found[0].count("\n")
            place = found.end()
            if self._copied is not None and (rest := text.find("\n", place) + 1):
                line, place = line + 1, rest

    def end(self) -> None:
        """A dump may end anywhere."""

    def _token(self, found: re.Match[str], line: int) -> Iterator[Spot]:
        raw, kind = found[0], found.lastgroup or "text"
        start, end = found.span()
        match kind:
            case "remark":
                yield Spot("remarks", line, start, end, raw, str)
            case "escaped":
                yield Spot(self._column(), line, start, end, _unslashed(raw[2:-1]), _slashed)
            case "text":
                prefix = raw.index("'") + 1
                inner = raw[prefix:-1].replace("''", "'")
                inner = _unslashed(inner) if self._slashes else inner
                yield Spot(self._column(), line, start, end, inner, _apostrophes)
            case "number":
                yield Spot(self._column(), line, start, end, raw, _number)
            case "name":
                self._name(raw.strip('"`'))
            case "mark":
                self._mark(raw)

    def _name(self, name: str) -> None:
        words = self._words
        self._last = name
        if self._depth == 1 and not self._filling() and self._named():
            self._names.append(name)
            if words[0] == "create":
                self._depth = 1.5  # type: ignore[assignment]  # until the comma: type and rules
        elif not self._depth:
            words.append(name.lower())
            if self._named() and name.lower() not in ("values", "from", "stdin", "with", "select"):
                self._table = name
        if not self._depth and name.lower() == "stdin" and words[0] == "copy":
            self._copied = self._known()

    def _named(self) -> bool:
        """Whether the statement names columns."""
        return self._words[:1] in (["insert"], ["replace"], ["copy"], ["create"])

    def _filling(self) -> bool:
        return "values" in self._words

    def _known(self) -> tuple[str, ...]:
        return tuple(self._names) or self._tables.get(self._table, ())

    def _column(self) -> str:
        if self._filling() and self._depth:
            known = self._known()
            name = (
                known[self._number] if self._number < len(known) else f"column {self._number + 1}"
            )
            return f"{self._table}.{name}"
        return self._last or "text"
