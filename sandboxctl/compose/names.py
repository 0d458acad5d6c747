"""Names of Compose services → names that a blueprint takes, the same wherever they stand."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from sandboxctl.blueprint.patterns import NAME

LONGEST = 30
_HOST, _MOST = 253, 500
"""Characters of a host's name, and how many names are looked for."""
_RESERVED = frozenset(["localhost", "gateway"])
_HOST_VARIABLE = re.compile(
    r"HOST|SERVER|URL|URI|ADDR|ENDPOINT|DSN|BROKER|UPSTREAM|BACKEND|NODES|PEERS|CLUSTER|TARGET"
    r"|PROXY",
    re.I,
)


def valid(name: str, fallback: str = "service") -> str:
    """``My_App.1`` → ``my-app-1``; a name that has no letter in it is ``fallback``."""
    text = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
    if text and not text[0].isalpha():
        text = f"{fallback}-{text}"
    text = text[:LONGEST].strip("-") or fallback
    return f"{text}-service"[-LONGEST:] if text in _RESERVED else text


def renamed(names: Iterable[str]) -> dict[str, str]:
    """Each name → its own valid one; those that are valid keep theirs."""
    given = list(names)
    done = {name: name for name in given if _fits(name)}
    taken = set(done.values())
    for name in given:
        if name in done:
            continue
        base, number = valid(name), 2
        new = base
        while new in taken:
            end = f"-{number}"
            new, number = f"{base[: LONGEST - len(end)].rstrip('-')}{end}", number + 1
        done[name] = new
        taken.add(new)
    return {name: done[name] for name in given}


def _fits(name: str) -> bool:
    return bool(re.fullmatch(NAME, name)) and len(name) <= LONGEST and name not in _RESERVED


_BEFORE = r"(?<=://)|(?<=@)|(?<=@tcp\()|(?<=-h )|(?<=--host )|(?<=--host=)"


class Hosts:
    """The names that services have for each other, where they are not the blueprint's."""

    def __init__(self, names: Mapping[str, str]) -> None:
        changed = [(old, new) for old, new in names.items() if old != new]
        self._new = dict([pair for pair in changed if 0 < len(pair[0]) <= _HOST][:_MOST])
        known = "|".join(re.escape(old) for old in sorted(self._new, key=len, reverse=True))
        before, after = r"(?<![A-Za-z0-9_.-])", r"(?![A-Za-z0-9_-]|\.[A-Za-z0-9])"
        self._alone = re.compile(rf"{before}({known}){after}") if known else None
        port = rf"{before}(?=(?:{known}):[0-9])"
        self._placed = re.compile(rf"(?:{_BEFORE}|{port})({known}){after}") if known else None

    def in_text(self, text: str) -> str:
        """``text`` with names changed where only a host can stand: `//name`, `@name`, `name:80`."""
        return self._placed.sub(self._changed, text) if self._placed else text

    def in_word(self, text: str) -> str:
        """As `in_text`; a word of a command that is a name and nothing else is one, too."""
        return self._new.get(text) or self.in_text(text)

    def in_variable(self, name: str, text: str) -> str:
        """As `in_text`; the value of a variable that is named for a host may be nothing else."""
        if self._alone and _HOST_VARIABLE.search(name) and re.fullmatch(r"[\w.,: -]+", text):
            return self._alone.sub(self._changed, text)
        return self.in_text(text)

    def _changed(self, found: re.Match[str]) -> str:
        return self._new[found[found.lastindex or 0]]
