"""Values that a facilitator may set, and secrets that are made or asked for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal, Self

from pydantic import Field, ValidationError, model_validator

from sandboxctl.blueprint import scalars
from sandboxctl.blueprint import tree as nodes
from sandboxctl.blueprint.forms import Frozen, Identifier, Number, Whole
from sandboxctl.blueprint.problem import Problem, Unfit, near

Value = bool | int | float | str
LONGEST = 1_000
_INTEGER = re.compile(r"[-+]?[0-9]{1,18}")
_BOOLEANS = {"true": True, "yes": True, "false": False, "no": False}


class Parameter(Frozen):
    """A value a facilitator may set with `--set name=value`."""

    type: Literal["integer", "number", "text", "boolean"] = Field(
        description="What kind of value it is."
    )
    default: Value = Field(description="What it is when nobody sets it.")
    minimum: Number | None = Field(default=None, description="The least it may be; numbers only.")
    maximum: Number | None = Field(default=None, description="The most it may be; numbers only.")
    choices: tuple[Value, ...] = Field(default=(), description="Nothing but these.")
    about: str = Field(default="", max_length=300, description="Shown to the facilitator.")

    @model_validator(mode="after")
    def _fits(self) -> Self:
        bounded = self.minimum is not None or self.maximum is not None
        if bounded and self.type not in ("integer", "number"):
            raise Unfit("`minimum` and `maximum` go with a number", "DEN642")
        self.checked(self.default, "default ")
        return self

    def read(self, text: str) -> Value:
        """The value that ``text`` from a command line means; ValueError says what is wrong."""
        match self.type:
            case "integer" if _INTEGER.fullmatch(text):
                return self.checked(int(text))
            case "number":
                value = scalars.value(text)
                return self.checked(text if value is None else value)
            case "boolean":
                return self.checked(_BOOLEANS.get(text.lower(), text))
            case _:
                return self.checked(text)

    def checked(self, value: Value, what: str = "") -> Value:
        """``value`` if it has the type, lies in the bounds and is among the choices."""
        if not _is(self.type, value):
            raise ValueError(f"{what}should be {_WORDS[self.type]}, not {value!r}")
        if isinstance(value, str):
            self._check_text(value, what)
        elif self.minimum is not None and value < self.minimum:
            raise ValueError(f"{what}should be {self.minimum:,.12g} or more, not {value}")
        elif self.maximum is not None and value > self.maximum:
            raise ValueError(f"{what}should be {self.maximum:,.12g} or less, not {value}")
        if self.choices and value not in self.choices:
            raise ValueError(f"{what}should be one of {', '.join(map(str, self.choices))}")
        return value

    def _check_text(self, value: str, what: str) -> None:
        if len(value) > LONGEST:
            raise ValueError(f"{what}is longer than {LONGEST:,} characters")
        if found := scalars.hidden(value):
            raise ValueError(f"{what}{scalars.hidden_words(found)}")


_WORDS = {
    "integer": "a whole number",
    "number": "a number",
    "text": "text",
    "boolean": "true or false",
}


def _is(type_: str, value: Value) -> bool:
    match type_:
        case "boolean":
            return isinstance(value, bool)
        case "text":
            return isinstance(value, str)
        case "integer":
            return isinstance(value, int) and not isinstance(value, bool)
        case _:
            return isinstance(value, int | float) and not isinstance(value, bool)


class Secret(Frozen):
    """A value made anew for every generation, or asked of the facilitator; never kept."""

    generate: Whole | None = Field(
        default=None, ge=16, le=256, description="Its length in characters; made for you."
    )
    ask: str | None = Field(
        default=None, max_length=200, description="The question put to the facilitator."
    )

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if (self.generate is None) == (self.ask is None):
            raise Unfit("should have either `generate: <length>` or `ask: <question>`", "DEN891")
        return self


def settled(
    declared: nodes.Node | None, given: Mapping[str, str]
) -> tuple[dict[str, Value], list[Problem]]:
    """What each parameter ends up as, and what is wrong with the ``given`` ones.

    What is wrong with a declaration itself is found when the whole blueprint is checked; until
    then its raw default stands in, so that templates naming it are not reported too.
    """
    entries = declared.entries if isinstance(declared, nodes.Mapping) else {}
    known = {str(name): node for name, node in entries.items()}
    values: dict[str, Value] = {name: _raw(node) for name, node in known.items()}
    problems: list[Problem] = []
    for name, text in given.items():
        where = f"--set {name}"
        if name not in known:
            there = f"; there are {', '.join(known)}" if known else ": the blueprint has none"
            why = f"is not a parameter{near(name, known) or there}"
            problems.append(Problem((), why, file=where, code="DEN640"))
            continue
        try:
            parameter = Parameter.model_validate(nodes.plain(known[name]))
            values[name] = parameter.read(text)
        except ValidationError:
            continue
        except ValueError as error:
            problems.append(Problem((), str(error), file=where, code="DEN641"))
    return values, problems


def _raw(node: nodes.Node) -> Value:
    """The default as it stands in the file."""
    default = node.get("default") if isinstance(node, nodes.Mapping) else None
    value = default.value if isinstance(default, nodes.Scalar) else None
    return "" if value is None else value


Parameters = dict[Identifier, Parameter]
