"""The blueprint while it is being made, and what all parts of the conversion know."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from sandboxctl.blueprint.problem import Key
from sandboxctl.compose import raw
from sandboxctl.compose.credentials import Credential, Credentials
from sandboxctl.compose.interpolation import STAND_IN, Variables
from sandboxctl.compose.merging import pairs
from sandboxctl.compose.names import Hosts
from sandboxctl.compose.nearby import Nearby
from sandboxctl.compose.raw import Raw
from sandboxctl.compose.report import Decision, Report, Verdict

_QUESTION: Verdict = "to be answered"


@dataclass
class Draft:
    """``document`` may have stand-ins in its texts until it is written; ``comments`` stand above
    the key that they are of; ``copies`` are path in the new folder → what is copied there, a path
    or a text; ``ignored`` are files beside the Compose file that are not copied."""

    nearby: Nearby
    variables: Variables
    credentials: Credentials
    names: dict[str, str]
    hosts: Hosts
    tops: dict[str, dict[str, Raw]]
    report: Report = field(default_factory=Report)
    document: dict[str, object] = field(default_factory=dict)
    comments: dict[Key, list[str]] = field(default_factory=dict)
    copies: dict[str, Path | str] = field(default_factory=dict)
    lines: dict[tuple[str, str], int] = field(default_factory=dict)
    ignored: set[str] = field(default_factory=set)
    secrets: dict[str, Credential] = field(default_factory=dict)

    def settled(self, text: Raw) -> str:
        """``text`` with what is known put in for stand-ins, and nothing for the rest: for what
        cannot be a template, as it decides how things are made."""
        return STAND_IN.sub(
            lambda found: self.variables.variable(found[1]).value or "", raw.text(text)
        )

    def unknown(self, text: Raw) -> list[str]:
        """Names of the variables in ``text`` that nothing gives a value."""
        found = [self.variables.variable(number) for number in STAND_IN.findall(raw.text(text))]
        return list(dict.fromkeys(item.name for item in found if item.value is None))

    def shown(self, value: Raw) -> str:
        """``value`` on one short line for the list, with no secret in it."""
        hidden = self.credentials.hidden(raw.shown(value, 400))
        return raw.shown(STAND_IN.sub(lambda found: self._named(found[1]), hidden))

    def _named(self, number: str) -> str:
        name = self.variables.variable(number).name
        return "…" if " " in name else f"${{{name}}}"


@dataclass
class Part:
    """One service on its way: what Compose says of it, and its part of the blueprint.

    ``written`` is ``given`` before its variables were settled; ``flaw`` says why the den does not
    take its ``dockerfile``.
    """

    draft: Draft
    old: str
    name: str
    given: dict[str, Raw]
    nearby: Nearby
    made: dict[str, object] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)
    left: set[str] = field(default_factory=set)
    image_variables: dict[str, str] = field(default_factory=dict)
    written: dict[str, Raw] = field(default_factory=dict)
    dockerfile: str = ""
    flaw: str = ""
    _words: dict[str, list[str]] = field(default_factory=dict)

    @property
    def place(self) -> str:
        """The folder of its code in the new folder; `files` is the one of all others."""
        return f"{self.name}-code" if self.name == "files" else self.name

    def words(self, key: str) -> list[str]:
        """`command` or `entrypoint` as a list."""
        from sandboxctl.compose.services import words

        if key not in self._words:
            self._words[key] = words(self, key)
        return self._words[key]

    def withdraw(self) -> None:
        """The whole service is left out, and with it what it asks for and has to be asked."""
        draft = self.draft
        kept = [
            d for d in draft.report.decisions if d.service != self.old or d.verdict != _QUESTION
        ]
        draft.report.decisions[:] = kept
        asked = draft.document.get("exceptions")
        if isinstance(asked, list):
            asked[:] = [item for item in asked if item["service"] != self.name]
        draft.credentials.forget(self.name)

    def leave(self, *keys: str) -> None:
        """These keys mean nothing for what the service has become."""
        self.left |= set(keys)
        for key in keys:
            if self.given.get(key) not in (None, [], {}):
                why = "the template brings its own; there is nothing to do"
                found = self.given[key]
                names = list(pairs(found) or {}) if key == "environment" else found
                instead = f"template: {self.made['template']}"
                self.decide("replaced", key, why, instead=instead, found=names)
        self.made.pop("environment", None)
        self.draft.credentials.forget(self.name)

    def decide(
        self, verdict: Verdict, key: str, why: str, *, instead: str = "", found: Raw = None
    ) -> None:
        """Write down what became of ``key``."""
        shown = self.draft.shown(self.given.get(key) if found is None else found)
        line = self.draft.lines.get((self.old, key.partition(".")[0]))
        at: Key = ("services", self.name)
        decision = Decision(verdict, self.old, key, shown, instead, why, line, at)
        self.draft.report.decisions.append(decision)

    def ask(self, key: str, at: Key, why: str, *, found: Raw = None) -> None:
        """Write down what has to be answered, here and above ``at`` in the blueprint."""
        below: Key = ("services", self.name, *at)
        shown = self.draft.shown(self.given.get(key) if found is None else found)
        line = self.draft.lines.get((self.old, key))
        self.draft.report.decisions.append(
            Decision(_QUESTION, self.old, key, shown, "", why, line, below)
        )
        place = below if at and str(at[0]) in self.made else ("services", self.name)
        self.remark(f"to be answered: {why}", place[2:])

    def remark(self, text: str, at: Key = ()) -> None:
        """A comment in the blueprint."""
        known = self.draft.comments.setdefault(("services", self.name, *at), [])
        if text not in known:
            known.append(text)
