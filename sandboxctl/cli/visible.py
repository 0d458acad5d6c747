"""Text that others wrote, made safe to show: a blueprint, a log or an engine may say anything,
and a terminal obeys what it is told. (`rich` takes off a few control characters and lets escape
sequences through.) Secrets that this command knows of are masked on the way."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f"  # C0 and C1, but for tab and the end of a line
    # what reorders or hides text: Unicode's general category Cf, and fillers that show as nothing
    "\u00ad\u034f\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u115f\u1160\u17b4\u17b5"
    "\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0"
    "\ufff0-\ufffb\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3"
    "\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
    "\ud800-\udfff]"  # what no terminal can be sent
)


_COLOUR = re.compile("(?:\x1b\\[|\x9b)[0-9;:]*m")
_known: dict[str, list[str]] = {}
_hide: list[Callable[[str], str]] = []


def keep_secret(values: Mapping[str, Iterable[str]]) -> None:
    """From now on this process shows none of these values of secrets, by their names."""
    if not values:
        return
    from sandboxctl.sandbox.masking import Mask

    for name, some in values.items():
        _known.setdefault(name, []).extend(some)
    _hide[:] = [Mask(_known).text]


def masked(text: str) -> str:
    """``text`` without the secrets that this process knows of."""
    return _hide[0](text) if _hide else text


def visible(text: str) -> str:
    """``text`` with every character that a terminal would act on or hide written as an escape."""
    return _UNSEEN.sub(lambda found: found[0].encode("unicode_escape").decode(), masked(text))


def line(text: str) -> str:
    """The same as one line: for a cell of a table, or a value after ``key:``."""
    return visible(" ".join(text.split("\n"))).replace("\t", " ")


def uncoloured(text: str) -> str:
    """The same for a line of a log: what only chose a colour is left out, the rest is shown."""
    return line(_COLOUR.sub("", text.rstrip("\r\n")))


def as_json(
    value: object, *, indent: int | None = None, default: Callable[[Any], Any] = str
) -> str:
    """A value as JSON in ASCII: whatever stands in it, nothing of it acts on a terminal."""
    text = json.dumps(_hidden(value), indent=indent, default=default)
    return text.replace("\x7f", "\\u007f")


def _hidden(value: object) -> object:
    match value:
        case _ if not _hide:
            return value
        case str():
            return masked(value)
        case Mapping():
            return {key: _hidden(inner) for key, inner in value.items()}
        case Sequence():
            return [_hidden(inner) for inner in value]
        case _:
            return value
