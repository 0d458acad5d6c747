"""An image kept from a container, without a trace of what that container was given.

A commit writes the container's own configuration, environment and all, into the image beside the
one that is asked for (`ContainerConfig`), and nothing takes it out of there again. So the image is
described anew over the same layers, and the first one removed. Source: Docker Engine API 1.41,
`POST /images/load`: a layer that is there already need not be sent.
"""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
from collections.abc import Collection, Mapping
from typing import Any

import docker
from docker.errors import APIError

from sandboxctl.errors import EngineError


def scrubbed(api: docker.APIClient, image: str, tag: str, values: Collection[str]) -> None:
    """Give ``tag`` to a copy of ``image`` in which none of ``values`` stands; ``image`` goes.

    EngineError, with nothing kept, where an engine cannot."""
    seen: Mapping[str, Any] = api.inspect_image(image)  # type: ignore[no-untyped-call]  # stubs
    try:
        for told in api.load_image(_packed(_described(seen), tag)):  # type: ignore[no-untyped-call]
            if "error" in told:
                raise EngineError(told["error"], hint="")
        copy: Mapping[str, Any] = api.inspect_image(tag)  # type: ignore[no-untyped-call]  # stubs
        if _tells(copy, values) or _tells(api.history(tag), values):  # type: ignore[no-untyped-call]
            api.remove_image(tag, force=True)
            raise EngineError("a value stands in it still", hint="")
    except (APIError, EngineError) as problem:
        raise EngineError(
            f"{tag} could not be kept without the secrets of its service: {problem}",
            hint="Nothing was kept. `sandboxctl reset` goes on without the data.",
            code="DEN851",
        ) from None
    finally:
        api.remove_image(image, force=True)


def _described(seen: Mapping[str, Any]) -> bytes:
    """The image's configuration: all that a container needs, and nothing of where it came from.

    An empty variable was blanked by the commit; it is left out."""
    config = {key: value for key, value in seen["Config"].items() if value}
    config["Env"] = [pair for pair in config.get("Env") or () if not pair.endswith("=")]
    layers = seen["RootFS"]["Layers"]
    told = {
        "architecture": seen["Architecture"],
        "os": seen["Os"],
        "created": seen["Created"],
        "config": config,
        "rootfs": {"type": "layers", "diff_ids": layers},
        "history": [{"created": seen["Created"], "created_by": "sandboxctl"} for _ in layers],
    }
    return json.dumps(told, sort_keys=True).encode()


def _packed(config: bytes, tag: str) -> bytes:
    """An archive that names the layers and holds none of them."""
    name = f"{hashlib.sha256(config).hexdigest()}.json"
    layers = [f"{n}/layer.tar" for n in range(len(json.loads(config)["rootfs"]["diff_ids"]))]
    manifest = json.dumps([{"Config": name, "RepoTags": [tag], "Layers": layers}]).encode()
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        for path, data in ((name, config), ("manifest.json", manifest)):
            entry = tarfile.TarInfo(path)
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
    return packed.getvalue()


def _tells(found: object, values: Collection[str]) -> bool:
    text = json.dumps(found, ensure_ascii=False)
    return any(json.dumps(value, ensure_ascii=False)[1:-1] in text for value in values)
