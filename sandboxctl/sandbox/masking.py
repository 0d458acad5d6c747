"""Secrets taken out of what is shown: wherever a value stands, its name stands instead."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from urllib.parse import quote, quote_plus

SURE, SHORTEST = 8, 4
"""A value of this many characters is masked anywhere; a shorter one as a word of its own, and
one that is shorter still not at all: it would stand everywhere."""
CUT = 6
"""So much of a value at the end of a line is taken for its beginning."""


class Mask:
    """What hides the ``values`` that secrets have or had, by name; of two that overlap, the
    longer one."""

    def __init__(self, values: Mapping[str, Iterable[str]]) -> None:
        self._names = _forms(values)
        longest_first = sorted(self._names, key=len, reverse=True)
        self._found = re.compile("|".join(map(_pattern, longest_first))) if self._names else None
        self._long = [one for one in longest_first if len(one) >= SURE]

    def text(self, text: str) -> str:
        """``text`` with a mark in place of every value; a value over several lines is one, too."""
        if self._found is None:
            return text
        shown = self._found.sub(lambda found: mark(self._names[found[0]]), text)
        return self._joined(shown) if "\n" in shown else shown

    def data(self, data: bytes) -> bytes:
        """The same for what a command printed; what is no text stays as it is."""
        if self._found is None:
            return data
        text = data.decode(errors="surrogateescape")
        return self.text(text).encode(errors="surrogateescape")

    def lines(self, lines: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
        """(speaker, line) as they come. A line that ends with the beginning of a value waits for
        the next one of the same speaker: a value may be cut in two."""
        waiting: dict[str, str] = {}
        for who, line in lines:
            *whole, rest = self._split(waiting.pop(who, None), line)
            yield from ((who, one) for one in whole)
            if self._begins(rest):
                waiting[who] = rest
            else:
                yield who, self.text(rest)
        yield from ((who, self.text(rest)) for who, rest in waiting.items())

    def _split(self, before: str | None, line: str) -> list[str]:
        """What can be shown of the line before, masked, and this one, not masked yet."""
        if before is None:
            return [line]
        cut = self._cut(before, line)
        if cut is None:
            return [self.text(before), line]
        name, head, tail = cut
        return [self.text(before[: len(before) - head]) + mark(name), line[tail:]]

    def _cut(self, before: str, line: str) -> tuple[str, int, int] | None:
        """Whose value ends one line and begins the next, and how much of it stands in each."""
        for value in self._long:
            for head in range(len(value) - 1, CUT - 1, -1):
                if before.endswith(value[:head]) and line.startswith(value[head:]):
                    return self._names[value], head, len(value) - head
        return None

    def _begins(self, line: str) -> bool:
        return any(
            line.endswith(value[:head]) for value in self._long for head in range(CUT, len(value))
        )

    def _joined(self, text: str) -> str:
        """A text in which values are cut by the ends of lines."""
        told = self.lines(("", line) for line in text.split("\n"))
        return "\n".join(line for _, line in told)


def mark(name: str) -> str:
    """What is shown in place of a value."""
    return f"•••{name}•••"


def _forms(values: Mapping[str, Iterable[str]]) -> dict[str, str]:
    """How a value may be written, and whose it is: as it is, line by line, in JSON, in a URL,
    in base64."""
    found: dict[str, str] = {}
    for name, value in [(n, value) for n in sorted(values) for value in values[n]]:
        lines = [line.strip() for line in value.splitlines()] if "\n" in value else []
        coded = base64.b64encode(value.encode(errors="surrogateescape")).decode().rstrip("=")
        ways = (value, value.strip(), *lines, json.dumps(value)[1:-1], quote(value, safe=""))
        for way in (*ways, quote_plus(value), quote(value), coded if len(value) >= SURE else ""):
            if len(way) >= SHORTEST:
                found.setdefault(way, name)
    return found


def _pattern(value: str) -> str:
    plain = re.escape(value)
    return plain if len(value) >= SURE else rf"(?<![A-Za-z0-9_]){plain}(?![A-Za-z0-9_])"
