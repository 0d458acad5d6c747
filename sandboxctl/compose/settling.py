"""Stand-ins → secrets, parameters and templates, once every use of each is known."""

from __future__ import annotations

import re

from sandboxctl.compose.draft import Draft, Part
from sandboxctl.compose.interpolation import STAND_IN
from sandboxctl.compose.report import Decision
from sandboxctl.compose.writing import Template, escaped, texts

_WORDS = frozenset(
    ["den", "sandbox", "true", "false", "none", "if", "else", "elif", "and", "or", "not",
     "in", "is", "for", "loop", "self", "caller", "varargs", "kwargs"]
)  # fmt: skip
"""Names that mean something in a template already."""
_MOST_SECRETS = 50
_LONGEST = 4_000
_TOO_LONG = "is longer than 4,000 characters and has braces or a variable in it; put it into a file"


def settle(draft: Draft, parts: list[Part]) -> None:
    """The document's `parameters` and `secrets`, and every text that names one."""
    settling = _Settling(draft)
    for part in parts:
        settling.secrets_of(part)
        part.made = {key: settling.value(value) for key, value in part.made.items()}
        _leave_too_long(part)
    if settling.parameters:
        draft.document["parameters"] = settling.parameters
    if settling.secrets:
        draft.document["secrets"] = settling.secrets


def _leave_too_long(part: Part) -> None:
    """A text with a template in it has a limit, and so has one with braces that look like one."""
    variables = part.made.get("environment")
    if isinstance(variables, dict):
        for name in [name for name, text in variables.items() if _is_too_long(text)]:
            del variables[name]
            part.decide("left out", "environment", _TOO_LONG, found=name)
    for key in ("command", "entrypoint", "healthcheck", "prepare"):
        if any(map(_is_too_long, texts(part.made.get(key)))):
            del part.made[key]
            if key == "command" and part.made.get("runtime"):
                part.ask(key, (key,), _TOO_LONG, found="…")
            else:
                part.decide("left out", key, _TOO_LONG, found="…")


def _is_too_long(text: object) -> bool:
    written = text if isinstance(text, Template) else escaped(str(text))
    return "{{" in written and len(written) > _LONGEST


class _Settling:
    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        self.parameters: dict[str, object] = {}
        self.secrets: dict[str, object] = {}
        self._named: dict[str, str] = {}

    def secrets_of(self, part: Part) -> None:
        """Variables that are one generated secret and nothing else."""
        variables = part.made.get("environment")
        if not isinstance(variables, dict):
            return
        taken: list[str] = []
        for name, text in list(variables.items()):
            alone = STAND_IN.fullmatch(text)
            credential = self.draft.credentials.of(alone[1]) if alone else None
            if credential and credential.generated and len(taken) < _MOST_SECRETS:
                if name in self.secrets and self._named.get(f"secret {name}") != credential.mark:
                    credential.inside = True
                    continue
                self._named[f"secret {name}"] = credential.mark
                self.secrets[name] = {"generate": 32}
                taken.append(name)
                del variables[name]
        if taken:
            part.made["secrets"] = taken
            why = "a secret is in no file: it is generated for every sandbox, for all its services"
            part.decide("replaced", "environment", why, instead="secrets", found=", ".join(taken))

    def value(self, value: object) -> object:
        match value:
            case str():
                return self._text(value)
            case list():
                return [self.value(item) for item in value]
            case dict():
                return {key: self.value(item) for key, item in value.items()}
            case _:
                return value

    def _text(self, text: str) -> object:
        if not STAND_IN.search(text):
            return text
        pieces: list[str] = []
        at = 0
        for found in STAND_IN.finditer(text):
            pieces += [
                escaped(text[at : found.start()], closed=False),
                f"{{{{ {self._name(found[1])} }}}}",
            ]
            at = found.end()
        return Template("".join(pieces) + escaped(text[at:], closed=True))

    def _name(self, number: str) -> str:
        """The parameter that a stand-in becomes."""
        if number not in self._named:
            credential = self.draft.credentials.of(number)
            variable = self.draft.variables.variable(number)
            label = credential.label if credential else variable.name
            if credential and credential.names:
                label = sorted(credential.names)[0]
            name = _identifier(label, self.parameters)
            self._named[number] = name
            if credential:
                self._made_up(name, credential.made_up)
            else:
                self._unset(name, variable.name, required=variable.required)
        return self._named[number]

    def _made_up(self, name: str, value: str) -> None:
        about = "Made up by `sandboxctl init`; opens nothing outside one sandbox"
        self.parameters[name] = {"type": "text", "default": value, "about": about}
        why = "has several names, or stands inside another value; a made-up value keeps them equal"
        self._decide("replaced", name, f"parameters.{name}", why)

    def _unset(self, name: str, variable: str, *, required: bool) -> None:
        shown = variable[:60]
        if required:
            self.parameters[name] = {"type": "text", "about": f"{shown} of the Compose file"}
            why = f"{variable} has no value, and nothing starts without one: give it a `default`"
            self._decide("to be answered", variable, "", why, name)
            return
        about = f"{shown} of the Compose file, which gives it no value"
        self.parameters[name] = {"type": "text", "default": "", "about": about}
        why = f"{variable} has no value, so it is empty unless `--set {name}=…` gives one"
        self._decide("replaced", variable, f"parameters.{name}", why)

    def _decide(self, verdict: str, key: str, instead: str, why: str, at: str = "") -> None:
        place = ("parameters", at) if at else ()
        found = Decision(verdict, "", key, "", instead, why, None, place)  # type: ignore[arg-type]
        self.draft.report.decisions.append(found)
        if at:
            self.draft.comments.setdefault(place, []).append(f"to be answered: {why}")


def _identifier(label: str, taken: dict[str, object]) -> str:
    """``DB_PASSWORD`` → ``db_password``."""
    text = re.sub(r"[^a-z0-9]+", "_", label.lower()).strip("_")[:50] or "value"
    if not text[0].isalpha() or text in _WORDS:
        text = f"value_{text}"
    name, number = text, 2
    while name in taken:
        name, number = f"{text}_{number}", number + 1
    return name
