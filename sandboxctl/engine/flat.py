"""Images of one layer: a file system that is exported and imported again, configuration and all.

An image without its VOLUMEs, for a declaration cannot be taken back by another layer: what is
written there then stays in a container's own layer. And data that was carried over so often that
an engine takes no more layers on top. Source: Docker Engine API 1.41, `POST /images/create`.
"""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sandboxctl.blueprint.image_names import REPOSITORY
from sandboxctl.engine.unstarted import unstarted

if TYPE_CHECKING:
    from docker import APIClient

    from sandboxctl.engine.registry import Note


_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_PLAIN = re.compile(r"[A-Za-z0-9_./:@ +-]+")
"""What can stand in an instruction as it is: a crafted image must not add one of its own."""


def without_volumes(api: APIClient, reference: str, note: Note) -> str:
    """The tag of the same image without VOLUMEs; made once for each image."""
    from docker.errors import ImageNotFound

    seen: Mapping[str, Any] = api.inspect_image(reference)  # type: ignore[no-untyped-call]  # stubs
    tag = f"{REPOSITORY}/flat:{seen['Id'].removeprefix('sha256:')[:12]}"
    try:
        api.inspect_image(tag)  # type: ignore[no-untyped-call]  # the stubs lack it
    except ImageNotFound:
        note(f"copying {reference} without its VOLUME")
        _copy(api, reference, tag, changes(seen["Config"]))
    return tag


def kept(
    api: APIClient, container: str, tag: str, keep: Sequence[str], secrets: Collection[str]
) -> None:
    """All that is in a container as ``tag``, without ``secrets``; ``keep`` are instructions that
    change its configuration. It stands still meanwhile, as it does for a commit."""
    config = api.inspect_container(container)["Config"]
    open_ = [pair for pair in config["Env"] or () if pair.partition("=")[0] not in secrets]
    with _still(api, container):
        _imported(api, container, tag, [*changes({**config, "Env": open_}), *keep])


@contextlib.contextmanager
def _still(api: APIClient, container: str) -> Iterator[None]:
    state = api.inspect_container(container)["State"]
    moves = state["Running"] and not state["Paused"]
    if moves:
        api.pause(container)
    try:
        yield
    finally:
        if moves:
            api.unpause(container)


def _copy(api: APIClient, reference: str, tag: str, keep: list[str]) -> None:
    with unstarted(api, reference, "copy") as made:
        _imported(api, made, tag, keep)


def _imported(api: APIClient, container: str, tag: str, keep: list[str]) -> None:
    repository, _, version = tag.partition(":")
    said = api.import_image_from_stream(
        _Readable(api.export(container)), repository=repository, tag=version, changes=keep
    )
    if '"error"' in said:
        raise OSError(json.loads(said.splitlines()[-1])["error"])


def changes(config: Mapping[str, Any]) -> list[str]:
    """The configuration of an image as instructions of a Dockerfile, without VOLUME."""
    found = [f"ENV {name}={_quoted(value)}" for name, value in _pairs(config)]
    for key, instruction in (("Entrypoint", "ENTRYPOINT"), ("Cmd", "CMD")):
        if config.get(key):
            found.append(f"{instruction} {json.dumps(config[key])}")
    for key, instruction in (("WorkingDir", "WORKDIR"), ("User", "USER")):
        if _PLAIN.fullmatch(config.get(key) or ""):
            found.append(f"{instruction} {config[key]}")
    return [*found, 'LABEL org.sandboxctl.image="flat"']


def _pairs(config: Mapping[str, Any]) -> list[tuple[str, str]]:
    pairs = (pair.partition("=") for pair in config.get("Env") or ())
    return [(n, v) for n, _, v in pairs if _NAME.fullmatch(n) and v.isprintable()]


def _quoted(value: str) -> str:
    """A value in which nothing is expanded."""
    return json.dumps(value, ensure_ascii=False).replace("$", "\\$")


class _Readable:
    """Chunks as a file that can be read; the library sends it on as it comes."""

    def __init__(self, chunks: Any) -> None:
        self._chunks, self._rest = iter(chunks), b""

    def read(self, size: int = -1) -> bytes:
        while size < 0 or len(self._rest) < size:
            part = next(self._chunks, None)
            if part is None:
                break
            self._rest += part
        size = len(self._rest) if size < 0 else size
        found, self._rest = self._rest[:size], self._rest[size:]
        return found
