"""What a blueprint names on disk: it has to be there, and to lie beside the blueprint."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path, PurePosixPath

from sandboxctl.blueprint import catalogue, folders, lockfile, real_data, requirements, scripts
from sandboxctl.blueprint.model import Blueprint, Service
from sandboxctl.blueprint.problem import Key, Problem, near
from sandboxctl.errors import BlueprintError

LARGEST_REQUIREMENTS = 256 * 1024


def problems(blueprint: Blueprint, folder: Path) -> Iterator[Problem]:
    """What is wrong with `source`, `files` and the files that a template takes."""
    seen: set[str] = set()
    for name, service in blueprint.services.items():
        key: Key = ("services", name)
        if service.source is not None and service.source not in seen:
            yield from _source(service, folder, (*key, "source"))
            seen.add(service.source)
        yield from _script(service, folder, key)
        for target, source in service.files.items():
            yield from _beside(source, folder, (*key, "files", target))
        for option in _file_options(service):
            yield from _file(str(service.with_[option]), folder, (*key, "with", option))
    yield from real_data.problems(_brought(blueprint, folder))


def _brought(blueprint: Blueprint, folder: Path) -> Iterator[Path]:
    """Every file that services take from beside the blueprint; what cannot be taken is left out."""
    for service in blueprint.services.values():
        options = [str(service.with_[option]) for option in _file_options(service)]
        context = service.build.context if service.build else None
        for name in filter(None, (service.source, context, *service.files.values(), *options)):
            with suppress(ValueError, OSError, BlueprintError):
                path = inside(folder, name)
                if path.is_dir():
                    yield from (file for _, file in folders.files(path))
                else:
                    yield path


def inside(folder: Path, name: str) -> Path:
    """``name`` below ``folder``; ValueError if it is absolute, leaves it or is not there."""
    parts = PurePosixPath(name).parts
    if not name or "\\" in name or name.startswith(("/", "~")) or ".." in parts:
        raise ValueError(f"{name!r} should be a path beside the blueprint, such as ./web")
    path = folder / name
    if not Path(os.path.realpath(path)).is_relative_to(os.path.realpath(folder)):
        raise ValueError(f"{name} is a link that leads out of the blueprint's folder")
    if not path.exists():
        there = [entry.name for entry in path.parent.iterdir()] if path.parent.is_dir() else []
        raise ValueError(f"{name} is not there{near(path.name, there)}")
    return path


def _file_options(service: Service) -> list[str]:
    if service.template is None or service.template not in catalogue.names():
        return []
    options = catalogue.template(service.template).with_
    return [
        name for name, option in options.items() if option.type == "file" and name in service.with_
    ]


def _source(service: Service, folder: Path, key: Key) -> Iterator[Problem]:
    try:
        path = inside(folder, service.source or "")
        if not path.is_dir():
            raise ValueError(f"{service.source} is a file; give the folder that it is in")
    except (ValueError, OSError) as error:
        yield Problem(key, str(error))
        return
    yield from _content(path, service.source or "", key)
    yield from _runtime(service, path, key)


def _beside(source: str, folder: Path, key: Key) -> Iterator[Problem]:
    try:
        path = inside(folder, source)
    except (ValueError, OSError) as error:
        yield Problem(key, str(error))
        return
    if path.is_dir():
        yield from _content(path, source, key)
    elif not path.is_file():
        yield Problem(key, f"{source} is neither a file nor a folder")


def _file(source: str, folder: Path, key: Key) -> Iterator[Problem]:
    try:
        if not inside(folder, source).is_file():
            yield Problem(key, f"{source} is not a file")
    except (ValueError, OSError) as error:
        yield Problem(key, str(error))


def _script(service: Service, folder: Path, key: Key) -> Iterator[Problem]:
    try:
        path = inside(folder, service.source or "")
    except (ValueError, OSError):
        return
    yield from scripts.problems(service, path, key)


def _content(path: Path, source: str, key: Key) -> Iterator[Problem]:
    try:
        for _ in folders.files(path):
            pass
    except BlueprintError as error:
        yield Problem(key, str(error).replace(str(path), source, 1), hint=error.hint)


def _runtime(service: Service, path: Path, key: Key) -> Iterator[Problem]:
    """What the service's runtime wants of its folder."""
    match service.runtime:
        case "python":
            yield from _requirements(path, key)
        case "node":
            yield from _packages(path, key)
        case _:
            if not (path / "index.html").is_file():
                yield Problem(key, f"{service.source} has no index.html", code="DEN586")


def _requirements(path: Path, key: Key) -> Iterator[Problem]:
    file = path / "requirements.txt"
    if not file.is_file():
        return
    content = file.read_bytes()
    if len(content) > LARGEST_REQUIREMENTS:
        why = f"requirements.txt is larger than {LARGEST_REQUIREMENTS // 1024} KiB"
        yield Problem(key, why, code="DEN584")
        return
    _, found = requirements.parse(content.decode("utf-8", errors="replace"))
    for line, why in found:
        yield Problem((), why, line, file=str(file), hint=requirements.HINT, code="DEN584")


def _packages(path: Path, key: Key) -> Iterator[Problem]:
    if not (path / lockfile.MANIFEST).is_file():
        yield Problem(key, f"has no {lockfile.MANIFEST}", hint=lockfile.HINT, code="DEN586")
        return
    try:
        if lockfile.has_packages(path):
            lockfile.reduced(path)
    except BlueprintError as error:
        for why in str(error).splitlines():
            yield Problem(key, why, hint=error.hint, code=error.code)
