"""One template, in Jinja's sandbox, of which only a small part is allowed.

What may stand in ``{{ … }}`` is decided on the parsed text, before anything is compiled (Jinja
computes constants while it compiles): names, arithmetic without powers, comparisons,
conditions and a few filters. There are no calls, loops, subscripts or attributes but the known
ones, so no template can run for long or grow. `chamber.py` runs this in a process of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from jinja2 import StrictUndefined, TemplateError, nodes
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment

from sandboxctl.blueprint.problem import near
from sandboxctl.blueprint.tree import Plain

Names = Mapping[str, Plain | Mapping[str, Plain]]

LONGEST_TEMPLATE = 4_096
LONGEST_RESULT = 65_536
DEEPEST = 40
"""Operators within operators; Jinja's compiler takes many times as long for each one more."""

FILTERS = {
    "abs": 0, "default": 2, "float": 0, "int": 0, "lower": 0, "round": 0, "string": 0, "trim": 0,
    "upper": 0,
}  # fmt: skip
"""Filter → the most arguments it may have."""

_MOST_LISTED = 40
_ARITHMETIC = nodes.Add | nodes.Sub | nodes.Mul | nodes.Div | nodes.FloorDiv | nodes.Mod
_PLAIN = (
    _ARITHMETIC | nodes.Neg | nodes.Pos | nodes.Compare | nodes.Operand | nodes.And | nodes.Or
    | nodes.Not | nodes.CondExpr | nodes.Concat | nodes.Const
)  # fmt: skip
_ONLY = "only names, numbers, texts, + - * / // % ~, comparisons, `if … else …` and filters"


class Untaken(ValueError):
    """A template that is not worked out, in words for its writer; ``code`` is of `codes`."""

    def __init__(self, why: str, code: str = "DEN601") -> None:
        super().__init__(why)
        self.code = code


class _Sandbox(ImmutableSandboxedEnvironment):
    intercepted_binops = frozenset(["+", "-", "*", "/", "//", "%"])

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """Numbers only: a text times a number, or a text % a text, could be of any size."""
        if not all(isinstance(side, int | float) for side in (left, right)):
            raise Untaken(f"`{operator}` is for numbers; texts are joined with `~`")
        return _bounded(super().call_binop(context, operator, left, right))


# No source has control characters, so only {{ … }} can begin anything.
_ENVIRONMENT = _Sandbox(
    undefined=StrictUndefined,
    keep_trailing_newline=True,
    block_start_string="\x01%",
    block_end_string="%\x01",
    comment_start_string="\x01#",
    comment_end_string="#\x01",
)


def rendered(text: str, names: Names) -> Plain:
    """``text`` with its expressions worked out; a text that is one expression keeps its type.

    Raises Untaken, a ValueError.
    """
    if len(text) > LONGEST_TEMPLATE:
        raise Untaken(f"is a template longer than {LONGEST_TEMPLATE:,} characters", "DEN603")
    try:
        parts = _parsed(text)
        for part in parts:
            _check(part, names)
        results = [_worked_out(part, names) for part in parts]
    except RecursionError:
        raise Untaken("is a template nested too deeply", "DEN603") from None
    if len(results) == 1:
        return results[0]
    return _limited("".join(map(_text, results)))


def groups(text: str) -> set[str]:
    """Which of ``den`` and ``sandbox`` a template that can be rendered names."""
    output = nodes.Output(list(_parsed(text)))
    return {getattr(found.node, "name", "") for found in output.find_all(nodes.Getattr)}


@lru_cache(maxsize=512)
def _parsed(text: str) -> tuple[nodes.Node, ...]:
    try:
        body = _ENVIRONMENT.parse(text).body
    except TemplateError as error:
        raise Untaken(f"is not a template that can be read: {error.message}") from None
    return tuple(part for output in body for part in output.iter_child_nodes())


def _check(node: nodes.Node, names: Names, depth: int = 0) -> None:
    if depth > DEEPEST:
        raise Untaken("is a template nested too deeply", "DEN603")
    match node:
        case nodes.TemplateData():
            return
        case nodes.Const(value=value):
            _bounded(value)
        case nodes.Getattr(node=nodes.Name(name=group), attr=attr):
            _check_attribute(group, attr, names)
            return
        case nodes.Name(name=name):
            _check_name(name, names)
        case nodes.Filter():
            _check_filter(node)
        case _ if not isinstance(node, _PLAIN):
            raise Untaken(f"{_ONLY} may stand in {{{{ … }}}}")
        case _:
            pass
    for child in node.iter_child_nodes():
        _check(child, names, depth + 1)


def _check_name(name: str, names: Names) -> None:
    if name not in names:
        some = _all(names)[:_MOST_LISTED]
        there = f"; known are {', '.join(some)}"
        raise Untaken(f"`{name}` is not known here{near(name, some) or there}", "DEN602")
    if isinstance(names[name], Mapping):
        raise Untaken(f"`{name}` is a group; write one of {', '.join(_all(names, name))}", "DEN602")


def _check_attribute(group: str, attr: str, names: Names) -> None:
    known = names.get(group)
    if not isinstance(known, Mapping):
        _check_name(group, names)
        raise Untaken(f"`{group}` has nothing named `{attr}`", "DEN602")
    if attr not in known:
        there = ", ".join(_all(names, group))
        raise Untaken(f"`{group}.{attr}` is not known; there are {there}", "DEN602")


def _check_filter(node: nodes.Filter) -> None:
    if node.name not in FILTERS:
        raise Untaken(f"the filter `{node.name}` is not known; there are {', '.join(FILTERS)}")
    extra = node.kwargs or node.dyn_args or node.dyn_kwargs or node.node is None
    if extra or len(node.args) > FILTERS[node.name]:
        raise Untaken(f"the filter `{node.name}` takes no such arguments")


def _all(names: Names, group: str | None = None) -> list[str]:
    """Every name as it is written, of one group or of all."""
    return [
        written
        for name, value in names.items()
        for written in (
            [f"{name}.{key}" for key in value] if isinstance(value, Mapping) else [name]
        )
        if group is None or written.startswith(f"{group}.")
    ]


def _worked_out(part: nodes.Node, names: Names) -> Plain:
    if isinstance(part, nodes.TemplateData):
        return part.data
    body: list[nodes.Node] = [nodes.Assign(nodes.Name("result", "store"), part, lineno=1)]
    try:
        template = _ENVIRONMENT.from_string(nodes.Template(body, lineno=1))
        context = template.new_context(dict(names))
        list(template.root_render_func(context))
        return _limited(_bounded(context.vars["result"]))
    except (ArithmeticError, TypeError, TemplateError) as error:
        raise Untaken(f"cannot be worked out: {error}", "DEN604") from None


def _bounded(result: Any) -> Any:
    if isinstance(result, int | float) and not abs(result) < 2**63:
        raise Untaken("comes to a number that is too large", "DEN604")
    return result


def _limited(result: Any) -> Plain:
    if isinstance(result, str) and len(result) > LONGEST_RESULT:
        raise Untaken(f"comes to more than {LONGEST_RESULT:,} characters", "DEN604")
    return result if isinstance(result, bool | int | float | str) else ""


def _text(value: Plain) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
