"""The whole way: a Compose file → files of a new folder, and the list of what became of it."""

from __future__ import annotations

import secrets
import string
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sandboxctl.blueprint import reader
from sandboxctl.blueprint.render import MOST_TEMPLATES
from sandboxctl.compose import (
    differences,
    environment,
    gathering,
    keys_above,
    mounted,
    names,
    opening,
    order,
    raw,
    reading,
    services,
    settling,
    writing,
)
from sandboxctl.compose.credentials import Credentials
from sandboxctl.compose.draft import Draft, Part
from sandboxctl.compose.gathering import Gathered
from sandboxctl.compose.known import repository
from sandboxctl.compose.names import Hosts
from sandboxctl.compose.nearby import Nearby
from sandboxctl.compose.report import Report
from sandboxctl.compose.sensitive import is_secret

_MOST_RENDERED = 200_000
"""Characters of all templates together."""

_LETTERS = string.ascii_letters + string.digits


@dataclass(frozen=True, slots=True)
class Converted:
    """``files`` are path in the new folder → a file to copy, or a text."""

    name: str
    files: dict[str, Path | str]
    report: Report


def made_up(length: int) -> str:
    """A password that is good for nothing but one closed sandbox."""
    return "".join(secrets.choice(_LETTERS) for _ in range(length))


def convert(file: Path, name: str = "", *, make: Callable[[int], str] = made_up) -> Converted:
    """The blueprint of the Compose file at ``file``; nothing is written.

    Reads nothing outside of that file's folder. Raises BlueprintError where nothing can be made
    of it, with a code.
    """
    gathered = gathering.gather(file)
    project = name or names.valid(file.resolve().parent.name, "prototype")
    draft = _draft(gathered, Nearby(file.parent), make)
    parts = _parts(draft, gathered)
    found = {old: environment.gathered(part) for old, part in parts.items()}
    _note_public(draft, parts, found)
    mounted.declare(draft)
    for old, part in parts.items():
        environment.settle(part, found[old])
    document = {"blueprint": 1, "name": project, "title": project.replace("-", " ").capitalize()}
    draft.document = {**document, "opens": ""}
    for old, part in parts.items():
        services.settle(part, found[old])
        mounted.settle(part)
        _image_variables(part)
    staying = list(order.settle(parts).values())
    opening.settle(draft, staying, project)
    keys_above.settle(draft, gathered, list(parts.values()), project)
    settling.settle(draft, staying)
    for part in staying:
        differences.settle(part)
    differences.named(draft)
    draft.document["services"] = {part.name: _ordered(part) for part in staying}
    _last(draft)
    text = writing.written(draft.document, draft.comments, _head(file.name))
    _refuse_unreadable(file, text, draft.document)
    return Converted(project, {"blueprint.yaml": text, **_needed(draft)}, draft.report)


def _refuse_unreadable(file: Path, text: str, document: dict[str, object]) -> None:
    """What grew beyond what a blueprint may have, by `extends` of something large."""
    found = reader.read(text.encode())
    why = found.problems[0].why if found.root is None else ""
    templates = [one for one in map(writing.rendered, writing.texts(document)) if one]
    if len(templates) > MOST_TEMPLATES or sum(map(len, templates)) > _MOST_RENDERED:
        why = "has more variables in it than a blueprint can have templates"
    if why:
        why = f"comes to a blueprint that {why}"
        raise reading.refused(str(file), None, why, "DEN181")


def _draft(gathered: Gathered, nearby: Nearby, make: Callable[[int], str]) -> Draft:
    variables = gathering.variables(nearby)
    new = names.renamed(gathered.services)
    draft = Draft(
        nearby,
        variables,
        Credentials(variables, make),
        new,
        Hosts(_hosts(gathered, new)),
        {key: raw.mapping(variables.tree(value)) for key, value in gathered.tops.items()},
        gathered.report,
        lines=gathered.lines,
    )
    draft.tops["shared"] = _shared(gathered)
    draft.ignored |= {".env", *environment.EXAMPLES}
    return draft


def _hosts(gathered: Gathered, new: dict[str, str]) -> dict[str, str]:
    """Every name by which one service knows another."""
    found: dict[str, str] = {}
    for old, service in gathered.services.items():
        for key in ("container_name", "hostname"):
            found.setdefault(raw.text(service.get(key)), new[old])
        for network in raw.mapping(service.get("networks")).values():
            for alias in raw.listed(raw.mapping(network).get("aliases")):
                found.setdefault(raw.text(alias), new[old])
        for link in raw.listed(service.get("links")):
            other, _, alias = raw.text(link).partition(":")
            if alias and other in new:
                found.setdefault(alias, new[other])
    return {**{old: to for old, to in found.items() if old and "$" not in old}, **new}


def _shared(gathered: Gathered) -> dict[str, raw.Raw]:
    """Named volumes that several services have."""
    uses: dict[str, int] = {}
    for service in gathered.services.values():
        for item in raw.listed(service.get("volumes")):
            name, _ = keys_above.source(item)
            uses[name] = uses.get(name, 0) + 1
    return {name: None for name, count in uses.items() if count > 1 and "/" not in name}


def _parts(draft: Draft, gathered: Gathered) -> dict[str, Part]:
    """The services that Compose starts when nobody asks for more."""
    wanted = gathering.started(gathered.services, draft.variables)
    parts: dict[str, Part] = {}
    for old, service in gathered.services.items():
        given = raw.mapping(draft.variables.tree(service))
        part = Part(draft, old, draft.names[old], given, gathered.nearby[old], written=service)
        if old in wanted:
            parts[old] = part
            if draft.names[old] != old:
                why = "a name is small letters, digits and hyphens: it becomes a host name"
                part.decide("replaced", "name", why, instead=draft.names[old], found=old)
        else:
            part.decide("left out", "profiles", "it is only started when somebody asks for it")
    return parts


def _note_public(draft: Draft, parts: dict[str, Part], found: dict[str, dict[str, str]]) -> None:
    """Values that are no secrets, wherever they stand: names, users, databases."""
    public = draft.credentials.public
    for old, part in parts.items():
        public |= {old, part.name, repository(draft.settled(part.given.get("image")))}
        public |= {text for name, text in found[old].items() if not is_secret(name, text)}


def _image_variables(part: Part) -> None:
    """What a Dockerfile sets, under what the Compose file does."""
    own = part.made.get("environment")
    known = own if isinstance(own, dict) else {}
    credentials = part.draft.credentials
    more: dict[str, object] = {
        name: credentials.whole(part.name, name, text) or credentials.within(text)
        for name, text in part.image_variables.items()
        if name not in known
    }
    if more:
        part.made["environment"] = {**more, **known}


def _ordered(part: Part) -> dict[str, object]:
    return {
        key: part.made[key] for key in services.ORDER if part.made.get(key) not in (None, [], {})
    }


def _last(draft: Draft) -> None:
    """`exceptions` stand at the end."""
    asked = draft.document.pop("exceptions", None)
    if asked:
        draft.document["exceptions"] = asked
        draft.comments[("exceptions",)] = [
            "Asked for, not given: `up` waits until a facilitator has granted them with "
            "`sandboxctl approve`. Take out what it can do without."
        ]


def _needed(draft: Draft) -> dict[str, Path | str]:
    """Copies that the blueprint names; a service may have been left out since."""
    named = writing.texts(draft.document)
    places = {text.removeprefix("./") for text in named if text.startswith("./")}
    return {
        place: what
        for place, what in draft.copies.items()
        if any(place == known or place.startswith(f"{known}/") for known in places)
    }


def _head(name: str) -> list[str]:
    return [
        f"A blueprint made from {name} by `sandboxctl init --from`.",
        "CONVERSION.md lists what was left out, why, and what takes its place.",
    ]
