"""The schema for editors and the reference page, against the model, the loader and each other."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from sandboxctl.blueprint import catalogue, tree
from sandboxctl.blueprint.model import Blueprint, Healthcheck, Parameter, Secret, Service, Table
from sandboxctl.blueprint.reader import read
from sandboxctl.blueprint.reference import DIFFERENT, reference
from sandboxctl.blueprint.schema import json_schema
from sandboxctl.data.kinds import Column

ROOT = Path(__file__).resolve().parents[1]
FILES = [*ROOT.glob("blueprints/*/blueprint.yaml"), *ROOT.glob("examples/*/blueprint.yaml")]
SCHEMA = json_schema()
TYPES: dict[str, type | tuple[type, ...]] = {
    "array": list,
    "boolean": bool,
    "integer": int,
    "null": type(None),
    "number": (int, float),
    "object": dict,
    "string": str,
}


def errors(value: Any, schema: dict[str, Any], where: str = "") -> list[str]:
    """As much of JSON Schema as our own schema uses."""
    if "$ref" in schema:
        return errors(value, SCHEMA["$defs"][schema["$ref"].rpartition("/")[2]], where)
    for union in ("anyOf", "oneOf"):
        if union in schema:
            found = [errors(value, member, where) for member in schema[union]]
            return [] if [] in found else min(found, key=len)
    kind = schema.get("type")
    if kind and (
        not isinstance(value, TYPES[kind]) or (isinstance(value, bool) and kind != "boolean")
    ):
        return [f"{where}: {value!r} is not {kind}"]
    if "const" in schema and value != schema["const"]:
        return [f"{where}: not {schema['const']!r}"]
    if "enum" in schema and value not in schema["enum"]:
        return [f"{where}: not one of {schema['enum']}"]
    if isinstance(value, str) and not re.search(schema.get("pattern", ""), value):
        return [f"{where}: {value!r} does not match"]
    if isinstance(value, list):
        return [
            e
            for n, x in enumerate(value)
            for e in errors(x, schema.get("items", {}), f"{where}.{n}")
        ]
    if isinstance(value, dict):
        return _mapping_errors(value, schema, where)
    return []


def _mapping_errors(value: dict[Any, Any], schema: dict[str, Any], where: str) -> list[str]:
    found = [
        f"{where}: {name} is missing" for name in schema.get("required", ()) if name not in value
    ]
    for name, below in value.items():
        known = schema.get("properties", {}).get(name)
        patterns = [
            s for p, s in schema.get("patternProperties", {}).items() if re.search(p, str(name))
        ]
        extra = schema.get("additionalProperties", True if not patterns else {})
        if known is not None:
            found += errors(below, known, f"{where}.{name}")
        elif patterns:
            found += errors(below, patterns[0], f"{where}.{name}")
        elif extra is False:
            found.append(f"{where}: {name} is not a key")
        elif isinstance(extra, dict):
            found += errors(below, extra, f"{where}.{name}")
    return found


def content(text: bytes) -> Any:
    root = read(text).root
    assert root is not None
    return tree.plain(root)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.parent.name)
def test_every_blueprint_we_ship_fits_the_schema(file: Path) -> None:
    assert errors(content(file.read_bytes()), SCHEMA) == []


FORMS = b"""
blueprint: 1
name: x
opens: {/: web, /live: {service: web, port: "{{ port }}"}}
lifetime: 8h
parameters: {port: {type: integer, default: 80, choices: [80, 81]}}
secrets: {KEY: {generate: 32}, ASKED: {ask: Which one}}
services:
  web:
    image: "{{ image }}"
    command: sleep 5
    entrypoint: [sleep, 5]
    environment: [A=1]
    secrets: [KEY, {source: ASKED}]
    expose: [80, "81/tcp", "{{ port }}"]
    healthcheck: {http: /, port: 80, start_period: 20s, interval: 5s, retries: 3}
    depends_on: {db: {condition: service_healthy}}
    user: 1000
    mem_limit: 256m
    cpus: "{{ cpus }}"
    stop_grace_period: 5
    public: "{{ public }}"
  db:
    extends: {service: web}
    environment: {A: 1, B: x, C: true}
    healthcheck: {test: [CMD, a]}
    depends_on: []
    mem_limit: 268435456
    prepare: [[a, b], c d]
  other: {extends: web}
data:
  seed: "{{ seed }}"
  tables: {t: {rows: "{{ rows }}", columns: {a: {kind: choice, of: [x, y]}}}}
"""


def test_short_and_long_forms_and_templates_fit_the_schema() -> None:
    assert errors(content(FORMS), SCHEMA) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("name: x", "nme: x"),
        ("image:", "imag:"),
        ("mem_limit: 256m", "mem_limit: lots"),
        ("lifetime: 8h", "lifetime: soon"),
        ("generate: 32", "generat: 32"),
        ("blueprint: 1", "blueprint: 2"),
        ("kind: choice", "kind: chioce"),
        ("retries: 3", "retries: many"),
    ],
)
def test_an_editor_underlines_what_is_wrong(old: str, new: str) -> None:
    assert errors(content(FORMS.replace(old.encode(), new.encode())), SCHEMA)


def test_the_reference_page_is_the_one_the_model_makes() -> None:
    page = (ROOT / "docs" / "blueprint.md").read_text(encoding="utf-8")
    assert page == reference() + "\n", "run `sandboxctl schema --reference > docs/blueprint.md`"


def test_the_schema_in_docs_is_the_one_the_model_makes() -> None:
    written = json.loads((ROOT / "docs" / "blueprint.schema.json").read_text(encoding="utf-8"))
    assert written == SCHEMA, "run `sandboxctl schema > docs/blueprint.schema.json`"


@pytest.mark.parametrize("model", [Blueprint, Service, Healthcheck, Parameter, Secret, Table])
def test_every_key_is_explained(model: type[Blueprint]) -> None:
    page = reference()
    for name, field in model.model_fields.items():
        assert field.description, f"{model.__name__}.{name} has no description"
        assert f"| `{field.alias or name}` |" in page


def test_the_page_names_every_template_kind_and_difference() -> None:
    page = reference()
    for name in catalogue.names():
        assert f"### template: {name}\n" in page
    for member in Column.__args__[0].__args__:
        assert f"### kind: {member.model_fields['kind'].annotation.__args__[0]}\n" in page
    for key, words in DIFFERENT.items():
        assert key in Service.model_fields
        assert words in page


def test_the_page_says_bounds_and_defaults_as_people_write_them() -> None:
    page = reference()
    assert (
        "| `mem_limit` | a whole number or a size such as 256m or 1g, 16m to 65536m | `256m` |"
        in page
    )
    assert "a duration such as 20s, 90m or 8h, 1m to 14d | `8h` |" in page
    assert (
        "| `timeout` | a number or a duration such as 20s, 90m or 8h, "
        "more than 0s, 1m at most | `5s` |" in page
    )
    assert "| `retries` | a whole number, 0 or more |" in page
    assert "| `public` | true or false | `false` |" in page


def test_every_key_of_the_reference_has_a_meaning() -> None:
    rows = [line for line in reference().splitlines() if line.startswith("| `")]
    assert len(rows) > 100
    assert [row for row in rows if row.endswith("|  |")] == []
