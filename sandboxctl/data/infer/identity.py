"""Whether a column holds identifiers, or names of persons."""

from __future__ import annotations

import re
from collections.abc import Iterable

import pyarrow as pa

from sandboxctl.data.identifiers import IDENTIFIERS
from sandboxctl.data.identifiers.texts import matches
from sandboxctl.data.people.names import FORENAMES, SURNAMES
from sandboxctl.data.scan import finds, kinds

MOST = 0.5
ENOUGH = 3
"""Fewer values than this say nothing; then the column's name does."""

_NOT_ONE = re.compile(r"_(date|at|on|time|type|status|count|name|year|class|make|model|colour)$")
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_GAPS = re.compile(r"[\s.,]+")
_NO_WORDS = (
    "a an and any at awaiting be by for from in is new no not of off on or other out pending per "
    "the to under until up with without"
)
_NO_NAMES = frozenset(_NO_WORDS.split())
_FIRST = frozenset(name.lower() for name in FORENAMES if name)
_LAST = frozenset(name.lower() for name in SURNAMES)


def identifier(name: str, sample: pa.Array) -> str | None:
    """The kind of column for what some values of it are."""
    values = kinds.plain(sample)
    hints = kinds.hinted(name)
    if len(values) < ENOUGH:
        return by_name(name)
    for kind in sorted(kinds.candidates(values, hints), key=lambda kind: kind not in hints):
        one = kinds.KINDS[kind]
        canonical = one.normal(values)
        fits = matches(canonical, one.form) if kind in hints else one.valid_all(canonical)
        if max(fits.mean(), one.contains_all(canonical).mean()) > MOST:
            return _phone(canonical) if kind == "phone" else kind
    return None


def by_name(name: str) -> str | None:
    """The same for a column of which nothing but its name is known."""
    hints = kinds.hinted(name)
    if not hints or _NOT_ONE.search(name.lower()):
        return None
    found = min(hints, key=list(IDENTIFIERS).index)
    said = name.lower()
    if found == "phone" and ("mobile" in said or "cell" in said):
        return "mobile"
    return "landline" if found == "phone" and "landline" in said else found


def _phone(canonical: pa.Array) -> str:
    mobile = float(matches(canonical, "07.*").mean())
    return "mobile" if mobile > 0.95 else "landline" if mobile < 0.05 else "phone"


def are_names(values: Iterable[str]) -> bool:
    """Whether most of them are names of persons, or look like it."""
    texts = [value for value in values if _WORD.search(value)]
    found = sum(is_name(text) or text.lower() in _FIRST | _LAST for text in texts)
    return 2 * found > len(texts)


def is_name(text: str) -> bool:
    """Two to four words in capitals as names have them, none of which names ever are."""
    words = _WORD.findall(text)
    if not 2 <= len(words) <= 4 or not all(word[0].isupper() for word in words):
        return is_person([word.lower() for word in words])
    return "".join(words) == _GAPS.sub("", text) and not _NO_NAMES & {w.lower() for w in words}


def names_somebody(text: str) -> bool:
    """Whether a text may be a person's name: one of its words is known to be one."""
    known = _FIRST | _LAST
    return is_name(text) and any(word.lower() in known for word in _WORD.findall(text))


def is_person(words: list[str]) -> bool:
    """Forename and surname, in either order."""
    if not 2 <= len(words) <= 5:
        return False
    ends = words[0], words[-1]
    return (ends[0] in _FIRST and ends[1] in _LAST) or (ends[1] in _FIRST and ends[0] in _LAST)


def are_told(values: list[str]) -> bool:
    """Whether none of them is an identifier, or looks like one."""
    if any(map(names_somebody, values)) or finds.in_texts(values):
        return False
    return identifier("", pa.array(values, pa.string())) is None
