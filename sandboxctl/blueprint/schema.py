"""JSON Schema for editors, made from the model."""

from __future__ import annotations

from typing import Any

from sandboxctl.blueprint.model import (
    Blueprint,
)

Schema = dict[str, Any]

TEMPLATE = {"type": "string", "pattern": r"\{\{"}
_LITERAL = frozenset(["Parameter"])


def json_schema() -> Schema:
    """JSON Schema (draft 2020-12) that accepts every form which the loader accepts."""
    schema = Blueprint.model_json_schema(mode="validation")
    for name, definition in schema["$defs"].items():
        if name not in _LITERAL:
            _open_to_templates(definition)
    _open_to_templates(schema)
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["title"] = "sandboxctl blueprint"
    return schema


def _open_to_templates(schema: Schema) -> None:
    """Where a number or a truth value may stand, a template may."""
    for name, below in schema.get("properties", {}).items():
        schema["properties"][name] = _opened(below)


def _opened(schema: Schema) -> Schema:
    tidy(schema)
    if "items" in schema:
        schema["items"] = _opened(schema["items"])
    members = schema.get("anyOf", [schema])
    if not any(_wants_other_text(member) for member in members):
        return schema
    outer: Schema = {
        key: schema[key] for key in ("default", "description", "title") if key in schema
    }
    inner = {key: value for key, value in schema.items() if key not in outer}
    if "anyOf" in schema:
        return {**schema, "anyOf": [*members, TEMPLATE]}
    return {"anyOf": [inner, TEMPLATE], **outer}


def _wants_other_text(member: Schema) -> bool:
    """Whether a template, which is text, would not pass for it."""
    kind = member.get("type")
    return kind in ("integer", "number", "boolean") or (
        kind == "string" and bool({"pattern", "enum", "const"} & member.keys())
    )


def tidy(schema: Schema) -> None:
    """Bounds that pydantic could not place, as the key takes other types too."""
    bounds = {"ge": "minimum", "le": "maximum", "gt": "exclusiveMinimum", "lt": "exclusiveMaximum"}
    for short, name in bounds.items():
        if short in schema:
            schema[name] = schema.pop(short)
    for member in schema.get("anyOf", ()):
        tidy(member)
