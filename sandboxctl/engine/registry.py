"""Images of others: from a registry, with the credentials that Docker has stored, and in words."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import closing, suppress
from typing import TYPE_CHECKING, Any

from sandboxctl.blueprint import image_config
from sandboxctl.blueprint.image_config import LARGEST, Rules
from sandboxctl.engine import pulling
from sandboxctl.engine.translate import in_our_words
from sandboxctl.errors import EngineError, PolicyError

if TYPE_CHECKING:
    from docker import APIClient

FAST = 10.0
"""Seconds a registry has to say whether it has an image, where there is another way to get it."""

Note = Callable[[str], None]

_WHY = (
    (
        r"toomanyrequests|rate limit",
        "the registry says you asked too often",
        "Log in (`docker login`), wait, or set images.registry to a mirror: `sandboxctl den`.",
    ),
    (
        r"x509|certificate",
        "the registry's certificate is not trusted by the engine",
        "Add its authority under /etc/docker/certs.d on the engine's machine.",
    ),
    (
        r"HTTP response to HTTPS",
        "the registry speaks plain HTTP",
        "List it under `insecure-registries` of the engine, if that is meant.",
    ),
    (
        r"no such host|dial tcp|i/o timeout|connection refused|network is unreachable"
        r"|Client\.Timeout|TLS handshake timeout|context deadline|connection reset|EOF",
        "the registry cannot be reached",
        "Is the engine online? A mirror is set with `sandboxctl den`, images.registry.",
    ),
    (
        r"no matching manifest",
        "there is none for the engine's kind of processor",
        "Choose another tag.",
    ),
    (
        r"manifest unknown|manifest for .* not found",
        "there is no such tag",
        "Look for a typing mistake in the tag.",
    ),
    (
        r"unauthorized|authentication required|no basic auth",
        "the registry refuses it to you",
        "Log in to it with `docker login`, then try again.",
    ),
    (
        r"denied|not exist|name unknown|404|not found",
        "there is no such image, or it is not for you",
        "Look for a typing mistake; if it is private, `docker login` first.",
    ),
    (
        r"no space left",
        "the engine's disk is full",
        "`sandboxctl image prune` makes room.",
    ),
    (
        r"invalid reference|invalid tag",
        "that is not a name of an image",
        "Write it as name:tag or name@sha256:…",
    ),
)
"""What engines and registries say, in our words, and what to do; the first that fits."""


def present(api: APIClient, reference: str) -> bool:
    from docker.errors import ImageNotFound

    with in_our_words(f"looking for {reference}"):
        try:
            api.inspect_image(reference)  # type: ignore[no-untyped-call]
        except ImageNotFound:
            return False
    return True


def pull(api: APIClient, reference: str, note: Note, largest: int = LARGEST) -> None:
    """Fetch an image of at most ``largest`` bytes, unpacked.

    Raises EngineError: a wrong name, the network, or the registry refuses; PolicyError for an
    image that a den does not take, of which nothing stays.
    """
    from docker.errors import APIError

    there = _known(api, reference)
    with closing(pulling.fetched(api, reference, largest, refused)) as news:
        for words in news:
            note(f"{reference}: {words}")
    try:
        image_config.check(reference, inspected(api, reference), rules(api, largest))
    except PolicyError:
        if not there:
            with suppress(APIError):  # a container of somebody else's may run from it by now
                api.remove_image(reference)
        raise


def _known(api: APIClient, reference: str) -> bool:
    """Whether it was there before; what is no name at all is said by the pull, in better words."""
    try:
        return present(api, reference)
    except EngineError:
        return False


def rules(api: APIClient, largest: int) -> Rules:
    """What images of others have to keep to on this engine."""
    return Rules(largest, str(api.version()["Arch"]))


def inspected(api: APIClient, reference: str) -> dict[str, Any]:
    """What the engine says of an image."""
    found: dict[str, Any] = api.inspect_image(reference)  # type: ignore[no-untyped-call]  # the stubs lack it
    return found


def obtain(
    api: APIClient, reference: str, mirror: str, note: Note, largest: int = LARGEST
) -> tuple[str | None, list[str]]:
    """The name under which an image is there now, tried in the mirror first; and why it is not.

    Fails within FAST seconds for each registry that does not answer.
    """
    if present(api, reference):
        return reference, []
    why: list[str] = []
    for name in (f"{mirror.rstrip('/')}/{reference}",) * bool(mirror) + (reference,):
        try:
            if not present(api, name):
                _ask(api, name)
                pull(api, name, note, largest)
        except EngineError as problem:
            why.append(str(problem))
        else:
            return name, why
    return None, why


def _ask(api: APIClient, reference: str) -> None:
    """Whether a registry has it, soon: a pull would go on trying for a minute."""
    from docker import auth
    from requests import RequestException

    registry, _ = auth.resolve_repository_name(reference)
    header = auth.get_config_header(api, registry)
    url = f"{api.base_url}/v{api.api_version}/distribution/{reference}/json"
    try:
        headers = {"X-Registry-Auth": header} if header else {}
        answer = api.get(url, headers=headers, timeout=FAST)
    except RequestException:
        raise EngineError(
            f"{reference}: no answer in {FAST:.0f} s", hint="Is the engine online?"
        ) from None
    if not answer.ok:
        raise refused(reference, answer.text)


def refused(reference: str, said: str) -> EngineError:
    for sign, why, hint in _WHY:
        if re.search(sign, said, re.IGNORECASE):
            return EngineError(f"{reference}: {why}", hint=hint)
    return EngineError(
        f"{reference}: {said.strip()[:300]}",
        hint="`sandboxctl doctor` looks for the usual reasons.",
    )
