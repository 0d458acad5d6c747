"""Text that others wrote, made safe for a terminal: a blueprint, a log or an engine may say
anything, and a terminal obeys what it is told. (`rich` takes off a few control characters and
lets escape sequences through.)"""

from __future__ import annotations

import re

_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f"  # C0 and C1, but for tab and the end of a line
    "\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff"  # what reorders or hides text
    "\ud800-\udfff]"  # what no terminal can be sent
)


_COLOUR = re.compile("(?:\x1b\\[|\x9b)[0-9;:]*m")


def visible(text: str) -> str:
    """``text`` with every character that a terminal would act on or hide written as an escape."""
    return _UNSEEN.sub(lambda found: found[0].encode("unicode_escape").decode(), text)


def line(text: str) -> str:
    """The same as one line: for a cell of a table, or a value after ``key:``."""
    return visible(" ".join(text.split("\n"))).replace("\t", " ")


def uncoloured(text: str) -> str:
    """The same for a line of a log: what only chose a colour is left out, the rest is shown."""
    return line(_COLOUR.sub("", text.rstrip("\r\n")))
