"""An image out of a supplier's archive: examined, and sent to the engine without its names."""

from __future__ import annotations

import json
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, TYPE_CHECKING

from sandboxctl.blueprint import image_config
from sandboxctl.blueprint.archive.flaw import BadArchive
from sandboxctl.blueprint.archive.layer import pieces
from sandboxctl.blueprint.archive.reading import Saved, opened
from sandboxctl.blueprint.image_config import Rules
from sandboxctl.engine.disk import Disk
from sandboxctl.engine.registry import Note, present
from sandboxctl.engine.translate import in_our_words
from sandboxctl.errors import BlueprintError, EngineError

if TYPE_CHECKING:
    from docker import APIClient


def load(api: APIClient, path: Path, rules: Rules, note: Note) -> str:
    """The id under which the archive's image is there now, and no other name.

    Raises BlueprintError for an archive that is not one, PolicyError for an image that a den does
    not take, before anything of it reaches the engine.
    """
    try:
        with opened(path, rules.largest) as (file, saved):
            image_config.check(path.name, saved.image, rules)
            return _load(api, path, file, saved, note)
    except BadArchive as error:
        raise BlueprintError(
            f"{path.name} {error}",
            hint="`docker save -o api.tar NAME` writes one.",
            code=error.code,
        ) from None
    except OSError as error:
        raise BlueprintError(
            f"{path.name} cannot be read: {error.strerror or error}", hint="Is it still there?"
        ) from None


def _load(api: APIClient, path: Path, file: IO[bytes], saved: Saved, note: Note) -> str:
    image = f"sha256:{saved.digest}"
    if present(api, image):
        return image
    note(f"loading {path.name}")
    with in_our_words(f"loading {path.name}"):
        Disk(api, saved.size).needs(saved.size, path.name)
        said = api.load_image(_tar(file, saved))  # type: ignore[no-untyped-call]  # the stubs lack it
        for event in said:
            if "error" in event:
                raise EngineError(
                    f"the engine cannot load {path.name}: {event['error']}",
                    hint="Save it again with `docker save`; `docker load` shows if it is whole.",
                    code="DEN530",
                )
    if not present(api, image):
        raise EngineError(
            f"the engine made another image of {path.name} than the archive says",
            hint="Save it again with `docker save`.",
            code="DEN533",
        )
    return image


def _tar(file: IO[bytes], saved: Saved) -> Iterator[bytes]:
    """The archive written again: our names for its parts, and no names for the image."""
    names = [f"{number:03d}.tar" for number in range(len(saved.layers))]
    config = f"{saved.digest}.json"
    manifest = json.dumps([{"Config": config, "RepoTags": None, "Layers": names}]).encode()
    yield from _entry("manifest.json", len(manifest))
    yield from _padded(iter([manifest]), len(manifest))
    for name, part in [(config, saved.config), *zip(names, saved.layers, strict=True)]:
        yield from _entry(name, part.size)
        yield from _padded(pieces(file, part), part.size)
    yield bytes(2 * tarfile.BLOCKSIZE)


def _entry(name: str, size: int) -> Iterator[bytes]:
    entry = tarfile.TarInfo(name)
    entry.size = size
    yield entry.tobuf(tarfile.GNU_FORMAT)


def _padded(content: Iterator[bytes], size: int) -> Iterator[bytes]:
    yield from content
    yield bytes(-size % tarfile.BLOCKSIZE)
