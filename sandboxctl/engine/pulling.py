"""One image on its way from a registry: counted while it comes, and stopped when it is too much."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any

from sandboxctl.engine.disk import Disk
from sandboxctl.errors import EngineError, PolicyError

if TYPE_CHECKING:
    from docker import APIClient
    from requests import Response

UNPACKED = 3
"""How many times larger than it comes an image may be expected to become on disk."""


def fetched(
    api: APIClient, reference: str, largest: int, refused: Callable[[str, str], EngineError]
) -> Generator[str, None, None]:
    """Fetch an image; what to tell meanwhile.

    ``largest``  bytes; ``refused`` puts what an engine or registry says into our words.
    Raises PolicyError for one that is larger, EngineError for all else. When it is left, the
    connection is closed, and with it the engine gives up: the layers go when the next one comes.
    """
    from docker.utils.json_stream import json_stream

    disk = Disk(api, largest)
    sizes = _Sizes(reference, largest, disk)
    with _asked(api, reference) as answer:
        if not answer.ok:
            raise refused(reference, answer.text)
        events: Iterator[Any] = json_stream(answer.iter_content(None))
        for event in events:
            if "error" in event:
                raise refused(reference, str(event["error"]))
            disk.look(reference)
            sizes.add(event)
            yield from sizes.news(event)


@contextmanager
def _asked(api: APIClient, reference: str) -> Iterator[Response]:
    from docker import auth
    from docker.utils import parse_repository_tag

    repository, tag = parse_repository_tag(reference)
    registry, _ = auth.resolve_repository_name(repository)
    header = auth.get_config_header(api, registry)
    url = f"{api.base_url}/v{api.api_version}/images/create"
    params = {"fromImage": repository, "tag": tag or "latest"}
    headers = {"X-Registry-Auth": header} if header else {}
    with closing(
        api.post(url, params=params, headers=headers, stream=True, timeout=api.timeout)
    ) as answer:
        yield answer


class _Sizes:
    """What is known of a pull's layers by their events."""

    def __init__(self, reference: str, largest: int, disk: Disk) -> None:
        self._reference, self._largest, self._disk = reference, largest, disk
        self._announced: set[str] = set()
        self._done: set[str] = set()
        self._totals: dict[str, int] = {}

    def add(self, event: Mapping[str, Any]) -> None:
        """Raises PolicyError once the layers that are known of are too much."""
        layer, status = event.get("id", ""), event.get("status", "")
        if status in ("Pulling fs layer", "Pull complete", "Already exists"):
            self._announced.add(layer)
        if status in ("Pull complete", "Already exists"):
            self._done.add(layer)
        if status == "Downloading":
            total = int((event.get("progressDetail") or {}).get("total") or 0)
            if total > self._totals.get(layer, 0):
                self._totals[layer] = total
                self._weigh(self._totals.values())

    def _weigh(self, sizes: Iterable[int]) -> None:
        known = sum(sizes)
        if known > self._largest:
            raise too_large(self._reference, known, self._largest)
        self._disk.needs(known * UNPACKED, self._reference)

    def news(self, event: Mapping[str, Any]) -> Iterator[str]:
        if event.get("status") in ("Pull complete", "Already exists"):
            yield f"{len(self._done)} of {len(self._announced)} layers"


def too_large(reference: str, size: int, largest: int) -> PolicyError:
    mib, most = (f"{n / 1024**2:,.0f} MiB" for n in (size, largest))
    return PolicyError(
        f"{reference}: has at least {mib} to fetch; this den takes images up to {most}",
        hint="Take a smaller one, or raise it: `sandboxctl den --set images.largest=8g`.",
        code="DEN540",
    )
