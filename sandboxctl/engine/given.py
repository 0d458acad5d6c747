"""The secrets that containers were given: known by a label with their names, so that they can be
masked even while the den's state cannot be read."""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Iterable, Mapping
from typing import Any

import docker
from docker.errors import NotFound

from sandboxctl.engine.translate import in_our_words
from sandboxctl.errors import SandboxError
from sandboxctl.sandbox import labels, names
from sandboxctl.sandbox.den import Den
from sandboxctl.sandbox.masking import Mask
from sandboxctl.sandbox.state import Generation


def given(seen: Mapping[str, Any]) -> dict[str, str]:
    """Name and value of each secret of a container that was inspected."""
    marks = seen["Config"]["Labels"] or {}
    secret = (marks.get(labels.SECRETS) or "").split(",")
    pairs = dict(pair.split("=", 1) for pair in seen["Config"]["Env"] or () if "=" in pair)
    return {name: pairs[name] for name in secret if pairs.get(name)}


def asked(
    api: docker.APIClient, den: Den, sandbox: str, live: Generation | None, wanted: Collection[str]
) -> dict[str, str]:
    """Values of these variables, as the services of a generation were given them, or what is kept
    beside those."""
    values: dict[str, str] = {}
    if live is None:
        return values
    for service in (*(f"{one}{names.ASIDE}" for one in live.beside), *live.services):
        called = names.container(den.name, live.home or sandbox, live.number, service)
        looking = in_our_words(f"looking at what {sandbox} was given")
        with looking, contextlib.suppress(NotFound):  # it is just coming back
            pairs = api.inspect_container(called)["Config"]["Env"] or ()
            found = dict(pair.split("=", 1) for pair in pairs if "=" in pair)
            values |= {name: found[name] for name in wanted if name in found}
    return values


def of_sandbox(api: docker.APIClient, marks: Iterable[str]) -> dict[str, list[str]]:
    """Every value that a container with all these labels was given, by the secret's name; two
    generations have different ones."""
    values: dict[str, list[str]] = {}
    with in_our_words("looking for what has to be masked"):
        for one in api.containers(all=True, filters={"label": list(marks)}):
            if not (one["Labels"] or {}).get(labels.SECRETS):
                continue
            with contextlib.suppress(NotFound):  # just removed
                for name, value in given(api.inspect_container(one["Id"])).items():
                    values.setdefault(name, []).append(value)
    return values


def mask(api: docker.APIClient, container: str) -> Mask:
    """What hides the secrets of a container and of all its peers, for its logs tell of both.

    Where nobody can say what they are, EngineError: then nothing may be shown."""
    with in_our_words("looking for what has to be masked"):
        try:
            seen = api.inspect_container(container)
        except NotFound:
            return Mask({})
    told = seen["Config"]["Labels"] or {}
    keys = (labels.DEN, labels.SANDBOX)
    return Mask(of_sandbox(api, [f"{key}={told.get(key, '')}" for key in keys]))


def masked(api: docker.APIClient, container: str, lines: Iterable[str]) -> list[str]:
    """The same for a few lines of an error; none of them where the engine is away."""
    try:
        return [line for _, line in mask(api, container).lines(("", line) for line in lines)]
    except SandboxError:
        return []
