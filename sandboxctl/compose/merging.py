"""One mapping under another: YAML's merge keys, Compose's `extends`, and several files."""

from __future__ import annotations

from sandboxctl.blueprint.tree import Mapping, Node, Scalar, Sequence
from sandboxctl.compose.raw import Raw

_REPLACED = frozenset(["command", "entrypoint", "healthcheck", "test", "image", "build"])
_PAIRED = frozenset(["environment", "labels", "args", "depends_on"])


def under(mapping: Mapping, taken: Node) -> tuple[Mapping, bool]:
    """``mapping`` with what it does not have itself from ``taken``: a mapping or several, of which
    the first ones win. And whether ``taken`` is neither."""
    wrong = False
    for source in taken.items if isinstance(taken, Sequence) else (taken,):
        if isinstance(source, Mapping):
            more = {k: node for k, node in source.entries.items() if k not in mapping.entries}
            lines = {**{k: source.lines[k] for k in more}, **mapping.lines}
            mapping = Mapping({**more, **mapping.entries}, lines, mapping.line)
        else:
            wrong |= not (isinstance(source, Scalar) and source.value is None)
    return mapping, wrong


def extended(own: dict[str, Raw], base: dict[str, Raw]) -> dict[str, Raw]:
    """A service over the one that it extends: mappings are merged, lists joined, text replaced."""
    done = dict(base)
    for key, value in own.items():
        done[key] = _joined(key, value, base.get(key))
    return done


def _joined(key: str, own: Raw, base: Raw) -> Raw:
    if key in _REPLACED or own is None or base is None:
        return base if own is None else own
    if key in _PAIRED:
        own, base = pairs(own), pairs(base)
    match own, base:
        case dict(), dict():
            return {**base, **{k: _joined(k, v, base.get(k)) for k, v in own.items()}}
        case list(), list():
            return [*base, *(item for item in own if item not in base)]
        case _:
            return own


def pairs(value: Raw) -> Raw:
    """Compose's list of ``KEY=value`` as the mapping that it means; None is a key alone."""
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        return value
    found: dict[str, Raw] = {}
    for item in value:
        name, equals, text = str(item).partition("=")
        found[name.strip()] = text if equals else None
    return found
