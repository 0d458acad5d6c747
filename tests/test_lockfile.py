from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from sandboxctl.blueprint import lockfile
from sandboxctl.errors import BlueprintError

GOOD = {"version": "1.0.0", "integrity": "sha512-x", "resolved": "https://example.invalid/a.tgz"}


def write(folder: Path, manifest: object, lock: object = None) -> Path:
    (folder / lockfile.MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")
    if lock is not None:
        (folder / lockfile.LOCK).write_text(json.dumps(lock), encoding="utf-8")
    return folder


def locked(folder: Path, path: str = "node_modules/a", **package: Any) -> Path:
    lock = {"name": "x", "lockfileVersion": 3, "packages": {"": {}, path: GOOD | package}}
    return write(folder, {"name": "x", "dependencies": {"a": "^1.0.0"}}, lock)


def test_has_packages(tmp_path: Path) -> None:
    assert not lockfile.has_packages(tmp_path)
    assert not lockfile.has_packages(write(tmp_path, {"name": "x", "devDependencies": {"a": "1"}}))
    assert lockfile.has_packages(write(tmp_path, {"dependencies": {"a": "1"}}))
    assert lockfile.has_packages(write(tmp_path, {"optionalDependencies": {"a": "1"}}))


def test_reduced_keeps_what_npm_needs_and_not_where_from(tmp_path: Path) -> None:
    folder = locked(tmp_path, scripts={"postinstall": "id"}, hasInstallScript=True)
    write(folder, {"name": "x", "scripts": {"preinstall": "id"}, "dependencies": {"a": "^1.0.0"}})
    manifest, lock = map(json.loads, lockfile.reduced(folder))
    assert manifest == {"name": "x", "dependencies": {"a": "^1.0.0"}}
    assert lock["packages"]["node_modules/a"] == {
        "version": "1.0.0",
        "integrity": "sha512-x",
        "hasInstallScript": True,
    }
    assert lock["lockfileVersion"] == 3


def test_a_bundled_package_has_no_hash_of_its_own(tmp_path: Path) -> None:
    folder = locked(tmp_path, path="node_modules/b/node_modules/c", inBundle=True, integrity=None)
    assert "node_modules/b/node_modules/c" in lockfile.reduced(folder)[1]


@pytest.mark.parametrize(
    ("package", "why"),
    [
        ({"resolved": "git+ssh://git@example.invalid/a.git#1"}, "is not a registry"),
        ({"resolved": "http://169.254.169.254/latest"}, "is not a registry"),
        ({"resolved": "file:../../etc"}, "is not a registry"),
        ({"integrity": None}, "has no integrity hash"),
        ({"link": True}, "workspaces are not taken"),
        ({"dependencies": {"b": "git+https://example.invalid/b"}}, "is not a version"),
        ({"dependencies": {"b": "user/repository"}}, "is not a version"),
        ({"dependencies": {"b": 5}}, "is not a version"),
        ({"dependencies": ["b"]}, "is not a mapping"),
    ],
)
def test_what_would_lead_npm_astray(tmp_path: Path, package: dict[str, Any], why: str) -> None:
    with pytest.raises(BlueprintError, match=why) as refused:
        lockfile.reduced(locked(tmp_path, **package))
    assert "node_modules/a" in str(refused.value)
    assert refused.value.hint


@pytest.mark.parametrize("spec", ["npm:@scope/b", "npm:c@^1.0.0", "1.x || >=2.5.0 <3", "*", ""])
def test_versions_and_other_names_of_the_registry_are_taken(tmp_path: Path, spec: str) -> None:
    lock = json.loads(lockfile.reduced(locked(tmp_path, dependencies={"b": spec}))[1])
    assert lock["packages"]["node_modules/a"]["dependencies"] == {"b": spec}


def test_a_manifest_that_names_an_address(tmp_path: Path) -> None:
    folder = locked(tmp_path)
    write(folder, {"dependencies": {"a": "https://example.invalid/a.tgz"}})
    with pytest.raises(BlueprintError, match=r"package\.json: a is wanted from https"):
        lockfile.reduced(folder)


@pytest.mark.parametrize(
    ("lock", "why"),
    [
        (None, "is not there"),
        ({"lockfileVersion": 1, "dependencies": {}}, "old version"),
        ([], "is not a mapping"),
        ({"packages": {"../other": GOOD}}, "is a folder"),
        ({"packages": {"node_modules/a": "1.0"}}, "is not a package"),
    ],
)
def test_locks_that_cannot_be_used(tmp_path: Path, lock: object, why: str) -> None:
    write(tmp_path, {"dependencies": {"a": "1"}}, lock)
    with pytest.raises(BlueprintError, match=why):
        lockfile.reduced(tmp_path)


@pytest.mark.parametrize("content", ["{", "[" * 100_000, "\xff"])
def test_a_manifest_that_is_not_json(tmp_path: Path, content: str) -> None:
    (tmp_path / lockfile.MANIFEST).write_bytes(content.encode("latin-1"))
    with pytest.raises(BlueprintError, match="is not JSON"):
        lockfile.has_packages(tmp_path)
