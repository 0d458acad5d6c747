"""PyYAML's events, and what it says about broken YAML in words that name the usual cause.

Events only: libyaml, which makes them forty times as fast as PyYAML's own Python, recurses where
it composes nodes, and crashes there on deep nesting; its events never do.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import yaml

LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""libyaml's, or PyYAML's own where it was built without."""

LARGEST = 512 * 1024
"""Bytes of a file: forty times the largest that we ship. Of a whole megabyte of commands in
quotes, splitting them into words alone would take half a second."""

LARGEST_WITHOUT_LIBYAML = 64 * 1024
"""Five times the largest blueprint that we ship. PyYAML's own Python takes about 2 s for 1 MB."""

_NO_TOKEN = "character that cannot start any token"
_WORDS = (
    (r"found character '\\t'|a tab character", "a tab; YAML is indented with spaces"),
    (r"found character '(.)'", r"text cannot begin with `\1`; put it in quotes"),
    (
        r"mapping values are not allowed",
        "a second `:`; put the text in quotes, or mend the indentation",
    ),
    (r"could not find expected ':'", "a key without a `:` after it"),
    (r"expected (<block end>|'-' indicator|key)", "indentation that does not fit the lines above"),
    (r"expected ',' or '\]'", "a `[` that is not closed, or a comma is missing"),
    (r"expected ',' or '\}'", "a `{` that is not closed, or a comma is missing"),
    (r"found unexpected end of stream", "a quote that is not closed"),
    (r"found unexpected document (separator|indicator)", "a quote that is not closed"),
    (
        r"unknown escape|hexdecimal",
        "a `\\` in double quotes that means nothing; use single quotes, or `\\\\`",
    ),
    (r"invalid Unicode character", "an escape that stands for no character"),
    (r"expected (the )?node content", "a value is missing, or a comma is too many"),
    (r"(sequence entries|mapping keys) are not allowed", "a `-` or `?` that cannot stand here"),
    (
        r"expected alphabetic or numeric character",
        "text cannot begin with `*` or `&`; put it in quotes",
    ),
    (r"expected '?<document start>", "something that does not belong to the mapping above"),
    (
        r"block scalar|indentation",
        "a `|` or `>` with something behind it; begin the text on the next line",
    ),
    (r"directive|version|incompatible|tag|URI", "a YAML directive or tag; take it out"),
)


def events(text: str, loader: Any = LOADER) -> Iterator[yaml.Event]:
    """One after the other, as far as they are asked for; ValueError with line and reason."""
    try:
        yield from yaml.parse(text, Loader=loader)
    except (yaml.YAMLError, ValueError, OverflowError) as error:
        raise ValueError(*_explained(error, text)) from None


def largest(loader: Any) -> int:
    """Bytes of a file that are read within half a second."""
    return LARGEST_WITHOUT_LIBYAML if loader is yaml.SafeLoader else LARGEST


def _explained(error: Exception, text: str) -> tuple[int, str]:
    """Line, counted from 1, and reason."""
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    said = " ".join(str(getattr(error, part, None) or "") for part in ("problem", "context"))
    if mark and said.startswith(f"found {_NO_TOKEN}"):  # libyaml does not say which
        said = f"found character {text[mark.index : mark.index + 1]!r}"
    for pattern, words in _WORDS:
        if found := re.search(pattern, said):
            return (mark.line + 1 if mark else 1), f"cannot be read: {found.expand(words)}"
    return (mark.line + 1 if mark else 1), "cannot be read as YAML"
