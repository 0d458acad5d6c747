"""Images in which data was carried over to a generation: they go with its container, or here."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from sandboxctl.sandbox import labels, names

if TYPE_CHECKING:
    from docker import APIClient

    from sandboxctl.sandbox.den import Den

CARRIED = "sandboxctl/carried"
RAW = ".raw"
"""Ends the tag of what is committed and still has to be freed of secrets."""
LISTED = 1.0
"""Seconds for which a list of images is good."""


class Carried:
    """Those of one den. May be called from many threads at once."""

    def __init__(self, api: APIClient, den: Den) -> None:
        self._api, self._den = api, den
        self._listing, self._listed_until = threading.Lock(), 0.0
        self._listed: Sequence[tuple[str, str, Sequence[str]]] = ()

    def forget(self, sandbox: str, generation: int) -> None:
        """Nothing stays of the data that was carried over to a generation of which no container
        is left: what was interrupted between the two would leave it for ever."""
        from docker.errors import APIError

        if generation == 1:  # there was nothing before it
            return
        for image, service, tags in self._all():
            mine = names.carried(self._den.name, sandbox, generation, service)
            if {mine, f"{mine}{RAW}"}.intersection(tags):
                with contextlib.suppress(APIError):  # somebody else was faster, or gave it a name
                    self._api.remove_image(image, force=True)

    def _all(self) -> Sequence[tuple[str, str, Sequence[str]]]:
        """Id, service and names of each, of any den.

        An engine takes a quarter of a second to list two hundred images, whatever the filter, and
        a workshop that closes asks for each team: so what was listed just now will do. What is
        carried over later in the same command has a container by then, which names it."""
        with self._listing:
            if time.monotonic() > self._listed_until:
                found = self._api.images(filters={"reference": f"{CARRIED}:*"})
                self._listed = [
                    (
                        one["Id"],
                        (one["Labels"] or {}).get(labels.SERVICE, ""),
                        one["RepoTags"] or (),
                    )
                    for one in found
                ]
                self._listed_until = time.monotonic() + LISTED
            return self._listed
