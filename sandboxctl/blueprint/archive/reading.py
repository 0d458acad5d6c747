"""What is in an archive of `docker save`, with all that it says of itself held against it.

Source  https://github.com/moby/docker-image-spec/blob/main/spec.md
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from sandboxctl.blueprint.archive import layer, tape
from sandboxctl.blueprint.archive.flaw import BadArchive
from sandboxctl.blueprint.archive.layer import Count, Part, pieces, unpack
from sandboxctl.blueprint.image_config import LARGEST as LARGEST

MOST_ENTRIES = 2_000
MOST_LAYERS = 120
LARGEST_JSON = 4 * 1024**2

_DIGEST = re.compile(r"(?:^|/)([0-9a-f]{64})(?:\.json)?$")
_NAME = re.compile(r"[A-Za-z0-9._/:-]{1,200}")


@dataclass(frozen=True, slots=True)
class Saved:
    """The one image of an archive.

    ``digest``  of its configuration, in hex: what an engine calls the image
    ``size``    bytes of its layers, unpacked
    """

    config: Part
    layers: tuple[Part, ...]
    said: Mapping[str, Any]
    digest: str
    size: int

    @property
    def image(self) -> dict[str, Any]:
        """What an engine would say of it."""
        known = {"Architecture": "architecture", "Os": "os", "Config": "config"}
        return {**{key: self.said.get(name) for key, name in known.items()}, "Size": self.size}


@contextmanager
def opened(path: Path, largest: int = LARGEST) -> Iterator[tuple[IO[bytes], Saved]]:
    """The archive, examined, and open so that what is read from it is what was examined.

    ``largest``  bytes of its layers, unpacked. Raises BadArchive, OSError.
    """
    with path.open("rb") as file:
        yield file, examine(file, largest)


def examine(file: IO[bytes], largest: int = LARGEST) -> Saved:
    """Raises BadArchive for all but one image whose parts are what they are said to be."""
    _is_plain(file)
    parts = _parts(file)
    config, layers = _manifest(file, parts)
    said = _json(file, parts[config], config)
    digests = _diff_ids(said, len(layers))
    _matches_name(file, parts[config], config)
    count = Count(largest)
    for name, digest in zip(layers, digests, strict=True):
        _matches_name(file, parts[name], name)
        unpack(file, parts[name], digest, count)
    inside = tuple(parts[name] for name in layers)
    return Saved(parts[config], inside, said, _digest(file, parts[config]), count.size)


def _is_plain(file: IO[bytes]) -> None:
    begins = file.read(4)
    file.seek(0)
    if begins.startswith((layer.GZIP, layer.ZSTD, b"BZh", b"\xfd7zX")):
        raise BadArchive("is compressed; give it as `docker save` writes it (try `gunzip`)")


def _parts(file: IO[bytes]) -> dict[str, Part]:
    parts: dict[str, Part] = {}
    for count, entry in enumerate(tape.entries(file)):
        name = _plain_name(entry.name)
        if count > MOST_ENTRIES:
            raise BadArchive(f"has more than {MOST_ENTRIES:,} entries")
        if entry.kind == b"5":
            continue
        if entry.kind not in (b"0", b"\0"):
            raise BadArchive(f"{name}: is a link or a device; an image has files only")
        if b"path=" in entry.extended or name in parts:
            raise BadArchive(f"{name}: is there twice, or under two names")
        parts[name] = Part(file.tell(), entry.size)
    return parts


def _plain_name(name: str) -> str:
    shown = name[:80] if name.isprintable() else ascii(name[:80])
    plain = name.removeprefix("./").rstrip("/")
    if name.startswith("/") or ".." in name.split("/"):
        raise BadArchive(f"{shown}: leaves the archive")
    if plain and not _NAME.fullmatch(plain):
        raise BadArchive(f"{shown}: is not a name that an image has")
    return plain


def _manifest(file: IO[bytes], parts: Mapping[str, Part]) -> tuple[str, list[str]]:
    """Names of the configuration and of the layers, the lowest first."""
    if "manifest.json" not in parts:
        if "index.json" in parts or "oci-layout" in parts:
            why = "is an OCI layout without a manifest.json, which engines before 25 cannot load"
            raise BadArchive(f"{why}; `docker save` or `skopeo copy` to docker-archive", "DEN534")
        raise BadArchive("has no manifest.json, so it is not what `docker save` writes")
    found = _json(file, parts["manifest.json"], "manifest.json")
    if not isinstance(found, list) or len(found) != 1:
        raise BadArchive("should hold one image, no more and no less", "DEN532")
    config, layers = (
        (found[0].get("Config"), found[0].get("Layers"))
        if isinstance(found[0], dict)
        else (None, None)
    )
    if not isinstance(layers, list) or not 0 < len(layers) <= MOST_LAYERS:
        raise BadArchive(f"manifest.json: should have 1 to {MOST_LAYERS} layers")
    for name in (config, *layers):
        if not isinstance(name, str) or name not in parts:
            raise BadArchive("manifest.json: names a file that is not in the archive")
    return str(config), layers


def _diff_ids(said: object, layers: int) -> list[str]:
    """What each layer's unpacked content hashes to, as the configuration says."""
    rootfs = said.get("rootfs") if isinstance(said, dict) else None
    found = rootfs.get("diff_ids") if isinstance(rootfs, dict) else None
    if not isinstance(found, list) or len(found) != layers or not all(map(_is_digest, found)):
        raise BadArchive("its configuration does not say what its layers are", "DEN533")
    return found


def _is_digest(value: object) -> bool:
    return isinstance(value, str) and bool(re.fullmatch("sha256:[0-9a-f]{64}", value))


def _json(file: IO[bytes], part: Part, name: str) -> Any:
    if part.size > LARGEST_JSON:
        raise BadArchive(f"{name}: is larger than {LARGEST_JSON // 1024**2} MiB")
    file.seek(part.begin)
    try:
        return json.loads(file.read(part.size))
    except (ValueError, RecursionError):
        raise BadArchive(f"{name}: is not JSON") from None


def _matches_name(file: IO[bytes], part: Part, name: str) -> None:
    """A file named by a hash has to have it; in older archives a layer's folder only has one."""
    found = _DIGEST.search(name)
    if found and _digest(file, part) != found[1]:
        raise BadArchive(f"{name}: is not what its name says", "DEN533")


def _digest(file: IO[bytes], part: Part) -> str:
    digest = hashlib.sha256()
    for piece in pieces(file, part):
        digest.update(piece)
    return digest.hexdigest()
