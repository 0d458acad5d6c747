"""Images on an engine: those we make, those we fetch, and what is known about them."""

from __future__ import annotations

import fcntl
import os
import re
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sandboxctl import clock
from sandboxctl.blueprint import lockfile
from sandboxctl.blueprint.images import BASE, REPOSITORY
from sandboxctl.engine import base_image, context, registry, users, wheels
from sandboxctl.engine.registry import Note
from sandboxctl.engine.translate import in_our_words
from sandboxctl.errors import EngineError
from sandboxctl.sandbox.build import Build
from sandboxctl.sandbox.labels import CREATED, PREFIX

if TYPE_CHECKING:
    from docker import APIClient

    from sandboxctl.sandbox.den import ImageSettings

IMAGE, KEY = f"{PREFIX}image", f"{PREFIX}key"
"""What kind of image of ours it is, and the hash of what went into it."""

PROXIES = ("http_proxy", "https_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY")


@dataclass(frozen=True, slots=True)
class ImageFacts:
    """One image of ours. ``size`` bytes, shared layers included; ``used_by`` container names."""

    tag: str
    kind: str
    size: int
    created: datetime
    used_by: tuple[str, ...]


class Images:
    """The images of one engine. Every method may be called from many threads at once."""

    def __init__(self, api: APIClient, settings: ImageSettings) -> None:
        self._api = api
        self._settings = settings
        self._users: dict[str, str] = {}

    def tags(self) -> frozenset[str]:
        """Every reference that is there: tags, ``:latest`` also without it, and digests."""
        with in_our_words("listing images"):
            images = self._api.images()
        names = {
            n
            for image in images
            for kind in ("RepoTags", "RepoDigests")
            for n in image.get(kind) or ()
        }
        return frozenset(names | {name.removesuffix(":latest") for name in names})

    def build(self, build: Build, note: Note) -> None:
        """Make it, unless it is there. Raises EngineError, or BlueprintError for what a supplier
        sent."""
        with _alone(build.tag):
            if not registry.present(self._api, build.tag):
                self._make(build, note)

    def pull(self, reference: str, note: Note) -> None:
        """Fetch an image. Raises EngineError: the name, the network, or the registry."""
        with in_our_words(f"pulling {reference}"):
            registry.pull(self._api, reference, note)

    def user_of(self, reference: str) -> str:
        """``uid:gid`` to run an image as: its own USER, or 10001:10001 where that is root."""
        image = self._inspect(reference)
        if image["Id"] not in self._users:
            with in_our_words(f"reading the user of {reference}"):
                self._users[image["Id"]] = users.of(self._api, image)
        return self._users[image["Id"]]

    def volumes_of(self, reference: str) -> tuple[str, ...]:
        """Paths that an image declares as VOLUME: what is written there escapes its layer."""
        return tuple(sorted(self._inspect(reference)["Config"].get("Volumes") or ()))

    def list(self) -> tuple[ImageFacts, ...]:
        """Images of ours, newest first."""
        with in_our_words("listing images"):
            images = self._api.images(filters={"label": IMAGE})
            containers = self._api.containers(all=True)
        used: dict[str, list[str]] = {}
        for container in containers:
            used.setdefault(container["ImageID"], []).append(container["Names"][0].lstrip("/"))
        facts = [_facts(image, tag, used) for image in images for tag in _our_tags(image)]
        return tuple(sorted(facts, key=lambda image: image.created, reverse=True))

    def prune(self, keep: Collection[str] = ()) -> tuple[ImageFacts, ...]:
        """Remove images of ours that no container uses and ``keep`` does not name; which they were."""
        gone = []
        for image in self.list():
            if not image.used_by and image.tag not in keep and self._removed(image.tag):
                gone.append(image)
        return tuple(gone)

    def _removed(self, tag: str) -> bool:
        from docker.errors import APIError, ImageNotFound

        with in_our_words(f"removing {tag}"):
            try:
                self._api.remove_image(tag)
            except ImageNotFound:
                return False
            except APIError as problem:
                if problem.status_code == 409:  # a container took it meanwhile
                    return False
                raise
        return True

    def _make(self, build: Build, note: Note) -> None:
        parent = self._parent(build, note)
        with context.of(build, parent, self._fetched(build, note)) as tar:
            note(f"building {build.tag}")
            with in_our_words(f"building {build.tag}"):
                self._run(build, tar, note)

    def _parent(self, build: Build, note: Note) -> str:
        """What it starts from, there for sure: the engine would look for one of ours on the internet."""
        if build.template == BASE:
            return base_image.debian(self._api, self._settings, note)
        if registry.present(self._api, build.parent):
            return build.parent
        if build.parent.startswith(f"{REPOSITORY}/"):
            raise EngineError(
                f"{build.tag} starts from {build.parent}, which is not there",
                hint="`sandboxctl image prepare` makes both.",
            )
        found, why = registry.obtain(self._api, build.parent, self._settings.registry, note)
        if not found:
            raise EngineError(
                "; ".join(why),
                hint="Leave `python:` out to use Debian's own, or set images.registry to a mirror.",
            )
        return found

    def _fetched(self, build: Build, note: Note) -> dict[str, context.Files]:
        """What the supplier's folder needs from elsewhere: folders of the context."""
        folder = Path(build.folder)
        match build.template:
            case "runtimes/python":
                return self._python_packages(folder, dict(build.facts)["python"], note)
            case "runtimes/node" if lockfile.has_packages(folder):
                return {
                    "modules": dict(
                        zip(
                            (lockfile.MANIFEST, lockfile.LOCK),
                            lockfile.reduced(folder),
                            strict=True,
                        )
                    )
                }
            case _:
                return {}

    def _python_packages(self, folder: Path, python: str, note: Note) -> dict[str, context.Files]:
        with in_our_words("asking the engine"):
            machine = self._api.version()["Arch"]
        site = wheels.unpacked(folder, python, machine, note)
        if site is None:
            return {}
        files = {p.relative_to(site).as_posix(): p for p in sorted(site.rglob("*")) if p.is_file()}
        scripts: context.Files = {
            n.removeprefix("bin/"): files.pop(n) for n in list(files) if n.startswith("bin/")
        }
        return {"packages": files, "scripts": scripts}

    def _run(self, build: Build, tar: Any, note: Note) -> None:
        said: list[str] = []
        events = self._api.build(
            fileobj=tar, custom_context=True, tag=build.tag, rm=True, forcerm=True, decode=True,
            network_mode=_network(build), buildargs=_arguments(),
            labels={IMAGE: build.kind, KEY: build.key, CREATED: clock.now().isoformat()},
        )  # fmt: skip
        for event in events:
            if "error" in event:
                raise _failed(build, str(event["error"]), said)
            line = _clean(str(event.get("stream", "")))
            if line:
                said.append(line)
                if line.startswith("Step "):
                    note(f"{build.tag}: {line[:90]}")

    def _inspect(self, reference: str) -> dict[str, Any]:
        with in_our_words(f"looking at {reference}"):
            image: dict[str, Any] = self._api.inspect_image(reference)
        image["Config"] = image.get("Config") or {}
        return image


def _network(build: Build) -> str | None:
    """What comes from a supplier is built without a network; only npm has to fetch."""
    from_supplier = build.folder or build.files
    return "none" if from_supplier and build.template != "runtimes/node" else None


def _arguments() -> dict[str, str]:
    """Proxies and the npm registry of this host; build arguments do not stay in the image."""
    arguments = {name: os.environ[name] for name in PROXIES if os.environ.get(name)}
    npm = os.environ.get("npm_config_registry") or os.environ.get("NPM_CONFIG_REGISTRY") or _npmrc()
    return arguments | ({"npm_config_registry": npm} if npm else {})


def _npmrc() -> str:
    try:
        text = (Path.home() / ".npmrc").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    found = re.search(r"^registry\s*=\s*(\S+)", text, re.MULTILINE)
    return found[1] if found else ""


def _failed(build: Build, why: str, said: list[str]) -> EngineError:
    last = "\n".join(said[-6:])
    hint = "`sandboxctl image prepare` tries again."
    if re.search(r"resolv|fetch|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|network", last, re.IGNORECASE):
        hint = "Builds on this engine cannot reach the packages. Does its network work: proxy, DNS, firewall?"
    return EngineError(f"building {build.tag} failed: {why.strip()}\n{last}", hint=hint)


def _clean(line: str) -> str:
    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]|[\x00-\x1f\x7f-\x9f]", "", line).strip()


def _our_tags(image: Mapping[str, Any]) -> list[str]:
    return [tag for tag in image.get("RepoTags") or () if tag.startswith(f"{REPOSITORY}/")]


def _facts(image: Mapping[str, Any], tag: str, used: Mapping[str, list[str]]) -> ImageFacts:
    created = datetime.fromtimestamp(image["Created"], tz=clock.now().tzinfo)
    used_by = tuple(sorted(used.get(image["Id"], ())))
    return ImageFacts(tag, image["Labels"][IMAGE], image["Size"], created, used_by)


@contextmanager
def _alone(tag: str) -> Iterator[None]:
    """One maker of an image at a time on this machine; the others find it made."""
    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    path = Path(home, "sandboxctl", "locks", tag.replace("/", "-").replace(":", "-"))
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
