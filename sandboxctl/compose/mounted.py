"""Compose's `secrets` and `configs`, files of a service → variables, or files of the blueprint."""

from __future__ import annotations

from itertools import chain, count

from sandboxctl.compose import raw, volumes
from sandboxctl.compose.copies import beside, plain
from sandboxctl.compose.draft import Draft, Part
from sandboxctl.compose.raw import Raw


def declare(draft: Draft) -> None:
    """The value of each secret of the file, to be kept out of everything that is written."""
    for name, value in draft.tops.get("secrets", {}).items():
        draft.secrets[name] = draft.credentials.named(name, _value(draft, raw.mapping(value)))


def _value(draft: Draft, secret: dict[str, Raw]) -> str | None:
    if variable := raw.text(secret.get("environment")):
        return draft.variables.known.get(variable)
    if path := draft.settled(secret.get("file")):
        try:
            text = draft.nearby.read(path).strip("\r\n")
            draft.ignored.add(draft.nearby.name(path))
        except ValueError:
            return None
        return text
    return None


def settle(part: Part) -> None:
    """What a service gets as files: settings copied, secrets made up."""
    for key in ("configs", "secrets"):
        if key in part.left:
            continue
        for item in raw.listed(part.given.get(key)):
            _settle(part, key, item)


def _settle(part: Part, key: str, item: Raw) -> None:
    long = raw.mapping(item) if isinstance(item, dict) else {"source": item}
    name = raw.text(long.get("source"))
    usual = f"/run/secrets/{name}" if key == "secrets" else f"/{name}"
    target = part.draft.settled(long.get("target")) or usual
    if not target.startswith("/"):
        target = f"/run/secrets/{target}" if key == "secrets" else f"/{target}"
    if key == "secrets" and name in part.used:
        why = "it is a variable of the service, generated anew for every sandbox"
        part.decide("replaced", key, why, instead="secrets", found=name)
    elif not volumes.fits(target):
        part.decide("left out", key, "is not a path that can be had here", found=item)
    elif key == "secrets":
        _secret(part, name, target)
    else:
        _config(part, name, target)


def _secret(part: Part, name: str, target: str) -> None:
    """A program that reads a file gets one, with a value that opens nothing."""
    credential = part.draft.secrets.get(name) or part.draft.credentials.named(name, None)
    credential.inside = True
    place = _place(part, name)
    part.draft.copies[place] = credential.made_up
    volumes.put(part, target, place, "secrets", name)
    part.remark("the value in its file was made up, and opens nothing", ("files",))


def _place(part: Part, name: str) -> str:
    """Where its file lies beside the blueprint; names may look alike without their odd signs."""
    first = f"files/{part.name}/{plain(name).replace('/', '-')}"
    more = (f"{first}-{number}" for number in count(2))
    return next(place for place in chain([first], more) if place not in part.draft.copies)


def _config(part: Part, name: str, target: str) -> None:
    config = raw.mapping(part.draft.tops.get("configs", {}).get(name))
    place = _place(part, name)
    if isinstance(config.get("content"), str):
        part.draft.copies[place] = part.draft.settled(config["content"])
        if part.draft.credentials.within(raw.text(config["content"])) != config["content"]:
            del part.draft.copies[place]
            part.decide("left out", "configs", "has a secret in it; write it without", found=name)
            return
        volumes.put(part, target, place, "configs", name)
        return
    file = part.draft.settled(config.get("file"))
    try:
        path = part.draft.nearby.path(file or "\0")
    except ValueError as error:
        why = f"{file} {error}" if file else "its content is not in the Compose file"
        part.decide("left out", "configs", why, found=name)
        part.remark(f"{name}: {why}; with it: files: {{{target}: ./…}}")
        return
    if copied := beside(part, path, part.draft.nearby.name(file), "configs"):
        volumes.put(part, target, copied, "configs", name)
