"""Which images of ours a blueprint needs, each named by the hash of all that goes into it.

A template is a folder with a Dockerfile. What its Dockerfile starts from is shared by many images
and so is an image of its own: the template's ``parent/`` folder, or the base.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from sandboxctl.blueprint import beneath, certificates, folders, lockfile
from sandboxctl.blueprint.dockerfile.model import Dockerfile
from sandboxctl.blueprint.image_names import REPOSITORY as REPOSITORY
from sandboxctl.blueprint.templates import bundled
from sandboxctl.errors import BlueprintError

BASE = "images/base"
FILES = "images/files"
DOCKERFILE = "images/dockerfile"
ARCHIVE = "images/archive"
ARCHIVE_FILE = "archive"
"""What the archive is called among the files of its build."""
NODE_BUILDER = "runtimes/node/builder"
PYTHON_VERSION = "runtimes/python/version"
DEFAULT_PYTHON = "3.11"
"""What Debian bookworm has; another one comes from a registry."""

EMPTY = ""
"""In place of a host path: a folder with nothing in it."""

TRUSTING = frozenset({BASE, PYTHON_VERSION})
"""Templates that copy the host's extra certificate authorities."""

_DEBIAN = re.compile(r"debian:(12|bookworm)(-slim)?")
_FACT = re.compile(r"([A-Za-z0-9_/][A-Za-z0-9_./:@-]{0,199})?")


@dataclass(frozen=True, slots=True)
class Build:
    """One image of ours to make. The tag carries the hash of all that goes in, so a tag that is
    there is right.

    ``tag``       ``sandboxctl/<kind>:<12 hex>``
    ``template``  a folder under ``templates/``: images/base, runtimes/python, services/postgres …
    ``parent``    the tag it starts from; "" for the base
    ``folder``    the supplier's folder, absolute
    ``files``     container path → absolute host path, for the `files:` of a blueprint
    ``facts``     values for the Dockerfile's template
    ``steps``     lines of a supplier's Dockerfile, as we wrote them
    """

    tag: str
    template: str
    parent: str = ""
    folder: str = ""
    files: tuple[tuple[str, str], ...] = ()
    facts: tuple[tuple[str, str], ...] = ()
    steps: tuple[str, ...] = ()

    @property
    def kind(self) -> str:
        return self.tag.removeprefix(f"{REPOSITORY}/").partition(":")[0]

    @property
    def runs(self) -> tuple[str, ...]:
        """Commands of the supplier's that making it would run."""
        return tuple(step for step in self.steps if step.startswith("RUN "))

    @property
    def key(self) -> str:
        return self.tag.rpartition(":")[2]


def base() -> Build:
    """Debian with the certificates this host trusts: what all images of ours start from."""
    return of(BASE, "")


def of(
    template: str,
    parent: str,
    *,
    folder: str = "",
    files: Iterable[tuple[str, str]] = (),
    facts: Mapping[str, str] | None = None,
    steps: Iterable[str] = (),
) -> Build:
    """One image from a template. Raises BlueprintError for a fact that could pass for a command."""
    given = dict(facts or {}) | ({"trust": certificates.digest()} if template in TRUSTING else {})
    for name, value in given.items():
        if not _FACT.fullmatch(value):
            raise BlueprintError(
                f"{template}: {name}: {value!r} cannot be part of an image",
                hint="Letters, digits and _ - . : / @ only, not starting with a dash.",
                code="DEN583",
            )
    known = tuple(sorted(given.items()))
    build = Build("", template, parent, folder, tuple(files), known, tuple(steps))
    kind = template.partition("/")[2].replace("/", "-")
    return replace(build, tag=f"{REPOSITORY}/{kind}:{_key(build)}")


def chain(
    template: str, *, folder: str = "", facts: Mapping[str, str] | None = None
) -> tuple[Build, ...]:
    """An image and all that it starts from, parents first."""
    shared = f"{template}/parent"
    ground = chain(shared) if (bundled("templates") / shared).is_dir() else (base(),)
    return (*ground, of(template, ground[-1].tag, folder=folder, facts=facts))


def app(runtime: str, folder: str, *, python: str = "", spa: bool = False) -> tuple[Build, ...]:
    """The image of a supplier's folder on a runtime, and all that it starts from, parents first.

    Raises BlueprintError when a node folder's packages are not locked.
    """
    match runtime:
        case "python":
            return _python(folder, python or DEFAULT_PYTHON)
        case "node":
            return _node(folder)
        case _:
            return chain(f"runtimes/{runtime}", folder=folder, facts={"spa": str(spa).lower()})


def with_files(
    parent: str, files: Mapping[str, str], *, writable: Iterable[str] = (), user: str = ""
) -> Build:
    """An image with a blueprint's `files:` in it (container path → absolute host path), and with
    its `writable:` folders, empty if the parent does not have them, owned with all that is in them
    by ``user`` (``uid`` or ``uid:gid``; empty: whoever the parent runs as).

    The parent's name is part of the key, not its content: give a digest where that matters.
    """
    empty = [(path, EMPTY) for path in sorted(writable)]
    return of(FILES, parent, files=[*sorted(files.items()), *empty], facts={"owner": user})


def from_dockerfile(folder: str, asked: Dockerfile) -> Build:
    """The image of a supplier's folder and Dockerfile. Its parent's name is part of the key: one
    with a digest means the same for ever."""
    return of(DOCKERFILE, asked.parent, folder=folder, steps=asked.steps("app/"))


def from_archive(path: str) -> Build:
    """The image in an archive, named by the archive's hash."""
    return of(ARCHIVE, "", files=[(ARCHIVE_FILE, path)])


def is_debian(reference: str) -> bool:
    """Whether it is the Debian that the base starts from, by a name anybody may use for it."""
    return bool(_DEBIAN.fullmatch(reference))


def _python(folder: str, version: str) -> tuple[Build, ...]:
    packages = "dist-packages" if version == DEFAULT_PYTHON else "site-packages"
    facts = {"python": version, "site": f"/usr/local/lib/python{version}/{packages}"}
    if version == DEFAULT_PYTHON:
        return chain("runtimes/python", folder=folder, facts=facts)
    ground = of(PYTHON_VERSION, f"python:{version}-slim")
    return (ground, of("runtimes/python", ground.tag, folder=folder, facts=facts))


def _node(folder: str) -> tuple[Build, ...]:
    *ground, runtime = chain("runtimes/node/parent")
    if not lockfile.has_packages(Path(folder)):
        app = of("runtimes/node", runtime.tag, folder=folder, facts={"runtime": runtime.tag})
        return (*ground, runtime, app)
    builder = of(NODE_BUILDER, runtime.tag)
    app = of("runtimes/node", builder.tag, folder=folder, facts={"runtime": runtime.tag})
    return (*ground, runtime, builder, app)


def _key(build: Build) -> str:
    return content(build)[:12]


def content(build: Build) -> str:
    """The SHA-256 of all that goes into an image, but for what its parent brings."""
    parts = [
        template_digest(build.template),
        repr(build.template),
        repr(build.parent),
        repr(build.facts),
        *build.steps,
    ]
    if build.folder:
        parts.append(folders.digest(Path(build.folder)))
    parts += [f"{target} {_content(source)}" for target, source in build.files]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _content(source: str) -> str:
    if source == EMPTY:
        return "empty"
    path = Path(source)
    return folders.digest(path) if path.is_dir() else beneath.digest(path.parent, path.name)


def template_files(template: str) -> dict[str, Path]:
    """A template's own files by relative path; a folder with a Dockerfile is another template."""
    root = bundled("templates") / template
    found: dict[str, Path] = {}
    for path in sorted(root.rglob("*")):
        inner = path.relative_to(root).parents
        if path.is_file() and not any((root / f / "Dockerfile").is_file() for f in inner if f.name):
            found[path.relative_to(root).as_posix()] = path
    return found


def template_digest(template: str) -> str:
    """Changes when anything changes that the template brings, modes included."""
    whole = hashlib.sha256()
    for name, path in template_files(template).items():
        whole.update(f"{name} {path.stat().st_mode & 0o100:o}\n".encode())
        whole.update(hashlib.sha256(path.read_bytes()).digest())
    return whole.hexdigest()
