"""Which texts look like categories: a few short words, and no reference, name or address."""

from __future__ import annotations

import re

import pyarrow as pa
import pyarrow.compute as pc

from sandboxctl.data.identifiers.texts import matches

LONGEST = 30
"""Characters of a value that may be one of a choice."""

MOST_WORDS = 3
MOST_NUMBER = 99
MOST_ADDRESSES = 0.5

_TELLING = re.compile(r"[,;@]|\{\{|\{%|\$\{|://|\w[.]\w")
_RUNS = re.compile(r"[^\W_]+")
_GRADED = re.compile(
    r"(?i)[0-9]{1,2}\+?"
    r"|(band|class|grade|group|key stage|level|phase|priority|schedule|stage|step|tier|type|year"
    r"|zone) [0-9]"
)
"""The only ways to write digits in a category."""

_ADDRESSED = re.compile(r"(?i)(mr|mrs|ms|miss|mx|dr|prof|sir|rev)\b\.?\s*\w")
_STREETS = (
    "road|rd|street|st|lane|ln|avenue|ave|close|drive|way|court|crescent|terrace|grove|gardens"
    "|place|square|hill|row|mews|walk|rise|parade|green|view"
)
_STREET = re.compile(rf"(?i)\w+ ({_STREETS})")
ADDRESS = (
    r"((flat|apartment|unit|room) [0-9]+[a-z]?,? *)?[0-9]+[a-z]?,? +[a-z' .-]*"
    rf"[a-z]+ ({_STREETS})\.?(,.*| +[^0-9]*)?"
)
"""A number and a street, in small letters, and whatever else after a comma."""


def is_category(text: str) -> bool:
    """Whether a text that ten rows share may stand in a blueprint."""
    if not 0 < len(text) <= LONGEST or not text.isprintable() or _TELLING.search(text):
        return False
    if len(_RUNS.findall(text)) > MOST_WORDS:
        return False
    if any(sign.isnumeric() for sign in text):
        return bool(_GRADED.fullmatch(text))
    return not _ADDRESSED.match(text) and not _STREET.fullmatch(text)


def is_small(text: str) -> bool:
    """The same for a whole number."""
    return abs(int(text)) <= MOST_NUMBER


def are_addresses(values: pa.Array) -> bool:
    """Whether most of some texts are a number and a street."""
    found = matches(pc.utf8_lower(values), ADDRESS)
    return len(found) > 0 and float(found.mean()) > MOST_ADDRESSES
