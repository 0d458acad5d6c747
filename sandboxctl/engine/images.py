"""Images on an engine: those we make, those we fetch, and what is known about them."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from sandboxctl import clock
from sandboxctl.blueprint import image_config
from sandboxctl.blueprint.image_names import REPOSITORY
from sandboxctl.engine import cache, registry, users
from sandboxctl.engine.registry import Note
from sandboxctl.engine.translate import in_our_words
from sandboxctl.errors import BlueprintError
from sandboxctl.sandbox.labels import IMAGE, PARENT

if TYPE_CHECKING:
    from docker import APIClient

    from sandboxctl.sandbox.build import Build
    from sandboxctl.sandbox.den import ImageSettings


GRACE = timedelta(minutes=10)
"""How old an image has to be before it counts as needed by nobody."""


@dataclass(frozen=True, slots=True)
class ImageFacts:
    """One image of ours. ``size`` bytes, shared layers included; ``used_by`` container names."""

    tag: str
    kind: str
    size: int
    created: datetime
    used_by: tuple[str, ...] = ()
    parent: str = ""
    id: str = ""


FRESH = 2.0
"""Seconds for which what an image says of itself is believed: thirty teams make ninety containers
of three images. Whether an image is taken at all is looked at anew each time."""


class Images:
    """The images of one engine. Every method may be called from many threads at once."""

    def __init__(self, api: APIClient, settings: ImageSettings) -> None:
        self._api = api
        self._settings = settings
        self._users: dict[str, str] = {}
        self._accepted: set[str] = set()
        self._seen: dict[str, tuple[float, dict[str, Any]]] = {}

    def tags(self) -> frozenset[str]:
        """Every reference that is there: tags, ``:latest`` also without it, and digests."""
        with in_our_words("listing images"):
            images = self._api.images()
        kinds = ("RepoTags", "RepoDigests")
        names = {name for image in images for kind in kinds for name in image.get(kind) or ()}
        return frozenset(names | {name.removesuffix(":latest") for name in names})

    def has(self, reference: str) -> bool:
        """Whether an image of that name is there."""
        return registry.present(self._api, reference)

    def identities(self, references: Collection[str]) -> dict[str, str]:
        """The id of each that is there: it changes with the content, as a name does not."""
        there = [one for one in sorted(set(references)) if self.has(one)]
        return {one: str(self._inspect(one)["Id"]) for one in there}

    def build(self, build: Build, note: Note) -> None:
        """Make it, unless it is there; what it starts from has to be there, if it is ours.

        Raises EngineError, or BlueprintError for what a supplier sent.
        """
        from sandboxctl.engine import builder

        with cache.alone(build.tag):  # the others find it made
            if not registry.present(self._api, build.tag):
                builder.make(self._api, self._settings, build, note)
                self._seen.pop(build.tag, None)

    def pull(self, reference: str, note: Note) -> None:
        """Fetch an image. Raises EngineError: the name, the network, or the registry."""
        with in_our_words(f"pulling {reference}"):
            registry.pull(self._api, reference, note, self._settings.largest)
        self._seen.pop(reference, None)

    def accept(self, reference: str, *, commanded: bool) -> None:
        """Before the first container of an image: raises PolicyError for one that a den does not
        take, BlueprintError where neither it nor the blueprint (``commanded``) says what to run."""
        image = self._inspect(reference)
        if not reference.startswith(f"{REPOSITORY}/") and image["Id"] not in self._accepted:
            limits = registry.rules(self._api, self._settings.largest)
            image_config.check(reference, image, limits)
            self._accepted.add(image["Id"])
        if not commanded and not image_config.has_command(image):
            raise BlueprintError(
                f"{reference} does not say what to run, and neither does its service",
                hint="Add `command` to the service.",
                code="DEN546",
            )

    def user_of(self, reference: str) -> str:
        """``uid:gid`` to run an image as: its own USER, or 10001:10001 where that is root."""
        image = self._known(reference)
        if image["Id"] not in self._users:
            with in_our_words(f"reading the user of {reference}"):
                self._users[image["Id"]] = users.of(self._api, image)
        return self._users[image["Id"]]

    def volumes_of(self, reference: str) -> tuple[str, ...]:
        """Paths that an image declares as VOLUME: what is written there escapes its layer."""
        return tuple(sorted(self._known(reference)["Config"].get("Volumes") or ()))

    def labels_of(self, reference: str) -> tuple[str, ...]:
        """Names of the labels that an image would give to its containers."""
        return tuple(sorted(self._known(reference)["Config"].get("Labels") or ()))

    def list(self) -> tuple[ImageFacts, ...]:
        """Images of ours, newest first."""
        with in_our_words("listing images"):
            images = self._api.images(filters={"label": IMAGE})
            containers = self._api.containers(all=True)
        used: dict[str, set[str]] = {}
        for container in containers:
            used.setdefault(container["ImageID"], set()).add(container["Names"][0].lstrip("/"))
        found = [_facts(image, tag, used) for image in images for tag in _our_tags(image)]
        return tuple(sorted(found, key=lambda image: (image.created, image.tag), reverse=True))

    def prune(
        self, keep: Collection[str] = (), *, grace: timedelta = GRACE
    ) -> tuple[ImageFacts, ...]:
        """Remove the images of ours that nobody needs; which they were. See `unneeded`."""
        candidates = unneeded(self.list(), keep, before=clock.now() - grace)
        return tuple(image for image in candidates if self.remove(image.tag))

    def remove(self, tag: str) -> bool:
        """Take a tag away; False if it was not there, or a container uses it."""
        from docker.errors import APIError, ImageNotFound

        with in_our_words(f"removing {tag}"):
            try:
                self._api.remove_image(tag)
            except ImageNotFound:
                return False
            except APIError as problem:
                if problem.status_code == 409:
                    return False
                raise
        return True

    def _inspect(self, reference: str) -> dict[str, Any]:
        with in_our_words(f"looking at {reference}"):
            image: dict[str, Any] = self._api.inspect_image(reference)  # type: ignore[no-untyped-call]
        image["Config"] = image.get("Config") or {}
        self._seen[reference] = time.monotonic(), image
        return image

    def _known(self, reference: str) -> dict[str, Any]:
        """As it was a moment ago."""
        at, image = self._seen.get(reference, (-FRESH, {}))
        return image if time.monotonic() - at < FRESH else self._inspect(reference)


def unneeded(
    images: Iterable[ImageFacts], keep: Collection[str], *, before: datetime
) -> tuple[ImageFacts, ...]:
    """Images that no container uses and ``keep`` does not name, nor anything that starts from
    them; the younger ones than ``before`` may have been made for a container that comes next."""
    all_of = {image.tag: image for image in images}
    ask = [i.tag for i in all_of.values() if i.used_by or i.tag in keep or i.created > before]
    needed: set[str] = set()
    while ask:
        tag = ask.pop()
        needed.add(tag)
        ask += [all_of[tag].parent] if tag in all_of else []
    return tuple(image for image in all_of.values() if image.tag not in needed)


def _our_tags(image: Mapping[str, Any]) -> list[str]:
    """A label passes on to what somebody else makes from an image of ours; its name does not."""
    own = f"{REPOSITORY}/{(image.get('Labels') or {}).get(IMAGE)}:"
    return [tag for tag in image.get("RepoTags") or () if tag.startswith(own)]


def _facts(image: Mapping[str, Any], tag: str, used: Mapping[str, set[str]]) -> ImageFacts:
    created = datetime.fromtimestamp(image["Created"], tz=UTC)
    used_by = tuple(sorted(used.get(image["Id"], ())))
    labels = image["Labels"]
    return ImageFacts(
        tag, labels[IMAGE], image["Size"], created, used_by, labels.get(PARENT, ""), image["Id"]
    )


def needs(
    images: Collection[ImageFacts], uses: Mapping[str, Sequence[str]]
) -> dict[str, tuple[str, ...]]:
    """Who needs each image: itself, or something that is made from it."""
    all_of = {image.tag: image for image in images}
    found: dict[str, dict[str, None]] = {}
    for tag, who in uses.items():
        at, seen = tag, set[str]()
        while at in all_of and at not in seen:
            seen.add(at)
            found.setdefault(at, {}).update(dict.fromkeys(who))
            at = all_of[at].parent
    return {tag: tuple(sorted(who)) for tag, who in found.items()}
