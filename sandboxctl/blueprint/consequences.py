"""Which problems between parts are real although some part could not be read.

What could not be read has a stand-in by now; a problem that only the stand-in has is left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sandboxctl.blueprint.model import Blueprint, Data
from sandboxctl.blueprint.problem import Key, Problem, apart
from sandboxctl.blueprint.tree import Mapping
from sandboxctl.data.kinds.links import Reference

_ORIGIN = frozenset(["source", "runtime", "build", "template", "image", "extends"])


def without(
    found: Iterable[Problem], blueprint: Blueprint, root: Mapping, earlier: list[Problem]
) -> Iterator[Problem]:
    """Those of ``found`` that do not merely follow from ``earlier`` ones."""
    keys = [problem.key for problem in earlier]
    for problem in apart(found, earlier):
        if not _follows(problem.key, blueprint, root, keys):
            yield problem


def _follows(key: Key, blueprint: Blueprint, root: Mapping, earlier: list[Key]) -> bool:
    services = _names(root, "services")
    match key:
        case ("opens", str(path), "service"):
            name = blueprint.opens[path].service
            troubled = {other[1] for other in earlier if len(other) > 1 and other[0] == "services"}
            return services is None or name in troubled
        case ("services", str(name), "depends_on", int(index)):
            other = blueprint.services[name].depends_on[index]
            return other not in blueprint.services and other in (services or ())
        case ("services", str(name), "fill", int(index)):
            tables = _names(root, "data", "tables")
            unread = tables is None and "data" in root.entries
            return unread or blueprint.services[name].fill[index] in (tables or ())
        case ("exceptions", int(index), "service"):
            return services is None or blueprint.exceptions[index].service in services
        case ("services", str(name), "fill" | "command"):
            return any(other[:2] == key[:2] and _ORIGIN & set(other[2:3]) for other in earlier)
        case ("data", "tables", *below) if blueprint.data:
            return below[1:2] != [] and _of_a_table(tuple(below), blueprint.data, earlier)
        case _:
            return False


def _of_a_table(below: Key, data: Data, earlier: list[Key]) -> bool:
    """Whether a column's problem may come from a table that was not read as a whole."""
    match below:
        case (str(table), "columns", str(name), part, *_) if part != "between":
            column = data.tables[table].columns[name]
            involved = {table, column.target[0]} if isinstance(column, Reference) else {table}
            return any(
                other[:2] == ("data", "tables") and involved & {*other[2:3]} for other in earlier
            )
        case _:
            return False


def _names(root: Mapping, *path: str) -> frozenset[str] | None:
    """The keys of a mapping as the file has them; None if there is none at that place."""
    node: object = root
    for part in path:
        node = node.get(part) if isinstance(node, Mapping) else None
    return frozenset(map(str, node.entries)) if isinstance(node, Mapping) else None
