"""The last way out of a den whose state cannot be read: everything that carries its labels goes."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from sandboxctl.engine import kept, strangers
from sandboxctl.engine.translate import in_our_words
from sandboxctl.sandbox import labels

if TYPE_CHECKING:
    from docker import APIClient

    from sandboxctl.engine.protocol import Note
    from sandboxctl.sandbox.den import Den


def everything(api: APIClient, den: Den, install: str, note: Note) -> None:
    """Containers, then networks, then snapshots, then the volume; nothing without the den's
    install id."""
    from docker.errors import NotFound

    if not install:  # there is no such den
        return
    ours = {"label": [f"{labels.DEN}={den.name}", f"{labels.INSTALL}={install}"]}
    with in_our_words("taking the den away"):
        for container in api.containers(all=True, filters=ours):
            note(f"removing {container['Names'][0].lstrip('/')}")
            with contextlib.suppress(NotFound):
                api.remove_container(container["Id"], force=True, v=True)
        for network in api.networks(filters=ours):
            with contextlib.suppress(NotFound):
                api.remove_network(network["Id"])
        for image in api.images(filters=ours):
            for name in image["RepoTags"] or [image["Id"]]:
                kept.gone(api, name)
        for volume in api.volumes(filters=ours)["Volumes"] or ():
            with contextlib.suppress(NotFound):
                api.remove_volume(volume["Name"])
        strangers.tell(api, den, install, note)
