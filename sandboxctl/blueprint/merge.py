"""`extends`, and the keys of a template under a service's own: one tree laid over another."""

from __future__ import annotations

from sandboxctl.blueprint.model import MOST_SERVICES
from sandboxctl.blueprint.problem import Problem, near
from sandboxctl.blueprint.reader import MOST_NODES
from sandboxctl.blueprint.tree import Mapping, Node, Plain, Scalar, Sequence, grown_mapping, size

_ALTERNATIVES = (
    {"http": ("port",), "tcp": (), "test": ()},
    {
        "source": ("runtime", "python", "spa"),
        "build": (),
        "template": ("with",),
        "image": (),
    },
)
"""Keys of which one service has one, each with the keys that go with it."""


def merged(over: Mapping, under: Mapping) -> Mapping:
    """Mappings are merged, all else is replaced: a list that is given is the whole list.

    Of keys that exclude each other (`http`, `tcp` and `test`) the one above takes the place
    of the one below.
    """
    over, under = _normal(over), _normal(under)
    for group in _ALTERNATIVES:
        chosen = [name for name in group if name in over.entries]
        for name, follow in group.items() if chosen else ():
            if name not in chosen:
                under = under.without(name, *follow)
    entries: dict[Plain, Node] = {}
    for key, node in over.entries.items():
        below = under.entries.get(key)
        both = isinstance(node, Mapping) and isinstance(below, Mapping)
        entries[key] = merged(node, below) if both else node  # type: ignore[arg-type]
    lines = {**under.lines, **over.lines}
    return Mapping({**under.entries, **entries}, lines, over.line)


def _normal(service: Mapping) -> Mapping:
    """An environment's list of ``KEY=value`` as the mapping that it means."""
    listed = service.get("environment")
    if not isinstance(listed, Sequence):
        return service
    pairs = [_pair(item) for item in listed.items]
    if not all(pairs):
        return service
    found: dict[Plain, Node] = {pair[0]: pair[1] for pair in pairs if pair}
    lines = {name: node.line for name, node in found.items()}
    return service.replaced({"environment": Mapping(found, lines, listed.line)})


def _pair(item: Node) -> tuple[str, Scalar] | None:
    if not isinstance(item, Scalar):
        return None
    name, equals, text = item.text.partition("=")
    return (name, Scalar(text, item.line, text)) if equals else None


def extended(services: Mapping) -> tuple[Mapping, list[Problem]]:
    """Every service with what it `extends` laid under it."""
    problems: list[Problem] = []
    done: dict[Plain, Node] = {}
    if len(services.entries) > MOST_SERVICES:
        return services, problems
    for name in services.entries:
        _extend(services, name, done, problems, ())
    ordered = Mapping(
        {name: done[name] for name in services.entries}, services.lines, services.line
    )
    if size(ordered) > MOST_NODES:
        why = f"come to more than {MOST_NODES:,} values with what they extend"
        return services, [*problems, Problem(("services",), why, services.line, code="DEN258")]
    return ordered, problems


def _extend(
    services: Mapping,
    name: Plain,
    done: dict[Plain, Node],
    problems: list[Problem],
    below: tuple[Plain, ...],
) -> Node:
    """One service, what it extends first; ``below`` are those that wait for it."""
    service = services.entries[name]
    if name in done:
        return done[name]
    if not isinstance(service, Mapping) or "extends" not in service.entries:
        done[name] = service
        return service
    base, why = _base(service, services)
    if name in below or base == name:
        circle = [*below[below.index(name) :], name] if name in below else [name, name]
        why = f"{' → '.join(map(str, circle))}: these extend each other"
    own = service.without("extends")
    if why:
        line = service.lines["extends"]
        key = ("services", str(name), "extends")
        problems.append(Problem(key, why, line, code="DEN257"))
        done[name] = merged(own, _unread(line))
        return done[name]
    under = _extend(services, base, done, problems, (*below, name))
    done[name] = merged(own, under if isinstance(under, Mapping) else _unread(own.line))
    return done[name]


def _unread(line: int) -> Mapping:
    """In place of a base that cannot be had, so that this is not reported again as what lacks."""
    return grown_mapping({"image": "unread", "expose": [8000]}, line)


def _base(service: Mapping, services: Mapping) -> tuple[Plain, str]:
    """The name after `extends`, and what is wrong with it."""
    node = service.entries["extends"]
    if isinstance(node, Mapping):
        if "file" in node.entries:
            return None, "`file` is not read: extend a service of this blueprint"
        node = node.get("service") or Scalar(None, node.line, "")
    name = node.value if isinstance(node, Scalar) else None
    if not isinstance(name, str):
        return None, "should name a service: `extends: web`"
    if name not in services.entries:
        known = [str(key) for key in services.entries]
        return None, f"`{name}` is not a service of this blueprint{near(name, known)}"
    return name, ""
