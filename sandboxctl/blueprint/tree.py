"""A YAML file as a tree that remembers its lines."""

from __future__ import annotations

from collections import abc
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

from sandboxctl.blueprint.problem import Key

Plain: TypeAlias = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Scalar:
    """``text`` is what stands in the file: an environment wants ``1.10``, not 1.1."""

    value: Plain
    line: int
    text: str


@dataclass(frozen=True, slots=True)
class Sequence:
    items: tuple[Node, ...]
    line: int


@dataclass(frozen=True, slots=True)
class Mapping:
    """``lines`` has the line of each key; ``line`` is where the mapping begins."""

    entries: dict[Plain, Node]
    lines: dict[Plain, int]
    line: int

    def get(self, key: str) -> Node | None:
        return self.entries.get(key)

    def without(self, *keys: str) -> Mapping:
        left = {key: node for key, node in self.entries.items() if key not in keys}
        return Mapping(left, self.lines, self.line)

    def replaced(self, entries: dict[Plain, Node]) -> Mapping:
        """With these entries instead of, or beside, the ones of the same keys."""
        lines = {key: self.lines.get(key, node.line) for key, node in entries.items()}
        return Mapping({**self.entries, **entries}, {**self.lines, **lines}, self.line)


Node: TypeAlias = Scalar | Sequence | Mapping


def plain(node: Node) -> Any:
    """The tree as dicts, lists and scalars."""
    match node:
        case Scalar(value):
            return value
        case Sequence(items):
            return [plain(item) for item in items]
        case _:
            return {key: plain(child) for key, child in node.entries.items()}


def grown(value: Any, line: int) -> Node:
    """The opposite of `plain`; every node stands on ``line``."""
    match value:
        case dict():
            return grown_mapping(value, line)
        case list() | tuple():
            return Sequence(tuple(grown(item, line) for item in value), line)
        case _:
            return Scalar(value, line, "" if value is None else str(value))


def grown_mapping(content: abc.Mapping[Any, Any], line: int) -> Mapping:
    entries = {key: grown(item, line) for key, item in content.items()}
    return Mapping(entries, dict.fromkeys(entries, line), line)


def size(node: Node) -> int:
    """How many nodes there are, those that stand in several places counted each time."""
    match node:
        case Sequence(items):
            return 1 + sum(map(size, items))
        case Mapping(entries):
            return 1 + sum(map(size, entries.values()))
        case _:
            return 1


def mapped(node: Node, change: Callable[[Scalar, Key], Scalar], key: Key = ()) -> Node:
    """The same tree with each scalar changed; keys stay."""
    match node:
        case Scalar():
            return change(node, key)
        case Sequence(items, line):
            new = (mapped(item, change, (*key, index)) for index, item in enumerate(items))
            return Sequence(tuple(new), line)
        case _:
            children = {
                name: mapped(child, change, (*key, _part(name)))
                for name, child in node.entries.items()
            }
            return Mapping(children, node.lines, node.line)


def located(root: Node, key: Key, *, missing: bool = False) -> tuple[int, Key]:
    """The line of the deepest node that ``key`` leads to, and the key as it is in the file.

    Parts that are not in the file (the name of a union's member, an index into a mapping) are
    left out; with ``missing`` the last part is kept, as it is what should be there.
    """
    node, line, shown = root, root.line, list[str | int]()
    for index, part in enumerate(key):
        match node:
            case Mapping(entries, lines) if (name := _name(entries, part)) is not _NOTHING:
                node, line = entries[name], lines[name]
                shown.append(part)
            case Sequence(items) if isinstance(part, int) and part < len(items):
                node, line = items[part], items[part].line
                shown.append(part)
            case Mapping() if missing and index == len(key) - 1:
                shown.append(part)
            case _:
                continue
    return line, tuple(shown)


def written(root: Mapping, key: Key, line: int) -> Key:
    """``key`` as it is where ``line`` stands: a service may have taken it over from another."""
    services = root.get("services")
    if not (isinstance(services, Mapping) and key[:1] == ("services",) and len(key) > 2):
        return key
    begins = {str(name): services.lines[name] for name in services.entries}
    owner = max((name for name in begins if begins[name] <= line), key=lambda name: begins[name])
    return key if begins[owner] == begins.get(str(key[1])) else ("services", owner, *key[2:])


_NOTHING = object()


def _name(entries: dict[Plain, Node], part: str | int) -> Any:
    """The key of ``entries`` that ``part`` means: pydantic may have made text of a number."""
    if part in entries:
        return part
    return next((name for name in entries if str(name) == str(part)), _NOTHING)


def _part(name: Plain) -> str | int:
    return name if isinstance(name, str | int) and not isinstance(name, bool) else str(name)
