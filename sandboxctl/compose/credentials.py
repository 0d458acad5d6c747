"""Secrets of a Compose file: their values stay behind, what was equal stays equal.

Each value is one *credential*. If every service that has it has it whole, in a variable of one
name, it becomes a secret that the den generates. If it has several names, or stands inside an
address, a command or a file, no secret of a blueprint reaches it: then it is a parameter, with a
value made up here that is good for nothing but a closed sandbox.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import pairwise

from sandboxctl.compose import sensitive
from sandboxctl.compose.interpolation import STAND_IN, Variable, Variables

LENGTH = 32
_STRONG = 8


@dataclass
class Credential:
    """``uses`` are (service, variable) of the variables that are it and nothing else."""

    label: str
    value: str
    made_up: str
    uses: set[tuple[str, str]] = field(default_factory=set)
    inside: bool = False
    mark: str = ""

    @property
    def names(self) -> set[str]:
        return {name for _, name in self.uses}

    @property
    def generated(self) -> bool:
        return len(self.names) == 1 and not self.inside


@dataclass
class Credentials:
    """All of one file. ``make`` makes up a value of letters and digits of a given length."""

    variables: Variables
    make: Callable[[int], str]
    all: dict[str, Credential] = field(default_factory=dict)
    public: set[str] = field(default_factory=set)
    """Values that are no secret somewhere: a user may have the name of its database."""
    _stand_ins: dict[int, Credential] = field(default_factory=dict)

    def whole(self, service: str, name: str, text: str) -> str | None:
        """The stand-in for the value of a service's variable; None if it is no secret."""
        alone = STAND_IN.fullmatch(text)
        variable = self.variables.variable(alone[1]) if alone else None
        if variable and (variable.secret or sensitive.is_secret(name, variable.value or "")):
            credential = self._of(variable.value, variable.name)
        elif text and not STAND_IN.search(text) and sensitive.is_secret(name, text):
            credential = self._of(text, name)
        else:
            return None
        credential.uses.add((service, name))
        return self._stand_in(credential)

    def within(self, text: str) -> str:
        """``text`` with every secret in it replaced by a stand-in."""
        done, at = list[str](), 0
        for begin, end in sensitive.inner(text):
            value = text[begin:end]
            if not STAND_IN.search(value) and not value.startswith(("$", "{", "<", "%")):
                found = self._of(value, "password")
                found.inside = True
                done += [text[at:begin], self._stand_in(found)]
                at = end
        text = "".join(done) + text[at:]
        text = STAND_IN.sub(self._inside, text)
        for credential in self._strong():
            if credential.value in text:
                credential.inside = True
                text = text.replace(credential.value, self._stand_in(credential))
        return text

    def words(self, words: list[str]) -> list[str]:
        """A command without secrets: those inside its words, and words after an option for one."""
        done: list[str] = []
        clients = [word for word in words if word.endswith("redis-cli")][:1]
        for before, word in pairwise(["", *words]):
            name, colon, password = word.partition(":")
            if before in ("-u", "--user") and colon and not STAND_IN.search(word):
                credential = self._of(password, "password")
                credential.inside = True
                done.append(f"{name}:{self._stand_in(credential)}")
                continue
            after = sensitive.asks_for_secret(before, clients) and not STAND_IN.search(word)
            if after and not word.startswith(("-", "$", "{", "<")):
                credential = self._of(word, before.lstrip("-") or "password")
                credential.inside = True
                done.append(self._stand_in(credential))
            else:
                done.append(self.within(word))
        return done

    def named(self, label: str, value: str | None) -> Credential:
        """The credential of a Compose secret, which is a file to its services."""
        return self._of(value or None, label)

    def of(self, number: str) -> Credential | None:
        """The credential that a stand-in stands for."""
        return self._stand_ins.get(int(number))

    def stand_in(self, credential: Credential) -> str:
        return self._stand_in(credential)

    def forget(self, service: str) -> None:
        """The variables of ``service`` are left out."""
        for credential in self.all.values():
            credential.uses = {use for use in credential.uses if use[0] != service}

    def hidden(self, text: str) -> str:
        """``text`` for a list that people read: no value of a secret is left in it."""
        done, at = list[str](), 0
        for begin, end in sensitive.inner(text):
            done += [text[at:begin], "…"]
            at = end
        text = "".join(done) + text[at:]
        for credential in self._strong():
            text = text.replace(credential.value, "…")
        return re.sub(
            r"\S{24,}", lambda found: "…" if sensitive.value_is_secret(found[0]) else found[0], text
        )

    def leaked(self, text: str) -> bool:
        """Whether a file to be copied has one of the values in it."""
        return any(credential.value in text for credential in self._strong())

    def _strong(self) -> Iterable[Credential]:
        """Those whose values cannot stand anywhere by chance, the longest first."""
        found = [
            item
            for item in self.all.values()
            if len(item.value) >= _STRONG
            and item.value not in self.public
            and re.search(r"[^a-z_-]", item.value)
        ]
        return sorted(found, key=lambda item: -len(item.value))

    def _inside(self, found: re.Match[str]) -> str:
        variable = self.variables.variable(found[1])
        if int(found[1]) in self._stand_ins:
            self._stand_ins[int(found[1])].inside = True
        elif variable.secret:
            credential = self._of(variable.value, variable.name)
            credential.inside = True
            return self._stand_in(credential)
        return found[0]

    def _of(self, value: str | None, label: str) -> Credential:
        key = f"={value}" if value else f"${label}"
        if key not in self.all:
            self.all[key] = Credential(label, value or "", self.make(LENGTH))
        return self.all[key]

    def _stand_in(self, credential: Credential) -> str:
        if not credential.mark:
            name = f"secret {len(self._stand_ins)}"
            credential.mark = self.variables.stand_in(Variable(name, None))
            self._stand_ins[int(credential.mark[1:-1])] = credential
        return credential.mark
