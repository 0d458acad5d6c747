"""What comes along into the new folder: never a file of variables, a key, or a secret in a file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

from sandboxctl.blueprint import folders, real_data
from sandboxctl.compose.draft import Part
from sandboxctl.errors import BlueprintError

_NEVER = re.compile(
    r"\.env(\..+)?|.+\.env|.*\.(pem|key|p12|pfx|jks|keystore|kdbx)|id_(rsa|dsa|ecdsa|ed25519)"
    r"|\.netrc|\.npmrc|\.pypirc|\.htpasswd|\.pgpass|\.dockercfg|credentials(\.json)?"
    r"|(docker-)?compose[\w.-]*\.ya?ml",
    re.IGNORECASE,
)
_OF_BUILDS = re.compile(r".*dockerfile.*|\.dockerignore", re.IGNORECASE)
_NEVER_FOLDERS = frozenset(
    [".git", ".github", ".venv", "venv", ".idea", ".vscode", ".aws", ".ssh", ".docker",
     ".gnupg", "secrets", "__pycache__", "node_modules"]
)  # fmt: skip
_LARGEST_SEARCHED = 1024 * 1024
_LARGEST = 50 * 1024 * 1024
"""Bytes of all that one service brings."""
_MOST = 5_000
_LONGEST_PATH = 380


def beside(part: Part, path: Path, name: str, key: str) -> str:
    """Take along one file or folder; its place in the new folder, "" if nothing could be taken."""
    copied = f"files/{part.name}/{plain(name)}"
    taken = 0
    if len(copied) > _LONGEST_PATH:
        part.decide("left out", key, "lies under a path of too many characters", found=name)
        return ""
    for below, file in _taken(part, path, key):
        part.draft.copies[f"{copied}/{below}" if path.is_dir() else copied] = file
        taken += 1
    if not taken:
        part.decide("left out", key, "nothing of it can be taken along", found=name)
    return copied if taken else ""


def folder(part: Part, path: Path, place: str, ignored: list[str], *, keep: str = "") -> int:
    """Take along a folder of code, ``keep`` too; how many files that were."""
    count = 0
    for below, file in _taken(part, path, "build", keep):
        if not _left(below, ignored):
            part.draft.copies[f"{place}/{below}"] = file
            count += 1
    return count


def _taken(part: Part, path: Path, key: str, keep: str = "") -> Iterator[tuple[str, Path]]:
    """Files of ``path`` that may come along; what may not is written down."""
    try:
        found = [(path.name, path)] if path.is_file() else list(folders.files(path))
    except BlueprintError as error:
        part.decide("left out", key, _without(str(error), path), found=path.name)
        return
    size, data = 0, list[Path]()
    for below, file in found[:_MOST]:
        why = "" if below == keep else _refused(part, below, file)
        size += file.stat().st_size
        if why or size > _LARGEST:
            part.decide(
                "left out", key, why or "makes it larger than 50 MB", found=f"{path.name}/{below}"
            )
            continue
        data.append(file)
        yield below, file
    for problem in real_data.problems(data):
        name = Path(problem.file or "").name
        part.ask(key, ("files",), f"{name}: {problem.why}", found=name)


def _refused(part: Part, below: str, file: Path) -> str:
    parts = below.split("/")
    if _NEVER_FOLDERS & set(parts[:-1]):
        return "is never taken along"
    if _OF_BUILDS.fullmatch(parts[-1]):
        return _of_builds(part, parts[-1])
    if _NEVER.fullmatch(parts[-1]):
        return "may hold secrets; what is needed of it has to be given anew"
    try:
        relative = file.relative_to(part.nearby.folder).as_posix()
    except ValueError:
        relative = ""
    if relative in part.draft.ignored:
        return "holds variables or secrets"
    if file.stat().st_size <= _LARGEST_SEARCHED:
        text = file.read_bytes().decode("utf-8", errors="replace")
        if part.draft.credentials.leaked(text):
            return "has a secret of the Compose file in it; write it without"
    return ""


def _of_builds(part: Part, name: str) -> str:
    if name.lower() == ".dockerignore":
        return "what it names did not come along; it is not needed after that"
    if part.flaw and name == part.dockerfile:
        return f"the den does not take it as it is: {part.flaw}"
    return "is not what the service is made from here"


def _without(said: str, path: Path) -> str:
    return said.replace(str(path), path.name)


def plain(name: str) -> str:
    """A path below a folder of ours, of letters that mean nothing to anybody."""
    parts = [re.sub(r"[^A-Za-z0-9._-]+", "-", part).lstrip(".") for part in name.split("/")]
    return "/".join(part for part in parts if part) or "folder"


def ignored(text: str) -> list[str]:
    """Patterns of a .dockerignore; those that take something back (`!`) are left out."""
    lines = (line.strip().strip("/") for line in text.splitlines())
    return [line for line in lines if line and not line.startswith(("#", "!"))][:200]


def _left(below: str, patterns: list[str]) -> bool:
    parts = below.split("/")
    starts = ["/".join(parts[: n + 1]) for n in range(len(parts))]
    for pattern in patterns:
        short = pattern.removeprefix("**/")
        if any(fnmatch(start, short) for start in starts):
            return True
        if short != pattern and any(fnmatch(part, short) for part in parts):
            return True
    return False
