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
_NAMING = ("insert", "replace", "copy", "create")
"""What begins a statement that names a table and its columns."""
_BETWEEN = frozenset(["into", "table", "if", "not", "exists", "values", "value", "select", "only"])
_VALUES = frozenset(["values", "value"])
_STRANGERS = _VALUES | {"from", "select", "function"}
"""After these words what stands in brackets is no list of columns."""


def between_statements(data: bytes) -> int:
    """After the last statement that ends a line; after the last line in a long table."""
    return data.rfind(b";\n") + 2 if b";\n" in data else at_line_end(data)


class Statements:
    """Follows a dump far enough to know which column a value belongs to; never refuses anything."""

    def __init__(self) -> None:
        self._tables: dict[str, tuple[str, ...]] = {}
        self._copied: tuple[str, ...] | None = None  # columns of the lines that follow COPY
        self._slashes = False
        self._begin()

    def _begin(self) -> None:
        self._first = ""  # word of the statement, in small letters
        self._words: set[str] = set()  # all of them so far
        self._table = ""
        self._names: list[str] = []
        self._named = False  # the list of columns is complete
        self._fresh = False  # the next name may be a column
        self._depth = 0
        self._number = 0
        self._last = ""  # the last name: that of the value in `nino = '…'`

    def spots(self, text: str, line: int) -> Iterator[Spot]:
        self._slashes = self._slashes or "`" in text
        place = 0
        while place < len(text):
            if self._copying():
                end = text.find("\n", place) + 1 or len(text)
                yield from self._copied_line(text, place, end, line)
            else:
                found = _TOKEN.match(text, place)
                assert found, "any character is a mark"
                if found["text"] and self._slashes:
                    found = _MYSQL.match(text, place) or found
                yield from self._token(found, line)
                end = found.end()
                if self._copying():
                    end = text.find("\n", end) + 1 or len(text)
            line += text.count("\n", place, end)
            place = end

    def _copying(self) -> bool:
        return self._copied is not None

    def end(self) -> None:
        """A dump may end anywhere."""

    def _token(self, found: re.Match[str], line: int) -> Iterator[Spot]:
        raw, (start, end) = found[0], found.span()
        match found.lastgroup or "text":
            case "remark":
                yield Spot("remarks", line, start, end, raw, str)
            case "escaped":
                yield Spot(self._column(), line, start, end, _unslashed(raw[2:-1]), _slashed)
            case "text":
                inner = raw[raw.index("'") + 1 : -1].replace("''", "'")
                inner = _unslashed(inner) if self._slashes else inner
                write = _backslashed if self._slashes else _apostrophes
                yield Spot(self._column(), line, start, end, inner, write)
            case "number":
                yield Spot(self._column(), line, start, end, raw, _number)
            case "name":
                self._name(raw.strip('"`'))
            case "mark":
                self._mark(raw)
            case _:  # space
                pass

    def _name(self, name: str) -> None:
        self._last = name
        if not self._depth:
            word = name.lower()
            self._first = self._first or word
            self._words.add(word)
            if self._first in _NAMING and word not in _BETWEEN and not self._named:
                self._table = name if "from" not in self._words else self._table
        elif self._fresh and self._depth == 1:
            self._names.append(name)
            self._fresh = False

    def _mark(self, mark: str) -> None:
        match mark:
            case "(":
                self._depth += 1
                self._number = 0 if self._depth == 1 else self._number
                self._fresh = self._depth == 1 and self._may_name()
            case ")":
                self._depth = max(0, self._depth - 1)
                self._named = self._named or not self._depth
            case "," if self._depth == 1:
                self._number += 1
                self._fresh = self._may_name()
            case ";":
                self._finish()
            case _:
                pass

    def _may_name(self) -> bool:
        return self._first in _NAMING and not self._named and _STRANGERS.isdisjoint(self._words)

    def _finish(self) -> None:
        if self._first == "create" and self._names:
            self._tables[self._table] = tuple(self._names)
        copied = self._known() if self._first == "copy" and "stdin" in self._words else None
        table = self._table
        self._begin()
        if copied is not None:
            self._copied, self._table = copied, table

    def _known(self) -> tuple[str, ...]:
        return tuple(self._names) or self._tables.get(self._table, ())

    def _column(self) -> str:
        if self._depth and not _VALUES.isdisjoint(self._words):
            return self._of_table(self._known(), self._number)
        return self._last or "text"

    def _of_table(self, known: tuple[str, ...], number: int) -> str:
        name = known[number] if number < len(known) else f"column {number + 1}"
        return f"{self._table}.{name}"

    def _copied_line(self, text: str, place: int, end: int, line: int) -> Iterator[Spot]:
        whole = text[place:end].rstrip("\r\n")
        if whole == "\\.":
            self._copied = None
            self._begin()
            return
        for number, raw in enumerate(whole.split("\t")):
            column = self._of_table(self._copied or (), number)
            yield Spot(column, line, place, place + len(raw), _unslashed(raw), _tabbed)
            place += len(raw) + 1


def _unslashed(text: str) -> str:
    if "\\" not in text:
        return text
    return _CODE.sub(lambda found: _CODES.get(found[0], found[0][1:]), text)


def _apostrophes(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _backslashed(text: str) -> str:
    return _apostrophes(text.replace("\\", "\\\\"))


def _slashed(text: str) -> str:
    return "E" + _backslashed(text)


def _tabbed(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n")


def _number(text: str) -> str:
    return text if re.fullmatch(r"[0-9]+(\.[0-9]+)?", text) else _apostrophes(text)
