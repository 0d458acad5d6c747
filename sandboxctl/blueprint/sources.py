"""What a blueprint names on disk: it has to be there, and to lie beside the blueprint."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from sandboxctl.blueprint import (
    beneath,
    catalogue,
    folders,
    lockfile,
    real_data,
    requirements,
    scripts,
)
from sandboxctl.blueprint.model import Blueprint, Service
from sandboxctl.blueprint.problem import Key, Problem
from sandboxctl.errors import BlueprintError


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
            with suppress(BlueprintError):
                path = _inside(folder, name)
                if path.is_dir():
                    yield from (file for _, file in folders.files(path))
                elif not list(_file(name, folder, ())):
                    yield path


def _inside(folder: Path, name: str) -> Path:
    """``name`` below ``folder``; BlueprintError if it leaves it or is not there."""
    beneath.located(beneath.real(folder), name)
    return folder / name


def _file_options(service: Service) -> list[str]:
    if service.template is None or service.template not in catalogue.names():
        return []
    options = catalogue.template(service.template).with_
    return [
        name for name, option in options.items() if option.type == "file" and name in service.with_
    ]


def _source(service: Service, folder: Path, key: Key) -> Iterator[Problem]:
    source = service.source or ""
    try:
        path = _inside(folder, source)
    except BlueprintError as error:
        yield _problem(key, error)
        return
    if not path.is_dir():
        yield Problem(key, f"{source} is a file; give the folder that it is in", code="DEN412")
        return
    whole = list(_content(path, source, key))
    yield from whole or _runtime(service, path, key)


def _beside(source: str, folder: Path, key: Key) -> Iterator[Problem]:
    try:
        path = _inside(folder, source)
    except BlueprintError as error:
        yield _problem(key, error)
        return
    if path.is_dir():
        yield from _content(path, source, key)
    else:
        yield from _file(source, folder, key)


def _file(source: str, folder: Path, key: Key) -> Iterator[Problem]:
    try:
        with beneath.opened(beneath.real(folder), source):
            pass
    except BlueprintError as error:
        yield _problem(key, error)


def _script(service: Service, folder: Path, key: Key) -> Iterator[Problem]:
    try:
        path = _inside(folder, service.source or "")
    except BlueprintError:
        return
    yield from scripts.problems(service, path, key)


def _problem(key: Key, error: BlueprintError) -> Problem:
    return Problem(key, str(error), hint=error.hint, code=error.code)


def _content(path: Path, source: str, key: Key) -> Iterator[Problem]:
    try:
        for _ in folders.files(path):
            pass
    except BlueprintError as error:
        why = str(error).replace(str(path), source, 1)
        yield Problem(key, why, hint=error.hint, code=error.code)


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
    file = path / requirements.FILE
    if not file.is_file():
        return
    try:
        content = beneath.content(beneath.real(path), file.name, requirements.LARGEST)
    except BlueprintError as error:
        yield _problem(key, error)
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
