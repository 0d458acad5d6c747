"""Text → a tree of the few things a formula may consist of.

Python's own parser reads it, because it is known to be right; nothing is evaluated.
"""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator
from functools import lru_cache

LONGEST = 2_000
DEEPEST = 50
"""Levels of nesting in one formula."""

WORDS = {"true": True, "false": False, "none": None}
COLUMN = "col"
"""`col('class')` names a column whose name Python keeps for itself."""

_ALLOWED = (
    *(ast.Constant, ast.Name, ast.Attribute, ast.Call, ast.IfExp, ast.Tuple, ast.List, ast.Load),
    *(ast.BinOp, ast.Add, ast.Sub, ast.Mult, ast.Div, ast.FloorDiv, ast.Mod),
    *(ast.UnaryOp, ast.USub, ast.UAdd, ast.Not, ast.BoolOp, ast.And, ast.Or),
    *(ast.Compare, ast.Eq, ast.NotEq, ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.In, ast.NotIn),
)
_SAID = {
    ast.Pow: "`**`",
    ast.Is: "`is`; write is_missing(…)",
    ast.IsNot: "`is not`; write not is_missing(…)",
    ast.Subscript: "`[…]`",
    ast.JoinedStr: "f'…'; join texts with +",
    ast.NamedExpr: "`:=`",
    ast.Lambda: "lambda",
    ast.keyword: "named arguments",
    ast.Starred: "`*`",
    ast.BitAnd: "`&`; write and",
    ast.BitOr: "`|`; write or",
    ast.Invert: "`~`; write not",
}


class FormulaError(Exception):
    """What is wrong with a formula, to be read after its key."""

    def __init__(self, why: str, *, placed: bool = False) -> None:
        super().__init__(why)
        self.placed = placed


class Elsewhere(FormulaError):
    """Nothing wrong here: a column that it needs has a problem, and says so itself."""


class TooDeep(FormulaError):
    """It and the columns that it is built on go too deep, though each of them may be fine."""


@lru_cache(maxsize=4096)
def parse(text: str) -> ast.expr:
    """The tree of a formula. Raises FormulaError."""
    if len(text) > LONGEST:
        raise FormulaError(f"is {len(text):,} characters long; should be at most {LONGEST:,}")
    if not text.strip():
        raise FormulaError("is empty; write for example `visit >= reported`")
    root = _read(text)
    _check(root)
    return root


def _read(text: str) -> ast.expr:
    """In brackets, so that a formula may be written over several lines."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            root = ast.parse(f"(\n{text}\n)", mode="eval").body
    except (RecursionError, MemoryError):  # pragma: no cover - not with every release of Python
        raise FormulaError(_TOO_DEEP) from None
    except SyntaxError as error:
        raise FormulaError(f"cannot be read: {_why(error, text)}") from None
    except ValueError:
        raise FormulaError("cannot be read: it has characters that no text has") from None
    if root.lineno == 1 and not isinstance(root, ast.Tuple):
        raise FormulaError("cannot be read: a bracket is closed that was never opened")
    return root


_TOO_DEEP = f"is nested too deeply; at most {DEEPEST} levels"


def _why(error: SyntaxError, text: str) -> str:
    if "too many nested" in error.msg:
        return _TOO_DEEP
    line = (error.lineno or 0) - 2
    rows = text.splitlines()
    near = rows[line][max((error.offset or 1) - 1, 0) :][:20] if 0 <= line < len(rows) else ""
    said = error.msg.removeprefix("invalid syntax. ")
    return f"{said}, at `{near}`" if near else said


def _check(root: ast.expr) -> None:
    """Only what is allowed; breadth first, as a tree may be deeper than Python's stack."""
    level: list[ast.AST] = [root]
    depth = 0
    while level:
        depth += 1
        for node in level:
            _allowed(node)
        level = [child for node in level for child in ast.iter_child_nodes(node)]
    # operators and contexts are a level of their own below the last
    if depth > DEEPEST + 1:
        raise FormulaError(_TOO_DEEP)


def _allowed(node: ast.AST) -> None:
    if not isinstance(node, _ALLOWED):
        said = _SAID.get(type(node), f"“{type(node).__name__}”")
        raise FormulaError(f"cannot have {said}")
    if isinstance(node, ast.Constant):
        if not (node.value is None or isinstance(node.value, bool | int | float | str)):
            raise FormulaError(f"cannot have the value {str(node.value)[:20]}")
        if isinstance(node.value, str) and "\x00" in node.value:
            raise FormulaError("cannot have a NUL in a text")
    if isinstance(node, ast.Call) and not isinstance(node.func, ast.Name):
        raise FormulaError("can call functions by their plain name only")


def source(node: ast.expr) -> str:
    """A part of a formula as it may be read in a message."""
    text = ast.unparse(node)
    return text if len(text) <= 60 else f"{text[:57]}…"


def path(node: ast.expr) -> tuple[str, ...] | None:
    """The names of a dotted path; `col('…')` gives one too."""
    match node:
        case ast.Name(id=name):
            return (name,)
        case ast.Attribute(value=inner, attr=name):
            before = path(inner)
            return (*before, name) if before else None
        case ast.Call(func=ast.Name(id=name), args=[ast.Constant(value=str(text))]):
            return tuple(text.split(".")) if name == COLUMN else None
        case _:
            return None


def paths(node: ast.expr) -> Iterator[tuple[str, ...]]:
    """Every path in a formula that may be a column; names of functions are not among them."""
    found = path(node)
    if found:
        yield found
        return
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.expr) and child is not getattr(node, "func", None):
            yield from paths(child)
