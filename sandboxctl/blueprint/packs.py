"""Ready-made data: what a supplier writes as ``use: {benefits-claims: {claims: 20000}}``.

Each pack is a folder ``templates/data/<name>`` with a ``pack.yaml``: tables like a blueprint's own,
parameters for them, the published figures that they follow, and other packs that it stands on. Its
tables are laid under the blueprint's: a table of the same name adds columns or replaces them, and
a table, a column or a case that is null is left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from pydantic import Field, ValidationError

from sandboxctl.blueprint import tree
from sandboxctl.blueprint.forms import Frozen
from sandboxctl.blueprint.parameters import Parameter, Value
from sandboxctl.blueprint.problem import Key, Problem, near
from sandboxctl.blueprint.reader import read
from sandboxctl.blueprint.render import Rendering
from sandboxctl.blueprint.templates import bundled
from sandboxctl.data.model import Data

FOLDER = "data"
FILE = "pack.yaml"
_WHOLE = 3
"""How deep mappings are laid over one another: tables, columns, and then a column as a whole."""


class Pack(Frozen):
    """What ``pack.yaml`` says.

    ``standard``  the open standard whose field names it has
    ``with``      its parameters
    ``use``       packs that it stands on, and their parameters made from its own
    ``sources``   published figures with their year, for the certificate
    """

    about: str
    standard: str = ""
    with_: dict[str, Parameter] = Field(default_factory=dict, alias="with")
    use: dict[str, dict[str, Any]] = Field(default_factory=dict)
    sources: tuple[str, ...] = ()
    tables: dict[str, Any]


def names() -> tuple[str, ...]:
    """All packs, sorted."""
    found = (bundled("templates") / FOLDER).glob(f"*/{FILE}")
    return tuple(sorted(path.parent.name for path in found))


@lru_cache(maxsize=64)
def pack(name: str) -> Pack:
    """One of `names`; ValueError if its file is wrong, as that is our own mistake."""
    document = read((bundled("templates") / FOLDER / name / FILE).read_bytes())
    if document.root is None or document.problems:
        raise ValueError("; ".join(problem.shown(name) for problem in document.problems))
    return Pack.model_validate(tree.plain(document.root))


def alone(name: str, values: Mapping[str, str]) -> Data:
    """The data of one pack by itself; ValueError says which value is not taken."""
    asked = pack(name).with_
    for key in values:
        if key not in asked:
            raise ValueError(f"{key}: {_unknown(name, key)}")
    settled = {key: asked[key].read(text) for key, text in values.items()}
    content = tree.plain(_content(name, settled, 1))
    return Data.model_validate(content)


def spread(root: tree.Mapping) -> tuple[tree.Mapping, list[Problem]]:
    """A blueprint with the tables of the packs that its data uses."""
    data = root.get("data")
    use = data.get("use") if isinstance(data, tree.Mapping) else None
    if not isinstance(data, tree.Mapping) or use is None:
        return root, []
    if not isinstance(use, tree.Mapping):
        why = "should be a mapping: lines of `pack: {parameter: value}`"
        return root, [Problem(("data", "use"), why, use.line, code="DEN205")]
    problems: list[Problem] = []
    under = tree.grown_mapping({}, use.line)
    for name, given in use.entries.items():
        settled, found = _settled(str(name), given, ("data", "use", str(name)))
        problems += found
        if name in names():
            under = _laid(_content(str(name), settled, given.line), under)
    return root.replaced({"data": _laid(data.without("use"), under)}), problems


def _settled(name: str, given: tree.Node, key: Key) -> tuple[dict[str, Value], list[Problem]]:
    """The parameters of one pack, and what is wrong with them."""
    if name not in names():
        meant = near(name, names()) or f"; there are {', '.join(names())}"
        why = f"is not a pack of data{meant}"
        return {}, [Problem(key, why, given.line, code="DEN645")]
    entries = given.entries if isinstance(given, tree.Mapping) else {}
    values: dict[str, Value] = {}
    problems: list[Problem] = []
    for option, node in entries.items():
        asked = pack(name).with_.get(str(option))
        try:
            if asked is None:
                raise ValueError(_unknown(name, str(option)))
            values[str(option)] = asked.checked(tree.plain(node))
        except ValueError as error:
            below = (*key, str(option))
            problems.append(Problem(below, str(error), node.line, code="DEN645"))
    return values, problems


def _unknown(name: str, option: str) -> str:
    known = pack(name).with_
    there = near(option, known) or f"; there are {', '.join(known) or 'none'}"
    return f"is not a parameter of {name}{there}"


def _content(name: str, given: Mapping[str, Value], line: int) -> tree.Mapping:
    """``tables`` and ``sources`` of a pack and of those that it stands on."""
    found = pack(name)
    values = {option: spec.default for option, spec in found.with_.items()} | dict(given)
    written = {"use": found.use, "tables": found.tables, "sources": list(found.sources)}
    rendering = Rendering(values)
    own = rendering.tree(tree.grown_mapping(written, line))
    if rendering.problems:
        raise ValueError("; ".join(problem.shown(name) for problem in rendering.problems))
    stands_on = tree.plain(own)["use"]
    under = tree.grown_mapping({}, line)
    for other, options in stands_on.items():
        under = _laid(_content(other, options, line), under)
    return _laid(own.without("use"), under)


def _laid(over: tree.Mapping, under: tree.Mapping, depth: int = 0) -> tree.Mapping:
    """One over the other: columns are replaced whole, lists added, null takes away."""
    entries: dict[tree.Plain, tree.Node] = dict(under.entries)
    for key, node in over.entries.items():
        below = entries.get(key)
        match node, below:
            case tree.Scalar(value=None), tree.Mapping() | tree.Sequence() | tree.Scalar() if depth:
                del entries[key]
            case tree.Mapping(), tree.Mapping() if depth < _WHOLE:
                entries[key] = _laid(node, below, depth + 1)
            case tree.Sequence(items=items), tree.Sequence(items=before) if not depth:
                entries[key] = tree.Sequence((*before, *items), node.line)
            case _:
                entries[key] = node
    return tree.Mapping(entries, {**under.lines, **over.lines}, over.line)


def problems_of(name: str) -> list[str]:
    """Why a pack's own data would not be taken; for our tests and for those who write packs."""
    from sandboxctl.data.problems import problems

    try:
        return [f"{'.'.join(map(str, path))}: {why}" for path, why in problems(alone(name, {}))]
    except ValidationError as error:
        return [f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors()]
