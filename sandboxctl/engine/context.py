"""What a build is sent: one tar, the same for the same content, and nothing else is read."""

from __future__ import annotations

import io
import json
import os
import tarfile
import tempfile
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TypeAlias

from jinja2 import Environment, StrictUndefined

from sandboxctl.blueprint import beneath, certificates, folders
from sandboxctl.blueprint.images import EMPTY, TRUSTING, Build, template_files

Files: TypeAlias = Mapping[str, Path | str]
"""Files by relative path: where each is, or its text."""

IN_MEMORY = 16 * 1024 * 1024
"""Bytes of a context kept in memory; a larger one goes to a temporary file."""


class Context:
    """A build's tar: owners, times and modes are the same whoever made it."""

    def __init__(self, to: IO[bytes]) -> None:
        self._tar = tarfile.open(fileobj=to, mode="w", format=tarfile.PAX_FORMAT)  # noqa: SIM115
        self._folders: set[str] = set()

    def close(self) -> None:
        self._tar.close()

    def text(self, name: str, content: str, *, runs: bool = False) -> None:
        data = content.encode()
        self._tar.addfile(self._entry(name, len(data), runs=runs), io.BytesIO(data))

    def file(self, name: str, path: Path) -> None:
        """One of our own."""
        with path.open("rb") as content:
            self._open_file(name, content)

    def supplied(self, name: str, root: Path, inner: str) -> None:
        """One of a supplier's folder; ``root`` has no link in it."""
        with beneath.opened(root, inner) as content:
            self._open_file(name, content)

    def supplied_folder(self, name: str, root: Path) -> None:
        """All that counts of a supplier's folder."""
        self.folder(name)
        for inner, _ in folders.files(root):
            self.supplied(f"{name}/{inner}", root, inner)

    def _open_file(self, name: str, content: IO[bytes]) -> None:
        found = os.fstat(content.fileno())
        runs = bool(found.st_mode & 0o100)
        self._tar.addfile(self._entry(name, found.st_size, runs=runs), content)

    def folder(self, name: str, files: Files | None = None) -> None:
        """A folder, which is there even if nothing is in it, and its files by path within it."""
        self._parents(f"{name}/-")
        for inner, content in (files or {}).items():
            match content:
                case str():
                    self.text(f"{name}/{inner}", content)
                case Path():
                    self.file(f"{name}/{inner}", content)

    def _entry(self, name: str, size: int, *, runs: bool) -> tarfile.TarInfo:
        self._parents(name)
        entry = tarfile.TarInfo(name)
        entry.size, entry.mode = size, 0o755 if runs else 0o644
        return entry

    def _parents(self, name: str) -> None:
        for parent in reversed([str(p) for p in Path(name).parents if p.name]):
            if parent not in self._folders:
                self._folders.add(parent)
                entry = tarfile.TarInfo(parent)
                entry.type, entry.mode = tarfile.DIRTYPE, 0o755
                self._tar.addfile(entry)


@contextmanager
def of(
    build: Build, parent: str, extra: Mapping[str, Files], kept: Collection[str] = ()
) -> Iterator[IO[bytes]]:
    """The tar of a build that starts from ``parent``, open for reading.

    ``extra``  folders that were fetched for it, such as its packages: name → relative path → file.
    ``kept``   those of its writable folders that ``parent`` has already.
    """
    with tempfile.SpooledTemporaryFile(max_size=IN_MEMORY) as content:
        context = Context(content)
        facts = {**_facts(build, extra), "parent": parent, "kept": [(p, p) for p in sorted(kept)]}
        _template(context, build, facts)
        if build.template in TRUSTING:
            context.folder("trust")
            for number, certificate in enumerate(certificates.extra()):
                context.text(f"trust/extra-{number}.crt", certificate)
        if build.folder:
            context.supplied_folder("app", Path(build.folder))
        for number, (target, source) in enumerate(build.files):
            _one_of_files(context, number, target, Path(source) if source else None)
        for name, files in extra.items():
            context.folder(name, files)
        context.close()
        content.seek(0)
        yield content


def _facts(build: Build, extra: Mapping[str, Files]) -> dict[str, object]:
    fetched = {name: name in extra for name in ("packages", "modules")}
    return {**dict(build.facts), **fetched, **_copied(build), "steps": build.steps}


def _copied(build: Build) -> dict[str, object]:
    return {"copies": _copies(build), "empty": _empty(build)}


def _template(context: Context, build: Build, facts: Mapping[str, object]) -> None:
    jinja = Environment(undefined=StrictUndefined, trim_blocks=True, keep_trailing_newline=True)
    jinja.filters["dockerfile"] = _quoted
    for name, path in template_files(build.template).items():
        if name == "Dockerfile" or name.endswith(".j2"):
            text = jinja.from_string(path.read_text(encoding="utf-8")).render(facts)
            context.text(name.removesuffix(".j2"), text)
        else:
            context.file(name, path)


def _copies(build: Build) -> list[tuple[str, str, bool]]:
    """Source and target of each COPY, and whether that is in a writable folder. A file keeps its
    name, so the target is its folder: a COPY to an existing folder's name would put it inside."""
    writable = tuple(f"{target}/" for target, source in build.files if source == EMPTY)
    copies = []
    for number, (target, source) in enumerate(build.files):
        if source != EMPTY:
            folder = target if Path(source).is_dir() else target.rpartition("/")[0]
            is_writable = f"{target}/".startswith(writable)
            copies.append((f"files/{number}/", f"{folder}/", is_writable))
    return copies


def _empty(build: Build) -> list[tuple[str, str]]:
    """Source and target of each folder with nothing in it. What is copied is a folder that holds
    the empty one: so its owner changes too where the parent has it already."""
    return [
        (f"files/{number}/", f"{target.rpartition('/')[0]}/")
        for number, (target, source) in enumerate(build.files)
        if source == EMPTY
    ]


def _one_of_files(context: Context, number: int, target: str, source: Path | None) -> None:
    name = f"files/{number}/{target.rpartition('/')[2]}"
    if source is None:
        context.folder(name)
    elif source.is_dir():
        context.supplied_folder(f"files/{number}", source)
    else:
        context.supplied(name, source.parent, source.name)


def _quoted(words: list[str]) -> str:
    """Words of a Dockerfile's instruction in its JSON form, where only variables are expanded."""
    return json.dumps(words).replace("$", "\\\\$")
