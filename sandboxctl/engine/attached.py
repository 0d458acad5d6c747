"""A command inside a service with a person at the other end."""

from __future__ import annotations

from collections.abc import Sequence

import docker

from sandboxctl.engine.streams import Stream
from sandboxctl.engine.translate import in_our_words


class Attached:
    """A command with a person at the other end."""

    def __init__(
        self, api: docker.APIClient, container: str, argv: Sequence[str], *, tty: bool
    ) -> None:
        with in_our_words(f"running {argv[0]}"):
            self._api = api
            self._id = api.exec_create(container, list(argv), stdin=True, tty=tty)["Id"]
            self.stream = Stream(api.exec_start(self._id, socket=True, tty=tty), framed=not tty)

    def resize(self, rows: int, columns: int) -> None:
        with in_our_words("resizing the terminal"):
            self._api.exec_resize(self._id, height=rows, width=columns)

    def status(self) -> int:
        """The exit status, once the stream has ended."""
        with in_our_words("asking how the command ended"):
            return int(self._api.exec_inspect(self._id)["ExitCode"] or 0)
