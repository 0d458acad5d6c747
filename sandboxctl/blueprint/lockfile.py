"""A supplier's package.json and package-lock.json, reduced to what cannot lead npm astray.

npm fetches what these two name: git repositories, URLs, folders. Only packages of the registry
that this den uses are taken, each with its integrity hash, and where a lock says that they were
found (``resolved``) is left out.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from sandboxctl.blueprint import beneath
from sandboxctl.errors import BlueprintError

LARGEST = 4 * 1024 * 1024
"""Bytes of either file; a lock of 1,500 packages has one million."""

MANIFEST, LOCK = "package.json", "package-lock.json"
_SPECS = ("dependencies", "devDependencies", "optionalDependencies", "peerDependencies")
_KEPT = (*_SPECS, "name", "version", "peerDependenciesMeta", "engines")
_PACKAGE = (
    *_KEPT, "integrity", "dev", "optional", "devOptional", "peer", "inBundle", "bundleDependencies",
    "bin", "os", "cpu", "libc", "hasInstallScript", "extraneous", "license",
)  # fmt: skip
_VERSION = re.compile(r"(npm:(@[\w.-]+/)?[\w.-]+(@(?!.*[:/])|$))?[^:/]*")
"""A range or a tag; or another name of the registry, with or without one of these."""

HINT = (
    "Run `npm install --package-lock-only` in that folder with npm 7 or newer, and keep both files."
)


def has_packages(folder: Path) -> bool:
    """Whether anything has to be fetched. Raises BlueprintError for a file that is not JSON."""
    manifest = _read(folder / MANIFEST)
    return bool(manifest.get("dependencies") or manifest.get("optionalDependencies"))


def reduced(folder: Path) -> tuple[str, str]:
    """Both files as they are given to npm. Raises BlueprintError naming every problem."""
    if not (folder / LOCK).is_file():
        raise BlueprintError(
            f"{_shown(folder, LOCK)}: is not there, and {MANIFEST} asks for packages",
            hint=HINT,
            code="DEN585",
        )
    manifest, lock = _read(folder / MANIFEST), _read(folder / LOCK)
    packages = lock.get("packages")
    if not isinstance(packages, dict):
        raise BlueprintError(
            f"{_shown(folder, LOCK)}: is of an old version without `packages`",
            hint=HINT,
            code="DEN585",
        )
    problems = [f"{_shown(folder, MANIFEST)}: {why}" for why in _spec_problems(manifest)]
    for path, package in packages.items():
        problems += [
            f"{_shown(folder, LOCK)}: {path or 'the root'}: {why}"
            for why in _problems(path, package)
        ]
    if problems:
        raise BlueprintError(
            "\n".join(problems),
            hint="Use packages of the registry, by version.",
            code="DEN585",
        )
    kept = {path: _only(package, _PACKAGE) for path, package in packages.items()}
    new = {"lockfileVersion": 3, "requires": True, "packages": kept} | _only(
        lock, ("name", "version")
    )
    return json.dumps(_only(manifest, _KEPT), indent=1), json.dumps(new, indent=1)


def _problems(path: str, package: object) -> list[str]:
    if not isinstance(package, dict):
        return ["is not a package"]
    if package.get("link"):
        return ["is a link to a folder; workspaces are not taken"]
    why = _spec_problems(package)
    if path and not path.startswith("node_modules/"):
        why.append("is a folder; workspaces are not taken")
    if path and not package.get("inBundle"):
        if not str(package.get("resolved", "https://")).startswith("https://"):
            why.append(f"comes from {str(package['resolved'])[:60]}, which is not a registry")
        if not isinstance(package.get("integrity"), str):
            why.append("has no integrity hash")
    return why


def _spec_problems(package: dict[str, Any]) -> list[str]:
    """Versions that are addresses; ``npm:other@1`` is a name of the registry too."""
    wanted: dict[str, object] = {}
    for kind in _SPECS:
        specs = package.get(kind, {})
        if not isinstance(specs, dict):
            return [f"{kind} is not a mapping"]
        wanted |= specs
    return [
        f"{name} is wanted from {str(spec)[:60]}, which is not a version"
        for name, spec in wanted.items()
        if not isinstance(spec, str) or not _VERSION.fullmatch(spec)
    ]


def _only(package: dict[str, Any], keys: tuple[str, ...]) -> dict[str, Any]:
    return {key: package[key] for key in keys if key in package}


def _read(path: Path) -> dict[str, Any]:
    if not path.is_file():
        return {}
    try:
        content = json.loads(beneath.content(beneath.real(path.parent), path.name, LARGEST))
    except (ValueError, RecursionError) as error:
        raise BlueprintError(
            f"{_shown(path.parent, path.name)}: is not JSON: {error}", hint=HINT, code="DEN585"
        ) from None
    if not isinstance(content, dict):
        raise BlueprintError(
            f"{_shown(path.parent, path.name)}: is not a mapping", hint=HINT, code="DEN585"
        )
    return content


def _shown(folder: Path, name: str) -> str:
    return f"{folder.name}/{name}"
