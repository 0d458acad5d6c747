"""A document with comments → YAML that our own strict reader reads as the same values.

Text is taken as it is meant: `$` is doubled and braces that would begin a template are written as
one, unless it is a `Template`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping

from sandboxctl.blueprint import scalars
from sandboxctl.blueprint.problem import Key

_WIDTH = 96
_BARE = re.compile(r"[A-Za-z_./][A-Za-z0-9_./@+-]*|[0-9]{1,6}[a-z]")
_YAML_1_1 = frozenset(["y", "n", "yes", "no", "on", "off"])
"""Words that other readers take for true or false."""
_ALWAYS_BELOW = frozenset(
    ["services", "parameters", "secrets", "exceptions", "environment", "files"]
)


class Template(str):
    """Text that is a template already, and so is written as it stands."""

    __slots__ = ()


def escaped(text: str, *, closed: bool = True) -> str:
    """``text`` so that a blueprint takes it literally; ``closed`` unless a template follows it."""
    text = text.replace("$", "$$")
    return re.sub(r"\{(?=[{%#])" if closed else r"\{(?=[{%#]|$)", "{{ '{' }}", text)


def written(
    document: Mapping[str, object], comments: Mapping[Key, list[str]], head: list[str]
) -> str:
    """The file's text: ``head`` above all, each comment above the key that it is of."""
    lines = [f"# {line}" for text in head for line in _wrapped(text, 0)]
    for key, value in document.items():
        if isinstance(value, dict | list) or (key,) in comments:
            lines.append("")
        lines += _entry(key, value, (key,), comments, 0)
    return "\n".join(lines) + "\n"


def rendered(text: str) -> str:
    """What the loader has to work out of ``text``; nothing if it is plain."""
    found = text if isinstance(text, Template) else escaped(text)
    return found if "{{" in found else ""


def texts(value: object) -> Iterator[str]:
    """Every text in a document, keys apart."""
    match value:
        case str():
            yield value
        case list():
            for item in value:
                yield from texts(item)
        case dict():
            for item in value.values():
                yield from texts(item)
        case _:
            pass


def _entry(
    name: str, value: object, key: Key, comments: Mapping[Key, list[str]], depth: int
) -> Iterator[str]:
    before = "  " * depth
    for text in comments.get(key, ()):
        yield from (f"{before}# {line}" for line in _wrapped(text, depth))
    start = f"{before}{_quoted(name)}:"
    flow = _flow(value, raw="parameters" in key)
    if _is_short(name, value, f"{start} {flow}", key, comments):
        yield f"{start} {flow}"
    elif isinstance(value, dict):
        yield start
        for index, (inner, child) in enumerate(value.items()):
            if depth == 0 and name == "services" and index:
                yield ""
            yield from _entry(str(inner), child, (*key, str(inner)), comments, depth + 1)
    elif isinstance(value, list):
        yield start
        yield from (f"{before}  - {_flow(item, raw=False)}" for item in value)
    else:
        yield f"{start} {flow}"


def _is_short(
    name: str, value: object, line: str, key: Key, comments: Mapping[Key, list[str]]
) -> bool:
    """Whether it fits one line, and nothing has to be said inside it."""
    if not value and isinstance(value, dict | list):
        return True
    if not isinstance(value, dict | list) or (name in _ALWAYS_BELOW and len(key) != 4):
        return not isinstance(value, dict | list) or (name == "secrets" and len(key) > 1)
    inside = any(len(other) > len(key) and other[: len(key)] == key for other in comments)
    in_service = len(key) == 2 and key[0] == "services"
    return len(line) <= _WIDTH and not inside and not in_service


def _flow(value: object, *, raw: bool) -> str:
    """On one line; ``raw`` where templates are not read, so that nothing is escaped."""
    match value:
        case bool():
            return "true" if value else "false"
        case int() | float():
            return repr(value)
        case Template():
            return _quoted(str(value))
        case str():
            return _quoted(value if raw else escaped(value))
        case list():
            return f"[{', '.join(_flow(item, raw=raw) for item in value)}]"
        case dict():
            inner = (f"{_quoted(str(k))}: {_flow(v, raw=raw)}" for k, v in value.items())
            return f"{{{', '.join(inner)}}}"
        case _:
            return "null"


def _quoted(text: str) -> str:
    """Bare where no reader could take it for anything but this text."""
    bare = _BARE.fullmatch(text) and text.lower() not in _YAML_1_1
    return text if bare and scalars.value(text) == text else json.dumps(text, ensure_ascii=False)


def _wrapped(text: str, depth: int) -> list[str]:
    """A comment's lines; nothing in it can end the comment."""
    width = max(40, _WIDTH - 2 * depth - 2)
    plain = "".join(c if c.isprintable() else " " for c in text)
    lines = [""]
    for word in plain.split():
        if lines[-1] and len(lines[-1]) + len(word) + 1 > width:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines
