"""Ready-made services: what their service.yaml may say."""

from __future__ import annotations

from typing import Any

import pytest

from sandboxctl.blueprint import catalogue, tree
from sandboxctl.blueprint.model import Service
from sandboxctl.blueprint.reader import read
from sandboxctl.errors import BlueprintError


@pytest.mark.parametrize("name", catalogue.names())
def test_every_ready_made_service_is_a_service(name: str) -> None:
    filled = catalogue.filled(name, {})
    made = Service.model_validate({"template": name, **filled.service})
    assert made.template == name
    assert made.healthcheck is not None
    assert catalogue.template(name).about


def test_a_template_is_filled_with_the_values_of_one_service() -> None:
    filled = catalogue.filled("postgres", {"database": "d", "user": "u", "schema": "s.sql"})
    assert filled.stateful
    assert filled.first == "s.sql"
    assert filled.arguments == {"database": "d", "user": "u"}
    assert filled.load is not None
    assert filled.load[-4:] == ("-U", "u", "-d", "d")
    assert catalogue.filled("postgres", {}).first is None


def test_a_template_that_loads_nothing_says_so() -> None:
    filled = catalogue.filled("redis", {})
    assert (filled.stateful, filled.load, filled.first) == (False, None, None)


def test_a_template_that_is_not_there() -> None:
    with pytest.raises(BlueprintError, match="`postgrs` is not a ready-made service; did you mean"):
        catalogue.template("postgrs")
    with pytest.raises(BlueprintError, match="`x/y` is not a ready-made service; there are"):
        catalogue.template("x/y")


@pytest.mark.parametrize("data", [b"", b"about: &a x", b"about: x\nservice: [\n"])
def test_a_service_yaml_that_cannot_be_read_is_our_mistake(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"service\.yaml"):
        catalogue.parsed(data)


OPTIONS = """
about: x
with:
  size: {type: integer, default: 1}
  fast: {type: boolean, default: false}
"""


@pytest.mark.parametrize(
    ("option", "value", "fine"),
    [
        ("integer", 5, True),
        ("integer", True, False),
        ("integer", "5", False),
        ("boolean", True, True),
        ("boolean", 1, False),
        ("boolean", "yes", False),
        ("text", "a-b_c.d/e:f@g+h", True),
        ("text", "a b", False),
        ("text", "$(id)", False),
        ("text", "", False),
        ("file", "a b.sql", True),
        ("file", None, False),
    ],
)
def test_each_type_of_value(option: str, value: Any, fine: bool) -> None:
    spec = catalogue.Option.model_validate({"type": option})
    assert (catalogue.wrong(spec, value) == "") is fine


def test_a_service_yaml_may_have_values_of_each_type() -> None:
    found = catalogue.parsed(OPTIONS.encode())
    assert {name: option.type for name, option in found.with_.items()} == {
        "size": "integer",
        "fast": "boolean",
    }


def test_a_template_that_names_what_it_does_not_have_is_our_mistake() -> None:
    found = catalogue.parsed(b'{about: x, with: {a: {type: text}}, service: {user: "{{ b }}"}}')
    with pytest.raises(ValueError, match="`b` is not known here"):
        catalogue.fill(found, {})


def test_a_tree_grows_from_values_and_back() -> None:
    content = {"a": [1, {"b": None}], "c": ("x",)}
    grown = tree.grown(content, 7)
    assert tree.plain(grown) == {"a": [1, {"b": None}], "c": ["x"]}
    assert tree.located(tree.grown_mapping(content, 7), ("a", 1, "b")) == (7, ("a", 1, "b"))
    assert read(b"a: 1").root is not None
