"""One Compose service → one service of a blueprint, key by key."""

from __future__ import annotations

import re
import shlex

from sandboxctl.blueprint import capabilities, compose_keys, image_names
from sandboxctl.blueprint.patterns import IMAGE, USER
from sandboxctl.compose import building, health, limits, ports, raw, ready_made, volumes
from sandboxctl.compose.draft import Part
from sandboxctl.compose.known import known
from sandboxctl.compose.raw import Raw

ORDER = (
    "source", "build", "runtime", "python", "template", "with", "image", "command",
    "entrypoint", "working_dir", "environment", "secrets", "expose", "public", "healthcheck",
    "depends_on", "user", "files", "writable", "prepare", "mem_limit", "cpus", "pids_limit",
    "stop_grace_period",
)  # fmt: skip

_SETTLED = frozenset(
    ["image", "build", "command", "entrypoint", "working_dir", "environment", "env_file",
     "ports", "expose", "healthcheck", "depends_on", "links", "user", "volumes", "tmpfs",
     "mem_limit", "cpus", "pids_limit", "stop_grace_period", "cap_add", "secrets",
     "configs", "extends", "deploy", "profiles"]
)  # fmt: skip
_OF_DEPLOY = {
    "replicas": compose_keys.SERVICE["scale"],
    "mode": compose_keys.SERVICE["scale"],
    "restart_policy": compose_keys.SERVICE["restart"],
}
_LONGEST_IMAGE = 400
_LONGEST_LINE = 32_000
_NUMERIC_USER = re.compile(r"([0-9]+)(?::([0-9]+))?")
_QUIET = frozenset(["x-", "version"])


def settle(part: Part, variables: dict[str, str]) -> None:
    """Everything but the environment, which was settled before, and who waits for whom."""
    if part.given.get("build") is not None:
        building.settle(part)
    if part.made.get("build"):
        _commands(part)
    elif not part.made.get("source"):
        if part.given.get("image") and ready_made.settle(part, variables):
            part.made.pop("environment", None)
        else:
            _image(part)
            _commands(part)
    if part.given.get("image") and part.made.keys() & {"source", "build"}:
        part.decide("left out", "image", "it is made from the folder")
    if not part.made.get("template"):
        ports.settle(part)
        health.settle(part)
        volumes.settle(part)
    _user(part)
    limits.settle(part)
    _grace(part)
    _capabilities(part)
    _rest(part)


def _image(part: Part) -> None:
    text = part.given.get("image")
    unknown, image = part.draft.unknown(text), part.draft.settled(text)
    names = f"{', '.join(unknown)} {'have' if len(unknown) > 1 else 'has'} no value"
    if unknown and re.fullmatch(IMAGE, bare := image.rstrip(":@/")):
        why = f"{names}, so its newest version is taken"
        part.decide("replaced", "image", why, instead=f"image: {bare}")
        image = bare
    if not image or (unknown and not re.fullmatch(IMAGE, image)):
        if text or part.given.get("build") is None:
            before = f"{names}; " if unknown else ""
            why = f"{before}name an `image`, or give a `source` with a `runtime`"
            part.ask("image", (), why)
        return
    if len(image) > _LONGEST_IMAGE:
        part.ask("image", (), "has more characters than a name of an image; name another one")
        return
    if refused := image_names.problem(image):
        part.ask("image", ("image",), f"{image} {refused[0]}; name another one")
    elif not image_names.is_pinned(image):
        why = "names no digest, so that it may be another image tomorrow"
        part.decide("kept", "image", f"{why}; `image prepare` fetches it once", found=image)
    part.made["image"] = image


def _commands(part: Part) -> None:
    for key in ("entrypoint", "command"):
        if words := part.words(key):
            part.made[key] = words
    folder = part.draft.settled(part.given.get("working_dir")).rstrip("/")
    if folder and volumes.fits(folder):
        part.made["working_dir"] = folder


def _user(part: Part) -> None:
    image = known(str(part.made.get("image", "")))
    given = part.draft.settled(part.given.get("user"))
    found = _NUMERIC_USER.fullmatch(given)
    if not given:
        if image and image.user:
            part.made["user"] = image.user
        return
    if part.made.get("template"):
        return
    if given.partition(":")[0] in ("0", "root"):
        part.made["user"] = "0:0"
        limits.ask(part, "user", "root", "the user root")
    elif re.fullmatch(USER, given):
        part.made["user"] = given
    elif found and re.fullmatch(USER, found[1]):
        why = "the group of root is not given"
        part.made["user"] = found[1]
        part.decide("replaced", "user", why, instead=f"user: {found[1]}")
    else:
        why = "a user is numeric here; the image's own is taken, or 10001 if that is root"
        part.decide("left out", "user", why)


def _grace(part: Part) -> None:
    wait = health.seconds(part.draft.settled(part.given.get("stop_grace_period")))
    if wait is not None:
        part.made["stop_grace_period"] = f"{round(min(60.0, wait))}s"


def _capabilities(part: Part) -> None:
    for item in raw.listed(part.given.get("cap_add")):
        name = capabilities.bare(part.draft.settled(item))
        if name in capabilities.GRANTABLE and not part.made.get("template"):
            limits.ask(part, "cap_add", f"cap:{name}", f"the capability {name}")
        else:
            why = "a template of the den needs none" if part.made.get("template") else ""
            why = why or f"is never granted: {capabilities.never(name) or 'it is no capability'}"
            part.decide("left out", "cap_add", why, found=item)


def _rest(part: Part) -> None:
    """What a blueprint has no key for, with its way instead."""
    for key in part.given:
        if key in _SETTLED or key in part.left or key.startswith("x-"):
            continue
        why = compose_keys.SERVICE.get(key, "is not a key of Compose that is known here")
        part.decide("left out", key, why)
    for key, value in raw.mapping(part.given.get("deploy")).items():
        if key in _OF_DEPLOY and raw.text(value) not in ("1", "replicated"):
            part.decide("left out", f"deploy.{key}", _OF_DEPLOY[key], found=value)


def words(part: Part, key: str) -> list[str]:
    """A command as a list; a line is split as a shell would, and none is run."""
    value: Raw = part.given.get(key)
    if isinstance(value, str) and len(value) > _LONGEST_LINE:
        part.decide("left out", key, "has more than 32,000 characters; put it into a file")
        found: list[str] = []
    elif isinstance(value, str):
        try:
            found = shlex.split(value)
        except ValueError:
            part.decide("left out", key, "has a quote that is not closed")
            found = []
    else:
        found = [raw.text(item) for item in raw.listed(value)]
    hosts = part.draft.hosts
    return part.draft.credentials.words([hosts.in_word(word) for word in found])
