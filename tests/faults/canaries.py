"""What stands beside a den and must stay as it is: objects of others, a port and a file."""

from __future__ import annotations

import secrets
import socket
import tempfile
import threading
from pathlib import Path
from typing import Any, Self

import docker


class Canaries:
    """A container, a network and a volume of somebody else, with labels that look like ours; a
    listener of the host that nobody may call; a file that nobody may write."""

    def __init__(self, api: docker.APIClient) -> None:
        self._api, self._name = api, f"canary-{secrets.token_hex(4)}"
        self._folder = tempfile.TemporaryDirectory()
        self._file = Path(self._folder.name) / "canary"
        self._file.write_text("as it was")
        self._door = socket.create_server(("0.0.0.0", 0))
        self._heard = 0
        self._listener = threading.Thread(target=self._listen, daemon=True)

    def __enter__(self) -> Self:
        image = next(
            tag
            for one in self._api.images()
            for tag in one["RepoTags"] or ()
            if tag.startswith("sandboxctl/base:")
        )
        marks = {"org.sandboxctl.sandbox": "demo", "org.sandboxctl.install": "0" * 32}
        self._api.create_volume(self._name, labels=marks)
        self._network = self._api.create_network(self._name, internal=True, labels=marks)["Id"]
        self._container = self._api.create_container(
            image, ["sleep", "86400"], name=self._name, labels=marks, network_disabled=True
        )["Id"]
        self._api.start(self._container)
        self._before = self._looked()
        self._listener.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._door.shutdown(socket.SHUT_RDWR)
        self._door.close()
        self._listener.join()
        self._api.remove_container(self._container, force=True)
        self._api.remove_network(self._network)
        self._api.remove_volume(self._name)
        self._folder.cleanup()

    def look_again(self) -> None:
        """What happened to them until now was meant."""
        self._before = self._looked()

    def touched(self) -> list[str]:
        """What is not as it was."""
        found = [
            f"the canary's {what}" for what, was in self._before.items() if self._is(what) != was
        ]
        return [*found, *([f"the host was called {self._heard} times"] if self._heard else [])]

    def _is(self, what: str) -> Any:
        return self._looked().get(what)

    def _looked(self) -> dict[str, Any]:
        seen = self._api.inspect_container(self._container)
        return {
            "container": (seen["Id"], seen["State"]["StartedAt"], seen["State"]["Status"]),
            "network": self._api.inspect_network(self._network)["Id"],
            "volume": self._api.inspect_volume(self._name)["CreatedAt"],
            "file": (self._file.read_text(), self._file.stat().st_mtime_ns),
        }

    def _listen(self) -> None:
        try:
            while True:
                near, _ = self._door.accept()
                self._heard += 1
                near.close()
        except OSError:
            return
