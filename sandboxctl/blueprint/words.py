"""What pydantic says, in words that a supplier understands."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated, Any, get_args, get_origin

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from sandboxctl.blueprint import compose_keys
from sandboxctl.blueprint.patterns import PATTERNS
from sandboxctl.blueprint.problem import MISSING, Key, near

_TYPES = {
    "bool": "true or false",
    "date": "a date such as 2026-01-31",
    "datetime": "a time such as 2026-01-31 or 2026-01-31T09:00:00",
    "decimal": "a number",
    "dict": "a mapping: lines of `key: value`",
    "float": "a number",
    "int": "a whole number",
    "ip_v4_address": "an address such as 192.0.2.10",
    "ip_v4_network": "a range of addresses such as 10.213.0.0/16",
    "list": "a list",
    "model": "a mapping: lines of `key: value`",
    "string": "text",
    "tuple": "a list",
}
_MEBIBYTE = 1024 * 1024
_MOST_SHOWN = 40
_MOST_LISTED = 12
_MOST_ALIKE = 3


def said(error: ErrorDetails, key: Key, model: type[BaseModel]) -> str:
    """Why the value at ``key`` is not taken; ``model`` is where the whole file begins."""
    context: dict[str, Any] = error.get("ctx", {})
    value = error["input"]
    match error["type"]:
        case "missing":
            return MISSING
        case "invalid_key":
            return f'should be text as a key; put it in quotes: "{key[-1]}"'
        case "extra_forbidden":
            return _extra(error["loc"], key, model)
        case "value_error":
            return str(context["error"])
        case "string_pattern_mismatch":
            return f"should be {_pattern(context['pattern'])}, not {shown(value)}"
        case "literal_error" | "enum":
            known = [name.strip("'") for name in re.split(", | or ", context["expected"])]
            return f"should be {context['expected']}, not {shown(value)}{near(str(value), known)}"
        case "union_tag_invalid":
            known = [name.strip("'") for name in context["expected_tags"].split(", ")]
            return f"{shown(context['tag'])} is not a kind{_kind(str(context['tag']), known)}"
        case "union_tag_not_found":
            return f"needs a {context['discriminator'].strip(chr(39))}"
        case kind:
            return _bounds(kind, context, value) or _type(kind, value) or error["msg"].lower()


def _kind(tag: str, known: list[str]) -> str:
    """The kinds that ``tag`` is a part of, the near match, a few that share a part, or all."""
    part_of = [name for name in known if tag.lower() in name.split("_")]
    alike = [name for name in known if {*tag.lower().split("_")} & {*name.split("_")}]
    few = alike if len(alike) <= _MOST_ALIKE else []
    return _meant(part_of) or near(tag, known) or _meant(few) or f"; there are {', '.join(known)}"


def _meant(names: list[str]) -> str:
    return f"; did you mean {' or '.join(f'`{name}`' for name in names)}?" if names else ""


def shown(value: object) -> str:
    """A value in an error, short and on one line."""
    text = "nothing" if value is None else repr(value)
    return text if len(text) <= _MOST_SHOWN else f"{text[: _MOST_SHOWN - 1]}…"


def _pattern(pattern: str) -> str:
    return PATTERNS.get(pattern, f"of the form {pattern}")


def _bounds(kind: str, context: dict[str, Any], value: object) -> str:
    match kind:
        case "greater_than_equal":
            return f"should be {_number(context['ge'])} or more, not {shown(value)}"
        case "less_than_equal":
            return f"should be {_number(context['le'])} or less, not {shown(value)}"
        case "greater_than":
            return f"should be more than {_number(context['gt'])}, not {shown(value)}"
        case "less_than":
            return f"should be less than {_number(context['lt'])}, not {shown(value)}"
        case "too_short":
            return f"should have {_number(context['min_length'])} or more"
        case "too_long":
            actual = context["actual_length"]  # of some mappings pydantic does not say it
            found = "" if actual is None else f", not {_number(actual)}"
            return f"should have {_number(context['max_length'])} or fewer{found}"
        case "string_too_long":
            return f"should have {_number(context['max_length'])} characters or fewer"
        case "string_too_short":
            return "should not be empty"
        case _:
            return ""


def _number(bound: object) -> str:
    match bound:
        case int() if bound >= _MEBIBYTE and bound % _MEBIBYTE == 0:  # sizes, and nothing else
            return f"{bound // _MEBIBYTE:,}m"
        case int():
            return f"{bound:,}"
        case _:
            return str(bound)


def _type(kind: str, value: object) -> str:
    """``int_parsing``, ``int_type``, ``int_from_float`` … all want a whole number."""
    found = _TYPES.get(kind) or _TYPES.get(kind.partition("_")[0])
    if not found:
        return ""
    quotes = found == "text" and isinstance(value, int | float)
    advice = f'; put it in quotes: "{value}"' if quotes else ""
    return f"should be {found}, not {shown(value)}{advice}"


def _extra(loc: tuple[int | str, ...], key: Key, model: type[BaseModel]) -> str:
    if found := compose_keys.way(key):
        return found
    known = sorted(keys(model_at(model, loc[:-1])))
    there = f"; there are {', '.join(known)}" if 0 < len(known) <= _MOST_LISTED else ""
    return f"is not a key here{near(str(loc[-1]), known) or there}"


def keys(model: type[BaseModel] | None) -> Iterator[str]:
    """The keys of a model as they are written in a blueprint."""
    if model:
        yield from (field.alias or name for name, field in model.model_fields.items())


def model_at(annotation: Any, loc: tuple[int | str, ...]) -> type[BaseModel] | None:
    """The model that pydantic was in when it reported ``loc``."""
    found = _model(annotation)
    if found and not loc:
        return found
    if found:
        named = {field.alias or name: field for name, field in found.model_fields.items()}
        field = named.get(str(loc[0]))
        return model_at(field.annotation, loc[1:]) if field else None
    arguments = get_args(annotation)
    match get_origin(annotation):
        case origin if origin is Annotated:
            return model_at(arguments[0], loc)
        case origin if origin is dict:
            return model_at(arguments[1], loc[1:])
        case origin if origin is tuple:
            return model_at(arguments[0], loc[1:])
        case _:
            return _member(arguments, loc)


def _model(annotation: Any) -> type[BaseModel] | None:
    is_model = isinstance(annotation, type) and issubclass(annotation, BaseModel)
    return annotation if is_model else None


def _member(members: tuple[Any, ...], loc: tuple[int | str, ...]) -> type[BaseModel] | None:
    """The member of a union: by its ``kind``, or the one that is not None."""
    tagged = {tag: member for member in members for tag in _tags(member)}
    if loc and loc[0] in tagged:
        return model_at(tagged[loc[0]], loc[1:])
    others = [member for member in members if member is not type(None)]
    return model_at(others[0], loc) if others and not tagged else None


def _tags(member: Any) -> tuple[Any, ...]:
    model = _model(member)
    kind = model.model_fields.get("kind") if model else None
    return get_args(kind.annotation) if kind else ()
