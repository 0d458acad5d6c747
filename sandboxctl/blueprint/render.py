"""Templates in a blueprint: rendered after the YAML was parsed, so that no value can become YAML.

Also Compose's ``$``: a blueprint has no variables of a shell, ``$$`` is one dollar sign.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from sandboxctl.blueprint import scalars
from sandboxctl.blueprint.problem import Key, Problem
from sandboxctl.blueprint.tree import Mapping as Tree
from sandboxctl.blueprint.tree import Node, Plain, Scalar, mapped

MOST_TEMPLATES = 1_000
MOST_TEXT = 1024 * 1024
_STATEMENT = re.compile(r"\{%|(?<!\$)\{#")
_VARIABLE = re.compile(r"\$\$|\$(?:\{(?!\{)[^}]{0,60}\}?|[A-Za-z_][A-Za-z0-9_]*)")
_NO_STATEMENTS = "has `{%` or `{#`; only `{{ … }}` is taken"
_UNRENDERED = ("parameters",)


@dataclass
class Rendering:
    """One pass over a tree; ``names_sandbox`` tells whether the result is one sandbox's own."""

    names: Mapping[str, Plain | Mapping[str, Plain]]
    problems: list[Problem] = field(default_factory=list)
    names_sandbox: bool = False
    _templates: int = 0
    _length: int = 0

    def tree(self, root: Tree) -> Tree:
        """The tree with every scalar rendered, but for the declarations of parameters."""
        done: dict[Plain, Node] = {
            key: node if key in _UNRENDERED else mapped(node, self._scalar, (str(key),))
            for key, node in root.entries.items()
        }
        return Tree(done, root.lines, root.line)

    def _scalar(self, scalar: Scalar, key: Key) -> Scalar:
        text = scalar.value
        if not isinstance(text, str) or not ("$" in text or "{" in text):
            return scalar
        try:
            value = self._rendered(_dollars(text))
        except ValueError as error:
            self.problems.append(Problem(key, str(error), scalar.line))
            return Scalar("", scalar.line, "")
        return Scalar(value, scalar.line, str(value))

    def _rendered(self, text: str) -> Plain:
        if _STATEMENT.search(text):
            raise ValueError(_NO_STATEMENTS)
        if "{{" not in text:
            return text
        from sandboxctl.blueprint import expression

        self._templates += 1
        if self._templates > MOST_TEMPLATES or self._length > MOST_TEXT:
            raise ValueError(
                f"is one template too many; a blueprint has {MOST_TEMPLATES:,} at most"
            )
        value = expression.rendered(text, self.names)
        self.names_sandbox |= "sandbox" in expression.groups(text)
        if isinstance(value, str):
            self._length += len(value)
            if found := scalars.hidden(value):
                raise ValueError(scalars.hidden_words(found))
        return value


def _dollars(text: str) -> str:
    """Compose's escape undone; ValueError where Compose would read the shell's environment."""

    def plain(found: re.Match[str]) -> str:
        if found[0] == "$$":
            return "$"
        raise ValueError(
            f"{found[0]} is not read from your shell: make it a parameter, {{{{ name }}}}, or a "
            f"secret; for the service's own shell write ${found[0]}"
        )

    return _VARIABLE.sub(plain, text)
