"""A registry on loopback, from Debian's package."""

from __future__ import annotations

import io
import time
from collections.abc import Iterator
from contextlib import contextmanager

import docker

REGISTRY = (
    "{version: 0.1, storage: {filesystem: {rootdirectory: /tmp/images}},"
    ' http: {addr: ":5000"}, log: {level: warn}}'
)


@contextmanager
def opened(api: docker.APIClient, base: str) -> Iterator[str]:
    """Its host and port; ``base`` is an image of Debian's."""
    lines = [
        f"FROM {base}",
        "RUN install-packages docker-registry",
        f"RUN echo '{REGISTRY}' > /r.yml",
    ]
    file = io.BytesIO("\n".join(lines).encode())
    events = list(api.build(fileobj=file, rm=True, forcerm=True, decode=True))
    image = next(event["aux"]["ID"] for event in events if "aux" in event)
    host = api.create_host_config(port_bindings={5000: ("127.0.0.1", None)})
    command = ["docker-registry", "serve", "/r.yml"]
    container = api.create_container(image, command=command, host_config=host, ports=[5000])["Id"]
    try:
        api.start(container)
        yield f"127.0.0.1:{api.port(container, 5000)[0]['HostPort']}"
    finally:
        api.remove_container(container, v=True, force=True)
        api.remove_image(image, force=True)


def push(api: docker.APIClient, source: str, name: str, tag: str) -> None:
    api.tag(source, name, tag)
    for attempt in range(50):
        events = list(api.push(name, tag, stream=True, decode=True))
        if not any("error" in event for event in events):
            break
        assert attempt < 49, events
        time.sleep(0.1)
    api.remove_image(f"{name}:{tag}")
