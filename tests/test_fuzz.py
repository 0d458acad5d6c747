"""Seconds of what `make fuzz` does for minutes: near-YAML, near-blueprints, near-templates."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.fuzz import targets

YAML = st.lists(
    st.sampled_from(
        ["a", "b: ", "- ", "? ", ": ", "[", "]", "{", "}", ", ", "\n", "\n  ", "\n    ", "'", '"',
         "|\n", ">-\n", "# x\n", "&a ", "*a", "!t ", "---\n", "...\n", "%YAML 1.1\n", "\t", "\\n",
         "1", "0x1", ".inf", "~", "é", "\r\n", "<<: ", "@", "`", "x y"]
    ),
    max_size=30,
).map("".join)  # fmt: skip

KEYS = st.sampled_from(
    ["blueprint", "name", "opens", "services", "web", "image", "source", "runtime", "template",
     "expose", "environment", "extends", "files", "data", "tables", "rows", "columns", "kind",
     "parameters", "secrets", "exceptions", "default", "type", "with", "use", "depends_on", "x"]
)  # fmt: skip
VALUES = st.one_of(
    st.sampled_from(["1", "web", "nginx:1", "python", "postgres", "[80]", "./web", "../..", "8h",
                     "sequence", "integer", "{}", "[]", "''", "~", "root", "1e9", "-1"]),
    st.text(st.characters(codec="utf-8"), max_size=6).map(repr),
)  # fmt: skip
BLUEPRINT = st.lists(
    st.tuples(st.integers(0, 4), KEYS, VALUES | st.just("")), min_size=1, max_size=20
).map(lambda lines: "".join(f"{'  ' * depth}{key}: {value}\n" for depth, key, value in lines))

TEMPLATE = st.lists(
    st.sampled_from(
        ["homes", "town", "den", ".domain", "sandbox.url", "+", "*", "**", "//", "~", "(", ")",
         "[", "]", "|upper", "|default(1)", "|attr('x')", "if", "else", "1", "'a'", "9e99", "not",
         "in", ",", "{", "}}", "{{", "%", "__class__", ".x", "is", "defined", ":", "\\", '"', "-"]
    )
    | st.text(max_size=3),
    max_size=14,
).map(" ".join)  # fmt: skip


@pytest.mark.slow
@settings(max_examples=150, deadline=None)
@given(text=YAML | BLUEPRINT | st.text(max_size=40))
@example("a: ! 'x'\n")
def test_any_text_is_a_blueprint_or_a_refusal(text: str) -> None:
    targets.loads(text.encode("utf-8", errors="surrogatepass"))


@settings(max_examples=200, deadline=None)
@given(data=st.binary(max_size=64))
def test_any_bytes_are_a_blueprint_or_a_refusal(data: bytes) -> None:
    targets.loads(data)


@settings(max_examples=200, deadline=None)
@given(text=TEMPLATE)
def test_any_template_is_worked_out_or_refused(text: str) -> None:
    targets.renders(text.encode("utf-8", errors="replace"))


@settings(max_examples=500, deadline=None)
@given(text=YAML | BLUEPRINT)
def test_both_parsers_see_the_same(text: str) -> None:
    targets.agree(text.encode("utf-8", errors="surrogatepass"))
