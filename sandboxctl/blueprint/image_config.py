"""What an image of a stranger says of itself, and whether a den takes it.

Overridden in every container, and so of no weight here: USER (a number, never root), VOLUME
(memory in its place), HEALTHCHECK, STOPSIGNAL, EXPOSE (nothing is published) and labels (emptied).
An image's own environment is its own affair: what LD_PRELOAD does, it does to itself.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sandboxctl.blueprint.forms import FOLDERS_OF_THE_KERNEL
from sandboxctl.errors import PolicyError

MOST_VOLUMES = 32
"""Each is a folder in memory, which counts towards `mem_limit` and takes a mount."""
LARGEST = 4 * 1024**3
"""Bytes of all layers, unpacked, unless a den says otherwise."""
LARGEST_CONFIG = 256 * 1024
"""Characters of all that an image says of itself, as JSON: the engine copies it for each
container, and shows all of it in a list."""

_COMPATIBLE = {"amd64": ("amd64", "386"), "arm64": ("arm64", "arm")}
_VARIABLE = re.compile(r"[^=\x00]+(=[^\x00]*)?", re.DOTALL)
_FOLDER = re.compile(r"(/[^/:,\x00-\x1f\x7f]+)+/?")


@dataclass(frozen=True, slots=True)
class Rules:
    """``largest`` bytes, unpacked; ``machine`` the processor as the engine calls it, empty while no
    engine was asked."""

    largest: int
    machine: str


def check(reference: str, image: Mapping[str, Any], rules: Rules) -> None:
    """``image`` is what the engine says of it. Raises PolicyError with all that is wrong."""
    found = list(refusals(image, rules))
    if found:
        raise PolicyError(
            f"{reference} {'; '.join(why for _, why in found)}",
            hint=f"Take another image, or have it mended; `sandboxctl explain {found[0][0]}`.",
            code=found[0][0],
        )


def has_command(image: Mapping[str, Any]) -> bool:
    """Whether a container of it would know what to run."""
    config = _config(image)
    return bool(config.get("Cmd") or config.get("Entrypoint"))


def refusals(image: Mapping[str, Any], rules: Rules) -> Iterator[tuple[str, str]]:
    """Code and reason of each thing for which it is not taken."""
    config = _config(image)
    size = int(image.get("Size") or 0)
    if size > rules.largest:
        mib, most = (f"{n // 1024**2:,} MiB" for n in (size, rules.largest))
        yield "DEN540", f"takes {mib}; this den takes images up to {most} (images.largest)"
    if config.get("OnBuild"):
        yield "DEN541", "has ONBUILD triggers, commands that would run in builds from it"
    yield from _platform(image, rules.machine)
    yield from _volumes(config.get("Volumes"))
    folder = config.get("WorkingDir") or "/"
    if not isinstance(folder, str) or _of_the_kernel(folder) or ".." in folder.split("/"):
        yield "DEN544", f"works in {_shown(folder)}, a folder that leads to the host's kernel"
    yield from _shape(config)
    if len(json.dumps(config)) > LARGEST_CONFIG:
        yield "DEN545", f"says more than {LARGEST_CONFIG // 1024} KiB of itself"


def _shape(config: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What engines stumble over: a command that is no list of words, a variable without a name."""
    for word in ("Cmd", "Entrypoint"):
        if not _is_words(config.get(word) or []):
            yield "DEN548", f"has a {word} that is no list of words"
    variables = config.get("Env") or []
    if not _is_words(variables) or not all(map(_VARIABLE.fullmatch, variables)):
        yield "DEN548", "has an environment that is no list of names and values"


def _is_words(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) for one in value)


def _config(image: Mapping[str, Any]) -> Mapping[str, Any]:
    config = image.get("Config")
    return config if isinstance(config, Mapping) else {}


def _platform(image: Mapping[str, Any], machine: str) -> Iterator[tuple[str, str]]:
    system, processor = image.get("Os") or "linux", image.get("Architecture") or machine
    if system != "linux" or (machine and processor not in _COMPATIBLE.get(machine, (machine,))):
        made = f"{_shown(system)}/{_shown(processor)}"
        yield "DEN542", f"is for {made}, and the engine for linux/{machine}"


def _volumes(declared: object) -> Iterator[tuple[str, str]]:
    names = list(declared) if isinstance(declared, Mapping) else []
    if len(names) > MOST_VOLUMES:
        yield "DEN543", f"has {len(names)} VOLUMEs; {MOST_VOLUMES} are the most"
    for name in names[:MOST_VOLUMES]:
        if not _FOLDER.fullmatch(name) or ".." in name.split("/") or _of_the_kernel(name):
            yield "DEN543", f"has a VOLUME {_shown(name)}, which is no folder of its own"
            return


def _of_the_kernel(path: str) -> bool:
    plain = f"/{path.strip('/')}/"
    return any(plain.startswith(f"{folder}/") for folder in FOLDERS_OF_THE_KERNEL)


def _shown(value: object) -> str:
    text = str(value)[:60]
    return text if text.isprintable() else ascii(text)
