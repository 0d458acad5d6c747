"""Bytes → tree: what YAML may not do here, and that no file can hold us up."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from sandboxctl.blueprint import syntax, tree
from sandboxctl.blueprint.reader import Document, read
from sandboxctl.blueprint.syntax import LARGEST

LOADERS = [yaml.SafeLoader, syntax.LOADER]


def said(data: bytes, loader: Any = syntax.LOADER) -> list[str]:
    return [problem.shown("f") for problem in read(data, loader).problems]


def value(text: str) -> object:
    root = read(f"a: {text}\n".encode()).root
    assert root is not None
    return tree.plain(root)["a"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("22:22", "22:22"),
        ("no", "no"),
        ("on", "on"),
        ("2026-01-01", "2026-01-01"),
        ("1_000", "1_000"),
        ("0o17", 15),
        ("0x1F", 31),
        ("-7", -7),
        ("1.5", 1.5),
        ("1e3", 1000.0),
        (".5", 0.5),
        ("True", True),
        ("false", False),
        ("~", None),
        ("", None),
        ("null", None),
        ('"5"', "5"),
        ("'~'", "~"),
        ("0b11", "0b11"),
        (str(2**63 - 1), 2**63 - 1),
    ],
)
def test_a_scalar_means_what_yaml_1_2_says(text: str, expected: object) -> None:
    found = value(text)
    assert found == expected
    assert type(found) is type(expected)


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"", "f:1: is empty; start from a copy of an example"),
        (b"# only a comment\n", "f:1: is empty; start from a copy of an example"),
        (b"---\n...\n", "f:1: is empty; start from a copy of an example"),
        (b"- a\n", "f:1: should be a mapping: lines such as `name: my-service`"),
        (b"\n\ntext\n", "f:3: should be a mapping: lines such as `name: my-service`"),
        (b"a: 1\n---\nb: 1\n", "f:2: a second document; a blueprint is one document, so take out"),
        (b"a: \xff\n", "f:1: is not UTF-8; save it as UTF-8"),
        (b"a: 1\nb: \xc3\x28\n", "f:2: is not UTF-8; save it as UTF-8"),
        ("a: 1".encode("utf-16"), "f:1: is UTF-16; save it as UTF-8"),
        (b"\xef\xbb\xbfa: 1\n", "f:1: begins with a byte order mark"),
        (b"a: 1\nb: \x00\n", "f:2: has the invisible character U+0000; take it out"),
        ("a: 1\n# \u202e\n".encode(), "f:2: has the invisible character U+202E; take it out"),
        (b'a: "\\e[31m"\n', "f:1: a: has the invisible character U+001B; take it out"),
        (b'"\\u200b": 1\n', "f:1: ?: has the invisible character U+200B; take it out"),
        (b"a: 1\nb: 2\na: 3\n", "f:3: a: stands here twice; only one of them can be meant"),
        (b'a:\n  1: x\n  "1": y\n', "f:3: a.1: stands here twice; only one of them can be meant"),
        (b"1: x\n1.0: y\n", "f:2: 1.0: stands here twice; only one of them can be meant"),
        (b"a: &x 1\n", "f:1: a: anchors and aliases are not read"),
        (b"a: &x 1\nb: *x\n", "f:2: b: anchors and aliases are not read"),
        (b"a:\n  <<: {b: 1}\n", "f:2: a.<<: merge keys are not read; a service takes over another"),
        (b"a: !!python/object:os.system x\n", "f:1: a: tags such as `!!str` are not read"),
        (b"a: !!map {}\n", "f:1: a: tags such as `!!str` are not read"),
        (b"a: .inf\n", "f:1: a: .inf is not a number to work with; give a finite one"),
        (b"a: .NaN\n", "f:1: a: .NaN is not a number to work with; give a finite one"),
        (b"a: 1e999\n", "f:1: a: is too large a number; if it is text, put it in quotes"),
        (b"a: 9223372036854775808\n", "f:1: a: is too large a number; if it is text, put it in"),
        (b"a: " + b"9" * 5000, "f:1: a: is too large a number; if it is text, put it in quotes"),
        (b"rows: {{ homes }}\n", 'f:1: rows: a mapping as a key; if it is a template, put it in'),
        (b"? [a, b]\n: 1\n", "f:1: a mapping as a key"),
        (b"a: " + b"[" * 30, "f:1: a.0.0: is nested more than 24 levels deep"),
        (b"a: [" + b"1," * 21_000, "f:1: has more than 20,000 values; that is not a blueprint"),
        (b"x" * (LARGEST + 1), "f: is larger than "),
        (b'"a\\tb": 1\n', "f:1: a\tb: has a line break or a tab in its name"),
        (b"? " + b"a" * 1_001 + b"\n: 1\n", "f:1: a key of more than 1,000 characters"),
        ("sеrvices: 1\n".encode(), "f:1: sеrvices: `sеrvices` has letters of two alphabets, or"),
        ("ｎａｍｅ: 1\n".encode(), "f:1: ｎａｍｅ: `ｎａｍｅ` has letters of two"),
        (b"a: [" + b"&x 1, " * 300 + b"]", "f:1: has more than 200 of these; the rest was not"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("loader", LOADERS, ids=["python", "libyaml"])
def test_what_is_not_taken_is_said_with_its_line(data: bytes, problem: str, loader: Any) -> None:
    assert any(line.startswith(problem) for line in said(data, loader)), said(data, loader)


@pytest.mark.parametrize("loader", LOADERS, ids=["python", "libyaml"])
@pytest.mark.parametrize("text", [r'a: "\ud800"', r'a: "\UFFFFFFFF"', "a: '\x07'"])
def test_half_a_character_is_not_taken(text: str, loader: Any) -> None:
    (line,) = said(text.encode(), loader)
    assert line.startswith("f:1: ")


@pytest.mark.parametrize(
    "text", ["ελληνικά", "русский", "Größe", "日本", "naïve café", "10 µg", "№ 5"]
)
def test_a_key_may_be_in_any_language(text: str) -> None:
    assert read(f"{text}: 1\n".encode()).problems == ()


def test_without_libyaml_a_file_is_smaller() -> None:
    data = b"#" * 64 * 1024
    assert said(data + b"\na: 1\n", yaml.SafeLoader)[0].startswith("f: is larger than 64 KiB")
    assert said(data[:-6] + b"\na: 1\n", yaml.SafeLoader) == []
    assert said(data + b"\na: 1\n", yaml.CSafeLoader) == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a:\n\tb: 1\n", "f:2: cannot be read: a tab; YAML is indented with spaces"),
        ("a: @x\n", "f:1: cannot be read: text cannot begin with `@`; put it in quotes"),
        ("a: b: c\n", "f:1: cannot be read: a second `:`; put the text in quotes, or mend"),
        ("a: 1\nb\nc: 1\n", "f:3: cannot be read: a key without a `:` after it"),
        ("a: - b\n", "f:1: cannot be read: a `-` or `?` that cannot stand here"),
        ("a:\n  - b\n  c: 1\n", "f:3: cannot be read: indentation that does not fit the lines"),
        ("a: [1, 2\nb: 3\n", "f:2: cannot be read: a `[` that is not closed, or a comma"),
        ("a: {b: 1\nc: [\n", "f:2: cannot be read: a `{` that is not closed, or a comma"),
        ('a: "b\n', "f:2: cannot be read: a quote that is not closed"),
        ('a: "b\n---\n', "f:2: cannot be read: a quote that is not closed"),
        ('a: "\\q"\n', "f:1: cannot be read: a `\\` in double quotes that means nothing"),
        ("a: [,]\n", "f:1: cannot be read: a value is missing, or a comma is too many"),
        ("a: *\n", "f:1: cannot be read: text cannot begin with `*` or `&`; put it in quotes"),
        ("a: |x\n  b\n", "f:1: cannot be read: a `|` or `>` with something behind it"),
        ("%YAML 9.9\n---\na: 1\n", "f:1: cannot be read: a YAML directive or tag; take it out"),
        ("[a]: 1\n b\n", "f:1: a mapping as a key"),
        ("{}\nb\n", "f:2: cannot be read: something that does not belong to the mapping above"),
    ],
)
@pytest.mark.parametrize("loader", LOADERS, ids=["python", "libyaml"])
def test_broken_yaml_is_explained_by_its_usual_cause(text: str, words: str, loader: Any) -> None:
    (line,) = said(text.encode(), loader)
    assert line.startswith(words)


def test_all_that_is_wrong_is_said_at_once_and_the_rest_is_read() -> None:
    document = read(b"a: &x 1\nb: *x\nc: 2\nc: 3\nd: !t [4]\n")
    assert isinstance(document, Document)
    assert len(document.problems) == 4
    assert document.root is not None
    assert tree.plain(document.root) == {"a": 1, "b": None, "c": 2, "d": [4]}


def test_windows_line_ends_and_folded_text_are_fine() -> None:
    root = read(b"a: >\r\n  one\r\n  two\r\nb: 1\r\n").root
    assert root is not None
    assert tree.plain(root) == {"a": "one two\n", "b": 1}


def test_a_problem_finds_its_line_through_unions_and_renamed_parts() -> None:
    root = read(b"a:\n  b:\n    - x: 1\n    - y: 2\n  1: z\n").root
    assert root is not None
    assert tree.located(root, ("a", "b", 1, "y")) == (4, ("a", "b", 1, "y"))
    assert tree.located(root, ("a", "b", "some-kind", 0, "x")) == (3, ("a", "b", 0, "x"))
    assert tree.located(root, ("a", "1")) == (5, ("a", "1"))
    assert tree.located(root, ("a", 1)) == (5, ("a", 1))
    assert tree.located(root, ("a", "b", 9)) == (2, ("a", "b"))
    assert tree.located(root, ("a", "c"), missing=True) == (1, ("a", "c"))


def test_a_key_that_is_not_text_is_found_by_its_text() -> None:
    root = read(b"a:\n  1.5: x\n  true: y\n").root
    assert root is not None
    assert tree.located(root, ("a", "1.5")) == (2, ("a", "1.5"))
    assert tree.located(root, ("a", "True")) == (3, ("a", "True"))
