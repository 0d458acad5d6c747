"""Images of what was written in sandboxes: they go with the last thing that needs them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import docker
from docker.errors import APIError, NotFound

from sandboxctl.sandbox import labels

SNAPSHOT = "snapshot"
"""The kind of such an image, on its label."""


def forget_nameless(api: docker.APIClient, image: str) -> None:
    """Remove an image of a snapshot that has no name any more, unless something runs from it."""
    try:
        seen: Mapping[str, Any] = api.inspect_image(image)  # type: ignore[no-untyped-call]  # the stubs lack it
    except NotFound:
        return
    mine = (seen["Config"].get("Labels") or {}).get(labels.KIND) == SNAPSHOT
    if mine and not seen["RepoTags"]:
        gone(api, image)


def gone(api: docker.APIClient, image: str) -> None:
    """Without a name at least, where something still runs from it: then it goes with that."""
    try:
        api.remove_image(image, force=":" in image and not image.startswith("sha256:"))
    except NotFound:
        return
    except APIError as refused:
        if refused.status_code != 409:
            raise
