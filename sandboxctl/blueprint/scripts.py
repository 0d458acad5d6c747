"""Whether the file that a command runs lies in the folder that the service is made from."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import islice
from pathlib import Path, PurePosixPath

from sandboxctl.blueprint import beneath
from sandboxctl.blueprint.model import Service
from sandboxctl.blueprint.problem import Key, Problem, near
from sandboxctl.errors import BlueprintError

APP = PurePosixPath("/app")
"""Where `source` lies in the container, and where its command runs."""

_INTERPRETER = re.compile(r"python(3(\.[0-9]+)?)?|node")
_NO_SCRIPT = re.compile(r"-[a-zA-Z]*[mcep]|--eval|--print")
_ENDS = frozenset([".py", ".js", ".mjs", ".cjs"])
_LATER = "node_modules"
_MOST = 200


def problems(service: Service, folder: Path, key: Key) -> Iterator[Problem]:
    """A missing script; ``folder`` is what `source` names, ``key`` leads to the service."""
    if PurePosixPath(service.working_dir or APP) != APP:
        return
    argv = (*(service.entrypoint or ()), *(service.command or ()))
    name = script(argv)
    if name is None or _is_there(folder, name) or _comes_later(APP / name, service):
        return
    where = "command" if name in (service.command or ()) else "entrypoint"
    meant = near(PurePosixPath(name).name, _alike(folder, PurePosixPath(name)))
    why = f"runs {name}, which is not in {service.source}{meant}"
    yield Problem((*key, where), why, code="DEN253")


def _is_there(folder: Path, name: str) -> bool:
    with suppress(BlueprintError):
        return beneath.located(beneath.real(folder), name).exists()
    return False


def _alike(folder: Path, name: PurePosixPath) -> list[str]:
    """Files of the same kind where it should be."""
    with suppress(BlueprintError):
        beside = beneath.located(beneath.real(folder), str(name.parent))
        return [path.name for path in islice(beside.glob(f"*{name.suffix}"), _MOST)]
    return []


def script(argv: Sequence[str]) -> str | None:
    """The relative path that python or node is told to run; None if that cannot be known."""
    if not argv or not _INTERPRETER.fullmatch(PurePosixPath(argv[0]).name):
        return None
    for word in argv[1:]:
        if _NO_SCRIPT.fullmatch(word):
            return None
        if not word.startswith("-"):
            path = PurePosixPath(word)
            outside = path.is_absolute() or ".." in path.parts
            return None if outside or path.suffix not in _ENDS else word
    return None


def _comes_later(path: PurePosixPath, service: Service) -> bool:
    """Whether something else than `source` may bring it: `files`, a writable folder, a package."""
    places = map(PurePosixPath, (*service.files, *service.writable, f"{APP}/{_LATER}"))
    return any(path.is_relative_to(place) for place in places)
