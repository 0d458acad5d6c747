"""JSON Schemas of what a workshop reads and writes, and the reference page of its file."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from pydantic import BaseModel

from sandboxctl.blueprint import reference as keys
from sandboxctl.blueprint.schema import Schema, tidy
from sandboxctl.workshop.certificate import Certificate
from sandboxctl.workshop.evidence import Evidence
from sandboxctl.workshop.model import TeamAsked, WorkshopFile

DRAFT = "https://json-schema.org/draft/2020-12/schema"

_INTRODUCTION = """\
# The workshop file

Generated from the model by `sandboxctl schema --workshop --reference`; do not edit it by hand. What
it is for, with an example: [workshops.md](workshops.md).

A file is read as strictly as a blueprint: UTF-8, at most 512 KiB, YAML 1.2, no anchors, merge keys
or tags. A key that is not listed here is refused, with the nearest one that is; all that is wrong
is said at once. It has no templates.
"""


def file_schema() -> Schema:
    """JSON Schema of a workshop file, for editors."""
    return _schema(WorkshopFile, "sandboxctl workshop")


def record_schema() -> Schema:
    """JSON Schema of the record that `workshop close` writes."""
    return _schema(Evidence, "sandboxctl workshop record")


def certificate_schema() -> Schema:
    """JSON Schema of the certificate that `workshop close` writes."""
    return _schema(Certificate, "sandboxctl workshop certificate")


SCHEMAS: Mapping[str, Callable[[], Schema]] = {
    "file": file_schema,
    "record": record_schema,
    "certificate": certificate_schema,
}
"""By the names of their files in docs."""


def reference() -> str:
    """The reference page of the file, as Markdown."""
    schema = file_schema()
    team = schema["$defs"][TeamAsked.__name__]
    parts = [
        _INTRODUCTION,
        *keys.section("The file", schema, WorkshopFile.__doc__ or ""),
        *keys.section("teams.<name>", team, TeamAsked.__doc__ or ""),
    ]
    return "\n".join(parts).rstrip()


def _schema(model: type[BaseModel], title: str) -> Schema:
    schema = model.model_json_schema(mode="validation")
    for known in schema["properties"].values():
        if "oneOf" in known:  # its members differ in type, and more editors know this form
            known["anyOf"] = known.pop("oneOf")
        tidy(known)
    return {"$schema": DRAFT, **schema, "title": title}
