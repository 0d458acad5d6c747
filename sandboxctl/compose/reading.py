"""Bytes of a Compose file → a tree with line numbers.

Compose files use what a blueprint must not have: anchors, aliases, merge keys. So this is a second
reader, as bounded as the first: aliases share the nodes they name, and what they would come to
when written out is counted before it is made.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from dataclasses import dataclass

import yaml

from sandboxctl.blueprint import scalars, syntax
from sandboxctl.blueprint.tree import Mapping, Node, Plain, Scalar, Sequence
from sandboxctl.compose import merging
from sandboxctl.errors import BlueprintError

LARGEST = 256 * 1024
"""Bytes of a file."""
DEEPEST = 24
MOST_VARIABLES = 5_000
MOST_NODES = 20_000
"""With every alias written out. A long text counts once more for each line that it would fill."""

_LINE = 80
HINT = "`docker compose config` shows how Compose itself reads the file."
_STANDARD = "tag:yaml.org,2002:"


@dataclass(frozen=True, slots=True)
class Read:
    """``notes`` are (line, what was odd); nothing of them stopped the reading."""

    root: Mapping
    notes: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True)
class _Measured:
    """A node with what it comes to: nodes below it, itself included, and levels."""

    node: Node
    nodes: int
    levels: int


def read(data: bytes, shown: str) -> Read:
    """The first document of a Compose file; ``shown`` is how errors name the file.

    Raises BlueprintError as ``file:line: why`` for a file that is not YAML or passes a limit.
    """
    reader = _Reader(shown)
    root = reader.document(_decoded(data, shown))
    return Read(root, tuple(reader.notes))


def refused(shown: str, line: int | None, why: str, code: str, hint: str = HINT) -> BlueprintError:
    """``file:line: why``."""
    where = f"{shown}:{line}" if line else shown
    return BlueprintError(f"{where}: {why}", hint=hint, code=code)


def _decoded(data: bytes, shown: str) -> str:
    if len(data) > LARGEST:
        why = f"is larger than {LARGEST // 1024} KiB; that is not a Compose file"
        raise refused(shown, None, why, "DEN181")
    if data.count(b"$") > MOST_VARIABLES:
        why = f"has more than {MOST_VARIABLES:,} variables; that is not a Compose file"
        raise refused(shown, None, why, "DEN181")
    text = data.removeprefix(codecs.BOM_UTF8)
    try:
        return text.decode("utf-8")
    except UnicodeDecodeError as error:
        line = text.count(b"\n", 0, error.start) + 1
        raise refused(shown, line, "is not UTF-8; save it as UTF-8", "DEN180") from None


class _Reader:
    """One pass over the events of one file."""

    def __init__(self, shown: str) -> None:
        self.notes: list[tuple[int, str]] = []
        self._shown = shown
        self._anchors: dict[str, _Measured | None] = {}
        self._nodes = 0

    def document(self, text: str) -> Mapping:
        events = self._events(text)
        next(events)
        if isinstance(next(events), yaml.StreamEndEvent):
            raise refused(self._shown, 1, "is empty", "DEN180")
        root = self._node(next(events), events, 1).node
        next(events)
        if isinstance(after := next(events), yaml.DocumentStartEvent):
            self.notes.append((_line(after), "a second document; only the first one is read"))
        if isinstance(root, Mapping):
            return root
        raise refused(self._shown, root.line, "should be a mapping with `services`", "DEN182")

    def _events(self, text: str) -> Iterator[yaml.Event]:
        try:
            yield from syntax.events(text)
        except ValueError as error:
            line, why = error.args
            raise refused(self._shown, line, why, "DEN180") from None

    def _node(self, event: yaml.Event, events: Iterator[yaml.Event], level: int) -> _Measured:
        line = _line(event)
        self._count(line, 1, level)
        if isinstance(event, yaml.AliasEvent):
            return self._alias(event.anchor, line, level)
        anchor = getattr(event, "anchor", None)
        if anchor:
            self._anchors[anchor] = None
        match event:
            case yaml.ScalarEvent():
                found = self._scalar_measured(event, level)
            case yaml.SequenceStartEvent():
                found = self._sequence(events, line, level)
            case _:
                found = self._mapping(events, line, level)
        tag = getattr(event, "tag", None)
        if tag and not isinstance(event, yaml.ScalarEvent):
            found = self._tagged(tag, found, line)
        if anchor:
            self._anchors[anchor] = found
        return found

    def _scalar_measured(self, event: yaml.ScalarEvent, level: int) -> _Measured:
        node = self._scalar(event)
        more = len(node.text) // _LINE
        self._count(node.line, more, level)
        return _Measured(node, 1 + more, 1)

    def _count(self, line: int, nodes: int, level: int) -> None:
        self._nodes += nodes
        if self._nodes > MOST_NODES:
            why = f"comes to more than {MOST_NODES:,} values when its aliases are written out"
            raise refused(self._shown, line, why, "DEN181")
        if level > DEEPEST:
            why = f"is nested more than {DEEPEST} levels deep"
            raise refused(self._shown, line, why, "DEN181")

    def _alias(self, name: str | None, line: int, level: int) -> _Measured:
        found = self._anchors.get(name or "")
        if found is None:
            known = name in self._anchors
            why = f"`*{name}` {'stands in what it names' if known else 'names no anchor above it'}"
            raise refused(self._shown, line, why, "DEN181" if known else "DEN180")
        self._count(line, found.nodes - 1, level + found.levels - 1)
        return found

    def _scalar(self, event: yaml.ScalarEvent) -> Scalar:
        line, text, tag = _line(event), str(event.value), event.tag
        if found := scalars.hidden(text):
            self.notes.append((line, f"{scalars.hidden_words(found)}: it was"))
            text = "".join(char for char in text if not scalars.hidden(char))
        if (tag and tag.endswith("null")) or tag in ("!reset",):
            return Scalar(None, line, "")
        if tag and not tag.startswith(_STANDARD):
            self.notes.append((line, f"the tag {tag[:40]} is not read"))
        if event.style or not event.implicit[0]:
            return Scalar(text, line, text)
        try:
            return Scalar(scalars.value(text), line, text)
        except ValueError:
            return Scalar(text, line, text)

    def _tagged(self, tag: str, found: _Measured, line: int) -> _Measured:
        if tag == "!reset":
            return _Measured(Scalar(None, line, ""), 1, 1)
        if not tag.startswith(_STANDARD):
            self.notes.append((line, f"the tag {tag[:40]} is not read"))
        return found

    def _sequence(self, events: Iterator[yaml.Event], line: int, level: int) -> _Measured:
        items: list[_Measured] = []
        while not isinstance(event := next(events), yaml.SequenceEndEvent):
            items.append(self._node(event, events, level + 1))
        return _above(Sequence(tuple(item.node for item in items), line), items)

    def _mapping(self, events: Iterator[yaml.Event], line: int, level: int) -> _Measured:
        entries: dict[Plain, Node] = {}
        lines: dict[Plain, int] = {}
        taken: list[_Measured] = []
        parts: list[_Measured] = []
        while not isinstance(event := next(events), yaml.MappingEndEvent):
            name = self._node(event, events, level + 1).node
            found = self._node(next(events), events, level + 1)
            if not isinstance(name, Scalar):
                raise refused(self._shown, name.line, "has a key that is not text", "DEN180")
            if name.value == "<<":
                taken.append(found)
                continue
            if name.text in entries:
                why = f"`{name.text[:40]}` stands here twice; the last one is taken"
                self.notes.append((name.line, why))
            entries[name.text], lines[name.text] = found.node, name.line
            parts.append(found)
        return _above(self._merged(Mapping(entries, lines, line), taken), [*parts, *taken])

    def _merged(self, mapping: Mapping, taken: list[_Measured]) -> Mapping:
        """With the entries that ``<<`` takes over from others."""
        for found in taken:
            mapping, wrong = merging.under(mapping, found.node)
            if wrong:
                self.notes.append((found.node.line, "`<<` names what is not a mapping"))
        return mapping


def _above(node: Node, parts: list[_Measured]) -> _Measured:
    nodes = 1 + sum(part.nodes for part in parts)
    return _Measured(node, nodes, 1 + max((part.levels for part in parts), default=0))


def _line(event: yaml.Event) -> int:
    # the stubs let a mark be absent; the parser gives one to every event of a text
    return event.start_mark.line + 1  # type: ignore[union-attr]
