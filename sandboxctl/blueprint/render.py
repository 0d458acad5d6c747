"""Templates in a blueprint: rendered after the YAML was parsed, so that no value can become YAML.

Also Compose's ``$``: a blueprint has no variables of a shell, ``$$`` is one dollar sign.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import TypeAlias

from sandboxctl.blueprint import scalars, tree, worked_out
from sandboxctl.blueprint.problem import Key, Problem
from sandboxctl.blueprint.tree import Node, Plain, Scalar, mapped
from sandboxctl.blueprint.worked_out import Names, Refusal, Result, Value

MOST_TEMPLATES = 200
MOST_TEMPLATE_TEXT = 16 * 1024
"""Characters of all templates; Jinja takes up to 25 µs for each. What we ship has five."""

_STATEMENT = re.compile(r"\{%|(?<!\$)\{#")
_VARIABLE = re.compile(r"\$\$|\$(?:\{(?!\{)[^}]{0,60}\}?|[A-Za-z_][A-Za-z0-9_]*)")
_NO_STATEMENTS = "has `{%` or `{#`; only `{{ … }}` is taken"
_ONE_TOO_MANY = Refusal(
    f"is one template too many, or too long a one; a blueprint has {MOST_TEMPLATES:,} at most, "
    f"of {MOST_TEMPLATE_TEXT:,} characters together",
    "DEN603",
)
_UNRENDERED = ("parameters",)

Workshop: TypeAlias = Callable[[Sequence[str], Names], list[Result]]


@dataclass
class Rendering:
    """One pass over a tree; ``names_sandbox`` tells whether the result is one sandbox's own.

    ``workshop`` works all its templates out at once: `worked_out.apart` for those of a stranger.
    """

    names: Names
    workshop: Workshop = worked_out.here
    problems: list[Problem] = field(default_factory=list)
    names_sandbox: bool = False
    _results: dict[str, Result] = field(default_factory=dict)

    def tree(self, root: tree.Mapping) -> tree.Mapping:
        """The tree with every scalar rendered, but for the declarations of parameters."""
        kept = root.without(*_UNRENDERED)
        self._results = self._worked_out(list(dict.fromkeys(_templates(kept))))
        done: dict[Plain, Node] = {
            key: node if key in _UNRENDERED else mapped(node, self._scalar, (str(key),))
            for key, node in root.entries.items()
        }
        return tree.Mapping(done, root.lines, root.line)

    def _worked_out(self, texts: list[str]) -> dict[str, Result]:
        lengths = accumulate(map(len, texts[:MOST_TEMPLATES]))
        taken = texts[: sum(length <= MOST_TEMPLATE_TEXT for length in lengths)]
        results = self.workshop(taken, self.names) if taken else []
        return dict.fromkeys(texts, _ONE_TOO_MANY) | dict(zip(taken, results, strict=True))

    def _scalar(self, scalar: Scalar, key: Key) -> Scalar:
        match self._rendered(scalar):
            case Refusal(why, code):
                self.problems.append(Problem(key, why, scalar.line, code=code))
                return Scalar("", scalar.line, "")
            case Value(value, groups):
                self.names_sandbox |= "sandbox" in groups
                return Scalar(value, scalar.line, str(value))
            case _:
                return scalar

    def _rendered(self, scalar: Scalar) -> Result | None:
        """None if nothing is to be done."""
        text = scalar.value
        if not isinstance(text, str) or not ("$" in text or "{" in text):
            return None
        plain = _dollars(text)
        if isinstance(plain, Refusal):
            return plain
        if _STATEMENT.search(plain):
            return Refusal(_NO_STATEMENTS, "DEN606")
        result = self._results[plain] if "{{" in plain else Value(plain)
        value = result.value if isinstance(result, Value) else ""
        if isinstance(value, str) and (found := scalars.hidden(value)):
            return Refusal(scalars.hidden_words(found), "DEN103")
        return result


def _templates(node: Node) -> Iterator[str]:
    """The text of every template below a node that can be one."""
    match node:
        case tree.Mapping(entries):
            for child in entries.values():
                yield from _templates(child)
        case tree.Sequence(items):
            for item in items:
                yield from _templates(item)
        case Scalar(str() as text) if "{{" in text:
            plain = _dollars(text)
            if isinstance(plain, str) and not _STATEMENT.search(plain):
                yield plain
        case _:
            pass


def _dollars(text: str) -> str | Refusal:
    """Compose's escape undone; refused where Compose would read the shell's environment."""
    for found in _VARIABLE.finditer(text):
        if found[0] != "$$":
            return Refusal(
                f"{found[0]} is not read from your shell: make it a parameter, {{{{ name }}}}, or "
                f"a secret; for the service's own shell write ${found[0]}",
                "DEN607",
            )
    return text.replace("$$", "$")
