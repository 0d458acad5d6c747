"""Archives as `docker save` writes them, honest and otherwise."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import tarfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


def tar(files: Mapping[str, bytes], **more: Any) -> bytes:
    """``more``  attributes of every entry."""
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w") as archive:
        for name, data in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            for attribute, value in more.items():
                setattr(entry, attribute, value)
            archive.addfile(entry, io.BytesIO(data))
    return content.getvalue()


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


@dataclass
class Image:
    """One image, changed where a test wants it changed; `files` is what the archive holds."""

    layers: list[bytes] = field(default_factory=lambda: [tar({"hello": b"hello\n"})])
    config: dict[str, Any] = field(default_factory=lambda: {"Cmd": ["/hello"]})
    packed: bool = False
    names: list[str] = field(default_factory=lambda: ["redis:7"])
    more: dict[str, Any] = field(default_factory=dict)

    @property
    def said(self) -> dict[str, Any]:
        ids = [f"sha256:{digest(layer)}" for layer in self.layers]
        whole = {"architecture": "amd64", "os": "linux", "config": self.config}
        return {**whole, "rootfs": {"type": "layers", "diff_ids": ids}, **self.more}

    @property
    def files(self) -> dict[str, bytes]:
        config = json.dumps(self.said).encode()
        names = [f"{number}/layer.tar" for number in range(len(self.layers))]
        layers = [gzip.compress(one) if self.packed else one for one in self.layers]
        of = {"Config": f"{digest(config)}.json", "RepoTags": self.names, "Layers": names}
        return {
            f"{digest(config)}.json": config,
            **dict(zip(names, layers, strict=True)),
            "manifest.json": json.dumps([of]).encode(),
        }


def written(path: Path, files: Mapping[str, bytes]) -> Path:
    path.write_bytes(tar(files))
    return path
