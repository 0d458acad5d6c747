"""`$VAR`, `${VAR}`, `${VAR:-default}` and their like in a Compose file.

Compose would read the shell of whoever starts it; here only the `.env` file and the defaults count.
What has a value becomes that value. What has none, or is a secret by its name, becomes a
*stand-in* inside the text: two characters for private use around a number. Text with stand-ins is
split, joined and searched like any other, and settled only when the blueprint is written.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from sandboxctl.compose.raw import Raw
from sandboxctl.compose.sensitive import is_secret
from sandboxctl.errors import BlueprintError

BEGIN, END = "\ue000", "\ue001"
STAND_IN = re.compile(f"{BEGIN}([0-9]+){END}")
_PRIVATE = re.compile(f"[{BEGIN}{END}]")
_DEEPEST = 8
_MOST_PUT_IN = 1_000_000
_VARIABLE = re.compile(r"\$(?:\$|\{|([A-Za-z_][A-Za-z0-9_]*))")
_BRACED = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)(:?[-?+])?")


@dataclass(frozen=True, slots=True)
class Variable:
    """What a stand-in stands for. ``value`` is None when nothing gives it one; ``required`` when
    Compose would not start without."""

    name: str
    value: str | None
    required: bool = False

    @property
    def secret(self) -> bool:
        return is_secret(self.name, self.value or "")


@dataclass
class Variables:
    """The variables of one Compose file: those of its `.env`, and each stand-in given out."""

    known: Mapping[str, str]
    stood_in: list[Variable] = field(default_factory=list)
    _numbers: dict[Variable, int] = field(default_factory=dict)
    _put_in: int = 0

    def tree(self, value: Raw) -> Raw:
        """Every text of ``value`` with its variables settled."""
        match value:
            case None:
                return None
            case str():
                return self.text(value)
            case list():
                return [self.tree(item) for item in value]
            case dict():
                return {key: self.tree(child) for key, child in value.items()}

    def text(self, text: str) -> str:
        """One text; a `$` that begins no variable stays, as it does in a shell."""
        return self._text(_PRIVATE.sub("", text), 0)

    def stand_in(self, variable: Variable) -> str:
        """The characters that stand for ``variable``, the same each time."""
        if variable not in self._numbers:
            self._numbers[variable] = len(self.stood_in)
            self.stood_in.append(variable)
        return f"{BEGIN}{self._numbers[variable]}{END}"

    def of(self, name: str) -> str:
        """What `${name}` is."""
        return self._value(name, "", "", 0)

    def variable(self, number: str) -> Variable:
        return self.stood_in[int(number)]

    def _text(self, text: str, depth: int) -> str:
        done: list[str] = []
        at = 0
        while found := _VARIABLE.search(text, at):
            done.append(text[at : found.start()])
            at = found.end()
            if found[0] == "$$":
                done.append("$")
            elif found[1]:
                done.append(self._value(found[1], "", "", depth))
            else:
                end = _closed(text, at)
                done.append(self._braced(text[at:end], depth))
                at = end + 1
        return "".join(done) + text[at:]

    def _braced(self, inner: str, depth: int) -> str:
        found = _BRACED.match(inner)
        if not found or (not found[2] and found.end() != len(inner)):
            return f"${{{inner}}}"
        return self._value(found[1], found[2] or "", inner[found.end() :], depth)

    def _value(self, name: str, sign: str, other: str, depth: int) -> str:
        value = self.known.get(name)
        if sign.startswith(":") and not value:
            value = None
        other = self._text(other, depth + 1) if depth < _DEEPEST else ""
        if sign.endswith("+"):
            return other if value is not None else ""
        if value is None and sign.endswith("-"):
            value = other
        if value is None or (is_secret(name, value) and not STAND_IN.search(value)):
            return self.stand_in(Variable(name, value, sign.endswith("?") and value is None))
        self._put_in += len(value)
        if self._put_in > _MOST_PUT_IN:
            why = f"its variables come to more than {_MOST_PUT_IN:,} characters"
            raise BlueprintError(why, hint="Give them shorter values.", code="DEN181")
        return value


def _closed(text: str, start: int) -> int:
    """Where the brace that was opened before ``start`` is closed."""
    depth = 1
    for index in range(start, len(text)):
        depth += {"{": 1, "}": -1}.get(text[index], 0)
        if not depth:
            return index
    return len(text)
