"""The files of `build:` and of archives: a Dockerfile line by line, an archive as a whole."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from sandboxctl.blueprint import beneath, folders, image_config, image_names
from sandboxctl.blueprint.archive.flaw import BadArchive
from sandboxctl.blueprint.archive.reading import LARGEST as LARGEST_ARCHIVE
from sandboxctl.blueprint.archive.reading import opened
from sandboxctl.blueprint.dockerfile.model import SCRATCH, Copy, Dockerfile
from sandboxctl.blueprint.dockerfile.reading import LARGEST, Allowed, read
from sandboxctl.blueprint.image_config import Rules
from sandboxctl.blueprint.model import Blueprint, Service
from sandboxctl.blueprint.problem import Key, Problem, failure
from sandboxctl.errors import BlueprintError

HINT = "docs/images.md says what a Dockerfile may have here, and what takes the place of the rest."


def problems(blueprint: Blueprint, folder: Path) -> Iterator[Problem]:
    """What is wrong with the Dockerfiles and archives that services name."""
    for name, service in blueprint.services.items():
        if service.build:
            yield from _build(blueprint, name, folder, ("services", name, "build"))
        if service.archive:
            yield from _archive(service, folder, ("services", name, "image", "archive"))


def asked(blueprint: Blueprint, name: str, folder: Path) -> tuple[Path, Dockerfile]:
    """The folder that a service is built from, and its Dockerfile.

    Raises BlueprintError with every flaw, as ``file:line: INSTRUCTION: why``.
    """
    found = list(_build(blueprint, name, folder, ("services", name, "build")))
    context, dockerfile = _paths(blueprint.services[name], folder)
    taken, _ = read(beneath.content(context, dockerfile, LARGEST), _allowed(blueprint, name))
    if found or taken is None:
        raise failure(str(folder), found)
    return context, taken


def unpinned(blueprint: Blueprint, folder: Path) -> list[str]:
    """Images whose tag may mean another one tomorrow, sorted; those of Dockerfiles too."""
    found = {service.pulled for service in blueprint.services.values()}
    built = [name for name, service in blueprint.services.items() if service.build]
    found |= {asked(blueprint, name, folder)[1].parent for name in built}
    return sorted(one for one in found - {"", SCRATCH} if not image_names.is_pinned(one))


def _build(blueprint: Blueprint, name: str, folder: Path, key: Key) -> Iterator[Problem]:
    try:
        context, dockerfile = _paths(blueprint.services[name], folder)
        names = [below for below, _ in folders.files(context)]
        content = beneath.content(context, dockerfile, LARGEST)
    except BlueprintError as error:
        why = str(error).replace(f"{beneath.real(folder)}/", "", 1)
        yield Problem(key, why, hint=error.hint, code=error.code or "DEN400")
        return
    taken, flaws = read(content, _allowed(blueprint, name))
    build = blueprint.services[name].build
    assert build is not None
    file = str(folder / build.context / dockerfile)
    for flaw in flaws:
        where = (flaw.word,) if flaw.word else ()
        yield Problem(where, flaw.why, flaw.line, file, HINT, code=flaw.code)
    for one in taken.instructions if taken else ():
        if isinstance(one, Copy):
            for source in one.sources:
                if not _is_there(source, names):
                    why = f"{source} is not in {build.context}"
                    yield Problem(("COPY",), why, None, file, HINT, code="DEN514")


def _paths(service: Service, folder: Path) -> tuple[Path, str]:
    """Where the folder really lies, and the name of the Dockerfile in it.

    BlueprintError where one is not beside the blueprint."""
    assert service.build is not None
    context = beneath.located(beneath.real(folder), service.build.context)
    if not context.is_dir():
        why = f"{service.build.context} is a file; give the folder that it is in"
        raise beneath.refused(why, "DEN412")
    beneath.located(context, service.build.dockerfile)
    return context, service.build.dockerfile


def _allowed(blueprint: Blueprint, name: str) -> Allowed:
    return Allowed(
        name, any(one.service == name and one.kind == "run" for one in blueprint.exceptions)
    )


def _is_there(source: str, names: list[str]) -> bool:
    """Whether a path or pattern of COPY has something, as an engine matches: part by part."""
    wanted = source.split("/")
    return source == "." or any(
        len(parts) >= len(wanted) and all(map(fnmatchcase, parts, wanted))
        for parts in (name.split("/") for name in names)
    )


def _said(service: Service, image: Mapping[str, Any], key: Key) -> Iterator[Problem]:
    """What an archive's image says of itself, as far as no engine has to be asked."""
    for code, why in image_config.refusals(image, Rules(LARGEST_ARCHIVE, "")):
        yield Problem(key, f"{service.archive} {why}", code=code)
    if not (service.command or service.entrypoint or image_config.has_command(image)):
        yield Problem(
            key, f"{service.archive} has no command, and the service names none", code="DEN546"
        )


def _archive(service: Service, folder: Path, key: Key) -> Iterator[Problem]:
    try:
        root = beneath.real(folder)
        with beneath.opened(root, service.archive):
            path = beneath.located(root, service.archive)
        with opened(path) as (_, saved):
            yield from _said(service, saved.image, key)
    except BadArchive as error:
        yield Problem(key, f"{service.archive} {error}", code=error.code)
    except BlueprintError as error:
        yield Problem(key, str(error), hint=error.hint, code=error.code)
