"""JSON and JSON lines: every text and number with the path of names that leads to it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from sandboxctl.data.scan.cells import Unreadable
from sandboxctl.data.scan.spots import Spot
from sandboxctl.data.scan.text import at_line_end

DEEPEST = 500
LONGEST_PATH = 200
"""Characters: deep names would make each value as long as its way down."""
TRIES = 100

_TOKEN = re.compile(
    r'\s+|"[^"\\]*(?:\\.[^"\\]*)*"|[{}\[\],:]|-?[0-9][0-9.eE+-]*|[A-Za-z]+|//[^\n]*|/\*.*?\*/',
    re.DOTALL,
)
_ESCAPED = re.compile(rb'\\"|\\\\')
_TELLING = re.compile(r"[0-9]{4}|@")
_HINT = "Check it with a JSON validator; JSON lines have one document on each line."


def between_values(data: bytes) -> int:
    """After the last line, or in a long line after the last comma that stands in no text."""
    end = at_line_end(data)
    place = len(data)
    for _ in range(TRIES if not end else 0):
        place = data.rfind(b",", 0, place)
        if place < 0:
            break
        if _ESCAPED.sub(b"", data[:place]).count(b'"') % 2 == 0:
            return place + 1
    return end


class Documents:
    """Any number of documents after each other; remarks and commas too many do not matter."""

    def __init__(self) -> None:
        self._above: list[tuple[str, str]] = []  # what is open: its bracket, its path
        self._path = ""
        self._key: str | None = None
        self._line = 1

    def spots(self, text: str, line: int) -> Iterator[Spot]:
        self._line = line
        place = 0
        while place < len(text):
            found = _TOKEN.match(text, place)
            if not found:
                raise Unreadable(f"line {self._line} is no JSON", hint=_HINT)
            yield from self._token(found[0], place)
            self._line += found[0].count("\n")
            place = found.end()

    def end(self) -> None:
        if self._above:
            raise Unreadable("ends in the middle of a document", hint=_HINT)

    def _token(self, token: str, place: int) -> Iterator[Spot]:
        match token[0]:
            case '"':
                yield from self._text(token, place)
            case "{" | "[":
                self._open(token)
            case "}" | "]":
                self._close(token)
            case ",":
                self._key = None
            case sign if sign in "-0123456789":
                yield Spot(self._here(), self._line, place, place + len(token), token, _number)
            case _:  # space, colons, true, false, null, remarks
                pass

    def _text(self, token: str, place: int) -> Iterator[Spot]:
        try:
            text = json.loads(token, strict=False)
        except ValueError:
            raise Unreadable(f"line {self._line} has an escape that is none", hint=_HINT) from None
        end = place + len(token)
        text = text.encode(errors="replace").decode()
        if self._above and self._above[-1][0] == "{" and self._key is None:
            # names can be values: {"QQ123456C": {…}}
            telling = bool(_TELLING.search(text))
            self._key = "*" if telling else " ".join(text.split())[:60]
            if telling:
                column = f"{self._above[-1][1] or 'document'} (names)"
                yield Spot(column, self._line, place, end, text, _quoted)
        else:
            yield Spot(self._here(), self._line, place, end, text, _quoted)

    def _here(self) -> str:
        above = self._above[-1][1] if self._above else ""
        if self._key is None:
            return above or "value"
        return f"{above}.{self._key}"[-LONGEST_PATH:] if above else self._key

    def _open(self, bracket: str) -> None:
        if len(self._above) >= DEEPEST:
            raise Unreadable(
                f"line {self._line} is nested more than {DEEPEST} levels deep", hint=_HINT
            )
        path = self._here() if self._above else ""
        self._above.append((bracket, f"{path}[]" if bracket == "[" and path else path))
        self._key = None

    def _close(self, bracket: str) -> None:
        opened = self._above.pop()[0] if self._above else ""
        if opened + bracket not in ("{}", "[]"):
            raise Unreadable(f"line {self._line} closes what is not open", hint=_HINT)
        self._key = "" if self._above and self._above[-1][0] == "{" else None


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _number(text: str) -> str:
    """A number if it can be one; a text where a zero in front would be lost."""
    return text if re.fullmatch(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?", text) else _quoted(text)
