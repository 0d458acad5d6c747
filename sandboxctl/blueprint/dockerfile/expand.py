"""Words of a Dockerfile: quotes taken off, variables put in.

Source  https://docs.docker.com/reference/dockerfile/#environment-replacement
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import groupby

from sandboxctl.blueprint.dockerfile.model import Text, Variable

_VARIABLE = re.compile(r"\$(?:([A-Za-z_][A-Za-z0-9_]{0,127})|\{([A-Za-z_][A-Za-z0-9_]{0,127})\})")
LONGEST = 8_192
"""Characters that a value may come to."""
_KEPT = '"\\$'
"""What a backslash takes the meaning from inside double quotes; before others it stays."""


def expanded(word: str, known: Mapping[str, Text]) -> Text:
    """A word's text; a variable that is not ``known`` is one of the image it starts from.

    Raises ValueError for a quote that is not closed, and for forms such as ``${X:-y}``.
    """
    return joined(_parts(word, known))


def literal(word: str, known: Mapping[str, Text]) -> str:
    """A word whose text is known here. Raises ValueError where it is not."""
    text = expanded(word, known)
    unknown = next((part.name for part in text if isinstance(part, Variable)), None)
    if unknown:
        raise ValueError(f"${unknown} is not set by an ENV above it")
    return "".join(part for part in text if isinstance(part, str))


def joined(parts: Iterator[str | Variable]) -> Text:
    """The same text with neighbouring literals as one, and none that is empty.

    Raises ValueError for more than LONGEST characters: values that are made of values double with
    every line.
    """
    kept, size = list[str | Variable](), 0
    for part in parts:
        kept.append(part)
        size += len(part) if isinstance(part, str) else len(part.name)
        if size > LONGEST:
            raise ValueError(f"comes to more than {LONGEST:,} characters")
    found: list[str | Variable] = []
    for is_text, run in groupby(kept, lambda part: isinstance(part, str)):
        some = list(run)
        found += ["".join(map(str, some))] if is_text else some
    return tuple(part for part in found if part != "")


def _parts(word: str, known: Mapping[str, Text]) -> Iterator[str | Variable]:
    position, quote = 0, ""
    while position < len(word):
        here, after = word[position], word[position + 1 : position + 2]
        width = 1
        if here == "\\" and quote != "'" and after and (not quote or after in _KEPT):
            yield after
            width = 2
        elif here in "\"'" and quote in ("", here):
            quote = "" if quote else here
        elif here == "$" and quote != "'":
            found = _VARIABLE.match(word, position)
            if not found:
                raise ValueError("has a `$` that is not a plain variable; write \\$ for the sign")
            name = found[1] or found[2]
            yield from known.get(name, (Variable(name),))
            width = len(found[0])
        else:
            yield here
        position += width
    if quote:
        raise ValueError("has a quote that is not closed")


def split(value: str) -> list[str]:
    """Words as an engine splits them, quotes left on."""
    from dockerfile_parse.util import WordSplitter

    return list(WordSplitter(value).split(dequote=False))
