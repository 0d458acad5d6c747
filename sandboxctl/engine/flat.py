"""An image without its VOLUMEs: what is written there then stays in a container's own layer.

A declaration cannot be taken back by another layer, so the file system is exported and imported
as one, with the same configuration. Source: Docker Engine API 1.41, `POST /images/create`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
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


def _copy(api: APIClient, reference: str, tag: str, keep: list[str]) -> None:
    repository, _, version = tag.partition(":")
    with unstarted(api, reference, "copy") as made:
        said = api.import_image_from_stream(
            _Readable(api.export(made)), repository=repository, tag=version, changes=keep
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
