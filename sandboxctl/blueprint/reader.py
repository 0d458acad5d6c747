"""Bytes → a tree with line numbers, by rules stricter than YAML's.

A blueprint comes from somebody nobody knows, so this reads a parser's events one by one and
stops at the first limit that is passed. Nothing that YAML can expand, compute or construct is
taken: no anchors, merge keys or tags. Time and memory are bounded by the size of the file.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import yaml

from sandboxctl.blueprint import letters, scalars, syntax
from sandboxctl.blueprint.problem import Key, Problem
from sandboxctl.blueprint.tree import Mapping, Node, Plain, Scalar, Sequence

DEEPEST = 24
MOST_NODES = 20_000
"""Twenty-four times the largest file that we ship; with more, half a second is not enough."""

MOST_PROBLEMS = 200
LONGEST_KEY = 1_000
"""Characters; the longest name that anything can have is a quarter of it."""

_EMPTY = "is empty; start from a copy of an example; `sandboxctl schema --reference` has every key"
_NO_ANCHORS = "anchors and aliases are not read; write it out, or let a service use `extends`"
_NO_TAGS = "tags such as `!!str` are not read; leave it out, and put text in quotes"
_NO_MERGE = "merge keys are not read; a service takes over another one with `extends: <service>`"
_TWICE = "stands here twice; only one of them can be meant"
_NO_DOCUMENTS = "a second document; a blueprint is one document, so take out the `---`"
_TEMPLATE = 'a mapping as a key; if it is a template, put it in quotes: "{{ … }}"'


@dataclass(frozen=True, slots=True)
class Document:
    """``root`` is None when so little could be read that nothing more can be said."""

    root: Mapping | None
    problems: tuple[Problem, ...]


class _StopReading(Exception):
    pass


def read(data: bytes, loader: Any = syntax.LOADER) -> Document:
    """The tree of one YAML file and everything wrong with how it is written.

    ``loader`` is one of PyYAML's; all of them give the same tree.
    """
    reader = _Reader()
    try:
        text = _decoded(data, syntax.largest(loader))
        return Document(reader.document(_events(text, loader)), tuple(reader.problems))
    except _StopReading as stop:
        (problem,) = stop.args
        return Document(None, (*reader.problems, problem))


def _stop(line: int | None, why: str, code: str, key: Key = ()) -> _StopReading:
    return _StopReading(Problem(key, why, line, code=code))


def _decoded(data: bytes, largest: int) -> str:
    if len(data) > largest:
        why = f"is larger than {largest // 1024:,} KiB; data belongs into `data` or a file"
        raise _stop(None, why, "DEN101")
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise _stop(1, "is UTF-16; save it as UTF-8", "DEN102")
    if data.startswith(codecs.BOM_UTF8):
        why = "begins with a byte order mark; save it as UTF-8 without one"
        raise _stop(1, why, "DEN102")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise _stop(line, "is not UTF-8; save it as UTF-8", "DEN102") from None
    if found := scalars.hidden(text):
        line = text.count("\n", 0, found.start()) + 1
        raise _stop(line, scalars.hidden_words(found), "DEN103")
    return text


class _Reader:
    """One pass over the events of one file."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self._nodes = 0

    def document(self, events: Iterator[yaml.Event]) -> Mapping:
        next(events)  # the stream's own start
        if isinstance(next(events), yaml.StreamEndEvent):
            raise _stop(1, _EMPTY, "DEN104")
        root = self._node(next(events), events, ())
        self._only(events)
        return _top(root)

    def _only(self, events: Iterator[yaml.Event]) -> None:
        """Nothing may follow the document."""
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent):
                raise _stop(_line(event), _NO_DOCUMENTS, "DEN105")

    def _problem(self, key: Key, why: str, line: int, code: str, *, unread: bool = True) -> None:
        self.problems.append(Problem(key, why, line, unread=unread, code=code))
        if len(self.problems) >= MOST_PROBLEMS:
            why = f"has more than {MOST_PROBLEMS} of these; the rest was not read"
            raise _stop(line, why, "DEN114")

    def _node(self, event: yaml.Event, events: Iterator[yaml.Event], key: Key) -> Node:
        line = _line(event)
        self._count(line, key)
        if getattr(event, "anchor", None):
            unread = isinstance(event, yaml.AliasEvent)
            self._problem(key, _NO_ANCHORS, line, "DEN106", unread=unread)
        if getattr(event, "tag", None):
            self._problem(key, _NO_TAGS, line, "DEN107")
        match event:
            case yaml.ScalarEvent():
                return self._scalar(event, key)
            case yaml.SequenceStartEvent():
                return self._sequence(events, key, line)
            case yaml.MappingStartEvent():
                return self._mapping(events, key, line)
            case _:
                return Scalar(None, line, "")

    def _count(self, line: int, key: Key) -> None:
        self._nodes += 1
        if self._nodes > MOST_NODES:
            why = f"has more than {MOST_NODES:,} values; that is not a blueprint"
            raise _stop(line, why, "DEN111")
        if len(key) > DEEPEST:
            raise _stop(line, f"is nested more than {DEEPEST} levels deep", "DEN110", key[:3])

    def _scalar(self, event: yaml.ScalarEvent, key: Key) -> Scalar:
        line, text = _line(event), event.value
        if found := scalars.hidden(text):
            self._problem(key, scalars.hidden_words(found), line, "DEN103")
            return Scalar("", line, "")
        if event.style or not event.implicit[0]:
            return Scalar(text, line, text)
        try:
            return Scalar(scalars.value(text), line, text)
        except ValueError as error:
            self._problem(key, str(error), line, "DEN112")
            return Scalar(0, line, "0")

    def _sequence(self, events: Iterator[yaml.Event], key: Key, line: int) -> Sequence:
        items: list[Node] = []
        while not isinstance(event := next(events), yaml.SequenceEndEvent):
            items.append(self._node(event, events, (*key, len(items))))
        return Sequence(tuple(items), line)

    def _mapping(self, events: Iterator[yaml.Event], key: Key, line: int) -> Mapping:
        entries: dict[Plain, Node] = {}
        lines: dict[Plain, int] = {}
        seen: set[str] = set()
        while not isinstance(event := next(events), yaml.MappingEndEvent):
            name = self._key(event, events, key)
            below = (*key, name.text)
            node = self._node(next(events), events, below)
            if name.value == "<<":
                self._problem(below, _NO_MERGE, name.line, "DEN108")
            elif name.text in seen or name.value in entries:
                self._problem(below, _TWICE, name.line, "DEN109")
            else:
                entries[name.value], lines[name.value] = node, name.line
            seen.add(name.text)
        return Mapping(entries, lines, line)

    def _key(self, event: yaml.Event, events: Iterator[yaml.Event], key: Key) -> Scalar:
        node = self._node(event, events, (*key, "?"))
        if not isinstance(node, Scalar):
            raise _stop(node.line, _TEMPLATE, "DEN113", key)
        if len(node.text) > LONGEST_KEY:
            raise _stop(node.line, f"a key of more than {LONGEST_KEY:,} characters", "DEN113", key)
        if "\n" in node.text or "\t" in node.text:
            why = "has a line break or a tab in its name"
            self._problem((*key, node.text), why, node.line, "DEN113", unread=False)
        if word := letters.mixed(node.text):
            why = f"`{word}` has letters of two alphabets, or in disguise; write it in one"
            self._problem((*key, node.text), why, node.line, "DEN115", unread=False)
        return node


def _line(event: yaml.Event) -> int:
    # the stubs let a mark be absent; the parser gives one to every event of a text
    return event.start_mark.line + 1  # type: ignore[union-attr]


def _events(text: str, loader: Any) -> Iterator[yaml.Event]:
    try:
        yield from syntax.events(text, loader)
    except ValueError as error:
        line, why = error.args
        raise _stop(line, why, "DEN100") from None


def _top(root: Node) -> Mapping:
    if isinstance(root, Mapping):
        return root
    if root == Scalar(None, root.line, ""):
        raise _stop(1, _EMPTY, "DEN104")
    raise _stop(root.line, "should be a mapping: lines such as `name: my-service`", "DEN104")
