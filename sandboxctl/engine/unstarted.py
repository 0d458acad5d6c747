"""A container that never runs: a way to look into an image, or to copy it."""

from __future__ import annotations

import contextlib
import hashlib
import platform
from collections.abc import Iterator
from typing import TYPE_CHECKING

from sandboxctl.engine import cache
from sandboxctl.sandbox.labels import PREFIX

if TYPE_CHECKING:
    from docker import APIClient

LABEL = f"{PREFIX}probe"


@contextlib.contextmanager
def unstarted(api: APIClient, image: str, why: str) -> Iterator[str]:
    """The id of a container of ``image`` that is never started; gone afterwards.

    Its name is that of this machine, of the image and of ``why``: one look of a kind at a time.
    So what has that name already was left by a command that was killed, and goes first.
    """
    from docker.errors import NotFound

    place = hashlib.sha256(f"{platform.node()} {image}".encode()).hexdigest()[:16]
    name = f"sandboxctl-{why}-{place}"
    with cache.alone(name):
        with contextlib.suppress(NotFound):
            api.remove_container(name, v=True, force=True)
        made = api.create_container(
            image, command=["-"], name=name, labels={LABEL: "1"}, network_disabled=True
        )
        try:
            yield made["Id"]
        finally:
            api.remove_container(made["Id"], v=True, force=True)
