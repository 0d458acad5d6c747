"""Making one image: what it starts from, what it is sent, and what the engine said about it."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Collection, Iterable
from dataclasses import replace
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from sandboxctl import clock
from sandboxctl.blueprint import image_config, lockfile
from sandboxctl.blueprint.dockerfile.model import SCRATCH
from sandboxctl.blueprint.images import (
    ARCHIVE,
    ARCHIVE_FILE,
    BASE,
    DOCKERFILE,
    EMPTY,
    FILES,
    PYTHON_VERSION,
    REPOSITORY,
    is_debian,
)
from sandboxctl.engine import (
    archives,
    base_image,
    context,
    flat,
    registry,
    users,
    wheels,
)
from sandboxctl.engine.registry import Note
from sandboxctl.engine.translate import in_our_words
from sandboxctl.errors import EngineError, PolicyError
from sandboxctl.sandbox.build import Build
from sandboxctl.sandbox.labels import CREATED, IMAGE, KEY, PARENT

if TYPE_CHECKING:
    from docker import APIClient

    from sandboxctl.sandbox.den import ImageSettings

MEMORY = 2 * 1024**3
"""Bytes that a step of a build may use."""
SHARES = 512
"""Weight of its processor time; a service has the same, everything else 1,024."""
LONGEST = 1_800
"""Seconds that a build may take."""

SUPPLIED = frozenset({FILES, DOCKERFILE, ARCHIVE})
"""Templates that add what a supplier sent: no variable of this host may come into those."""
STRANGERS = SUPPLIED | {PYTHON_VERSION}
"""Templates that start from an image which somebody else made."""

PASSED_ON = (
    "http_proxy", "https_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY",
    "npm_config_registry",
)  # fmt: skip
"""Variables of this host that builds get as arguments, which do not stay in an image."""

_NETWORK = re.compile(r"resolv|fetch|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|ECONN|network", re.IGNORECASE)
_CONTROL = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|[\x00-\x1f\x7f-\x9f]")


def make(api: APIClient, settings: ImageSettings, build: Build, note: Note) -> None:
    """Make it, there or not. Raises EngineError, or BlueprintError for what a supplier sent."""
    parent = _parent(api, settings, build, note)
    if build.template in STRANGERS and parent != SCRATCH:
        _accept(api, settings, parent, build.parent or build.tag)
    if build.template == ARCHIVE:
        build = replace(build, files=())
    kept: Collection[str] = ()
    if build.template == FILES:
        build, parent, kept = _writable(api, build, parent, note)
    with context.of(build, parent, _fetched(api, build, note), kept) as tar:
        note(f"building {build.tag}")
        with in_our_words(f"building {build.tag}"):
            _watch(build, _events(api, build, parent, tar), note)
    if build.template == DOCKERFILE:
        _keep_if_accepted(api, settings, build)


def _accept(api: APIClient, settings: ImageSettings, image: str, shown: str) -> None:
    """Raises PolicyError for what no sandbox may start from, ONBUILD in a parent above all: a
    build would run it."""
    limits = registry.rules(api, settings.largest)
    image_config.check(shown, registry.inspected(api, image), limits)


def _keep_if_accepted(api: APIClient, settings: ImageSettings, build: Build) -> None:
    try:
        _accept(api, settings, build.tag, f"what {build.folder} is built to")
    except PolicyError:
        api.remove_image(build.tag)
        raise


def _writable(
    api: APIClient, build: Build, parent: str, note: Note
) -> tuple[Build, str, Collection[str]]:
    """Folders a service keeps data in: whose they are, that no VOLUME takes them away, and which
    of them are in the parent already, with content that has to change its owner."""
    with in_our_words(f"looking at {parent}"):
        image = api.inspect_image(parent)  # type: ignore[no-untyped-call]  # the stubs lack it
        owner = dict(build.facts)["owner"] or users.of(api, image)
        empty = {path for path, source in build.files if source == EMPTY}
        if empty & set(image["Config"].get("Volumes") or ()):
            parent = flat.without_volumes(api, parent, note)
        kept = users.folders(api, parent, empty)
    owner = owner if ":" in owner else f"{owner}:{owner}"
    return replace(build, facts=(("owner", owner),)), parent, kept


def _parent(api: APIClient, settings: ImageSettings, build: Build, note: Note) -> str:
    """What it starts from, there for sure: an engine looks for what is missing on the internet,
    where anybody may have given an image the name of ours."""
    if build.template == BASE:
        return base_image.debian(api, settings, note)
    if build.template == ARCHIVE:
        path = Path(dict(build.files)[ARCHIVE_FILE])
        return archives.load(api, path, registry.rules(api, settings.largest), note)
    if build.parent == SCRATCH or registry.present(api, build.parent):
        return build.parent
    if build.parent.startswith(f"{REPOSITORY}/"):
        raise EngineError(
            f"{build.tag} starts from {build.parent}, which is not there",
            hint="`sandboxctl image prepare` makes both.",
        )
    if is_debian(build.parent):
        return base_image.debian(api, settings, note)
    found, why = registry.obtain(api, build.parent, settings.registry, note, settings.largest)
    if found is None:
        own = "Leave `python:` out to use Debian's own, or set" if not build.steps else "Set"
        raise EngineError("; ".join(why), hint=f"{own} images.registry to a mirror.")
    return found


def _fetched(api: APIClient, build: Build, note: Note) -> dict[str, context.Files]:
    """What the supplier's folder needs from elsewhere: folders of the context."""
    folder = Path(build.folder)
    match build.template:
        case "runtimes/python":
            return _python_packages(api, folder, dict(build.facts)["python"], note)
        case "runtimes/node" if lockfile.has_packages(folder):
            manifest, lock = lockfile.reduced(folder)
            return {"modules": {lockfile.MANIFEST: manifest, lockfile.LOCK: lock}}
        case _:
            return {}


def _python_packages(
    api: APIClient, folder: Path, python: str, note: Note
) -> dict[str, context.Files]:
    with in_our_words("asking the engine for its processor"):
        machine = api.version()["Arch"]
    site = wheels.unpacked(folder, python, machine, note)
    if site is None:
        return {}
    files = {p.relative_to(site).as_posix(): p for p in sorted(site.rglob("*")) if p.is_file()}
    names = [name for name in files if name.startswith("bin/")]
    scripts = {name.removeprefix("bin/"): files.pop(name) for name in names}
    return {"packages": files, "scripts": scripts}


def _events(api: APIClient, build: Build, parent: str, tar: IO[bytes]) -> Iterable[dict[str, Any]]:
    labels = {
        IMAGE: build.kind,
        KEY: build.key,
        PARENT: parent,
        CREATED: clock.now().isoformat(),
    }
    return api.build(
        fileobj=tar, custom_context=True, tag=build.tag, labels=labels, rm=True, forcerm=True,
        network_mode=_network(build), decode=True,
        buildargs=None if build.template in SUPPLIED else _arguments(),
        use_config_proxy=build.template not in SUPPLIED,
        container_limits={"memory": MEMORY, "memswap": MEMORY, "cpushares": SHARES},
    )  # fmt: skip


def _watch(build: Build, events: Iterable[dict[str, Any]], note: Note) -> None:
    said: list[str] = []
    ends = time.monotonic() + LONGEST
    for event in events:
        if time.monotonic() > ends:
            raise _failed(build, f"it took more than {LONGEST // 60} minutes", said)
        if "error" in event:
            raise _failed(build, str(event["error"]), said)
        line = _CONTROL.sub("", str(event.get("stream", ""))).strip()
        if line.startswith("Step "):
            note(f"{build.tag}: {line[:90]}")
        if line:
            said.append(line)


def _failed(build: Build, why: str, said: list[str]) -> EngineError:
    last = "\n".join(said[-6:])
    hint = "`sandboxctl image prepare` tries again."
    if _NETWORK.search(last):
        hint = "Builds on this engine cannot reach the packages: look at its proxy, DNS, firewall."
    return EngineError(f"building {build.tag} failed: {why.strip()}\n{last}", hint=hint)


def _network(build: Build) -> str | None:
    """What comes from a supplier is built without a network; only npm has to fetch."""
    from_supplier = build.folder or build.files or build.template in SUPPLIED
    return "none" if from_supplier and build.template != "runtimes/node" else None


def _arguments() -> dict[str, str]:
    arguments = {name: os.environ[name] for name in PASSED_ON if os.environ.get(name)}
    registry = os.environ.get("NPM_CONFIG_REGISTRY") or _npmrc()
    return ({"npm_config_registry": registry} if registry else {}) | arguments


def _npmrc() -> str:
    try:
        text = (Path.home() / ".npmrc").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    found = re.search(r"^registry\s*=\s*(\S+)", text, re.MULTILINE)
    return found[1] if found else ""
