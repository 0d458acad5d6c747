"""What PyYAML says about broken YAML, in words that name the usual cause."""

from __future__ import annotations

import re

_WORDS = (
    (r"found character '\\t'", "a tab; YAML is indented with spaces"),
    (r"found character '(.)'", r"text cannot begin with `\1`; put it in quotes"),
    (
        r"mapping values are not allowed",
        "a second `:`; put the text in quotes, or mend the indentation",
    ),
    (r"could not find expected ':'", "a key without a `:` after it"),
    (r"expected <block end>", "indentation that does not fit the lines above"),
    (r"expected ',' or '\]'", "a `[` that is not closed, or a comma is missing"),
    (r"expected ',' or '\}'", "a `{` that is not closed, or a comma is missing"),
    (r"found unexpected end of stream", "a quote that is not closed"),
    (r"found unexpected document separator", "a quote that is not closed"),
    (r"escape", "a `\\` in double quotes that means nothing; use single quotes, or `\\\\`"),
    (r"expected the node content", "a value is missing, or a comma is too many"),
    (r"(sequence entries|mapping keys) are not allowed", "a `-` or `?` that cannot stand here"),
    (
        r"expected alphabetic or numeric character",
        "text cannot begin with `*` or `&`; put it in quotes",
    ),
    (r"expected '<document start>'", "something that does not belong to the mapping above"),
    (
        r"block scalar|indentation",
        "a `|` or `>` with something behind it; begin the text on the next line",
    ),
    (r"directive|version|tag|URI", "a YAML directive or tag; take it out"),
)


def explained(error: Exception) -> tuple[int, str]:
    """Line, counted from 1, and reason."""
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    said = " ".join(str(getattr(error, part, None) or "") for part in ("problem", "context"))
    for pattern, words in _WORDS:
        if found := re.search(pattern, said):
            return (mark.line + 1 if mark else 1), f"cannot be read: {found.expand(words)}"
    return (mark.line + 1 if mark else 1), "cannot be read as YAML"
