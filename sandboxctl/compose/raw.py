"""A Compose file as plain lists, mappings and text.

Every scalar is the text that stands in the file: 1.10 is a version to a program, not 1.1.
"""

from __future__ import annotations

from typing import TypeAlias

from sandboxctl.blueprint.tree import Mapping, Node, Scalar, Sequence

Raw: TypeAlias = "str | list[Raw] | dict[str, Raw] | None"

_YES = frozenset(["true", "yes", "on", "1"])


def raw(node: Node) -> Raw:
    """The tree without its lines."""
    match node:
        case Scalar(value, _, text):
            return None if value is None else text
        case Sequence(items):
            return [raw(item) for item in items]
        case Mapping(entries):
            return {str(key): raw(child) for key, child in entries.items()}


def mapping(value: Raw) -> dict[str, Raw]:
    """``value`` if it is a mapping, else an empty one."""
    return value if isinstance(value, dict) else {}


def listed(value: Raw) -> list[Raw]:
    """Compose takes one thing where it takes a list of them."""
    match value:
        case None:
            return []
        case list():
            return value
        case _:
            return [value]


def text(value: Raw) -> str:
    """``value`` if it is text, else nothing."""
    return value if isinstance(value, str) else ""


def yes(value: Raw) -> bool:
    """Whether it says so in any of the ways that people write it."""
    return text(value).lower() in _YES


def shown(value: Raw, most: int = 80) -> str:
    """``value`` on one short line."""
    match value:
        case None:
            said = ""
        case str():
            said = value
        case list():
            said = ", ".join(shown(item, most) for item in value[:8])
        case dict():
            pairs = list(value.items())[:8]
            said = ", ".join(f"{k}: {shown(v, most)}" if v is not None else k for k, v in pairs)
    said = " ".join(said.split())
    return said if len(said) <= most else f"{said[: most - 1]}…"
