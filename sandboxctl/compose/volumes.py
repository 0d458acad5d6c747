"""`volumes` and `tmpfs` of a service → folders it writes to, and files it gets."""

from __future__ import annotations

import re
from dataclasses import dataclass

from sandboxctl.blueprint import letters
from sandboxctl.blueprint.patterns import CONTAINER_PATH
from sandboxctl.compose import copies, raw
from sandboxctl.compose.draft import Part
from sandboxctl.compose.known import known
from sandboxctl.compose.raw import Raw

_HOST = re.compile(r"^[/~\\]|^[A-Za-z]:[\\/]")
_SOCKET = re.compile(r"(docker|podman|containerd|crio)[\w.-]{0,100}\.sock|/var/run/docker|npipe")
_CODE = re.compile(r"^/(app|code|src|workspace|usr/src|opt/app|srv/app)(/|$)")
_SETTINGS = re.compile(r"^/(etc|usr|opt|bin|lib|docker-entrypoint[\w-]*)(/|$)|\.\w{1,6}$")
_CLOCK = re.compile(r"^/etc/(localtime|timezone)$")
_KERNEL = re.compile(r"^/(proc|sys|dev)(/|$)")
_NO_SOCKET = "whoever has the engine's socket has the whole machine; it is never granted"
_MOST_FILES, _MOST_FOLDERS = 100, 20


@dataclass(frozen=True, slots=True)
class Mount:
    """One of `volumes`; ``source`` is "" for a folder of nobody's."""

    kind: str
    source: str
    target: str
    read_only: bool
    found: Raw


def settle(part: Part) -> None:
    """The part's `files` and `writable`."""
    for item in raw.listed(part.given.get("volumes")):
        mount = read(part, item)
        if mount:
            _settle(part, mount)
    for item in raw.listed(part.given.get("tmpfs")):
        path = part.draft.settled(item).partition(":")[0]
        _write(part, "tmpfs", path, "a folder in memory")
    image = known(str(part.made.get("image", "")))
    for path in image.folders if image else ():
        _writable(part, path)


def read(part: Part, item: Raw) -> Mount | None:
    """The short or the long form."""
    if isinstance(item, dict):
        text = {key: part.draft.settled(value) for key, value in item.items()}
        source, target = text.get("source") or text.get("src", ""), _path(text)
        kind = text.get("type") or ("bind" if _is_path(source) else "volume")
        return Mount(kind, source, target, raw.yes(item.get("read_only")), item)
    if part.draft.unknown(item) and raw.text(item).startswith("\ue000"):
        names = ", ".join(part.draft.unknown(item))
        part.decide(
            "left out", "volumes", f"{names} has no value, so it names no folder", found=item
        )
        text_after = part.draft.settled(item).lstrip(":/").partition(":")
        if raw.text(item).count(":") and text_after[0]:
            _writable(part, f"/{text_after[0]}")
        return None
    words = re.split(r":(?![\\])", re.sub(r"^([A-Za-z]):\\", r"\1|\\", part.draft.settled(item)))
    if len(words) == 1:
        return Mount("volume", "", words[0], False, item)
    words[0] = re.sub(r"^([A-Za-z])\|", r"\1:", words[0])
    kind = "bind" if _is_path(words[0]) else "volume"
    options = words[2].split(",") if len(words) > 2 else []
    return Mount(kind, words[0], words[1], "ro" in options, item)


def _path(text: dict[str, str]) -> str:
    return text.get("target") or text.get("destination") or text.get("dst", "")


def _is_path(source: str) -> bool:
    return source.startswith((".", "/", "~", "\\")) or "/" in source or bool(_HOST.match(source))


def _settle(part: Part, mount: Mount) -> None:
    target = "/" + mount.target.strip("/")
    if _SOCKET.search(f"{mount.source}:{mount.target}"):
        part.decide("left out", "volumes", _NO_SOCKET, found=mount.found)
    elif not fits(target):
        why = "is not a folder of a container that can be had here"
        part.decide("left out", "volumes", why, found=mount.found)
    elif mount.kind == "tmpfs":
        _write(part, "volumes", target, "a folder in memory", mount.found)
    elif mount.kind != "bind":
        shared = mount.source in part.draft.tops.get("shared", {})
        why = "each service keeps data in its own layer; sandboxes get it anew"
        if shared:
            why = "services do not share files: each has its own copy of this folder"
        _write(part, "volumes", target, why, mount.found)
    elif _HOST.match(mount.source):
        _of_host(part, mount, target)
    else:
        _bound(part, mount, target)


def _of_host(part: Part, mount: Mount, target: str) -> None:
    """A folder of the machine that it ran on: nothing of it comes along."""
    why = "lies on your own machine; copy what is needed beside the blueprint, as `files`"
    if _CLOCK.match(target):
        why = "time is UTC here; set TZ if the service must show another"
    elif not (mount.read_only or _SETTINGS.search(target)):
        _writable(part, target)
        part.decide(
            "replaced", "volumes", why, instead=f"writable: {target}, empty", found=mount.found
        )
        return
    part.decide("left out", "volumes", why, found=mount.found)


def _bound(part: Part, mount: Mount, target: str) -> None:
    """A file or folder beside the Compose file."""
    if part.made.keys() & {"source", "build"} and (
        _CODE.match(target) or _same_folder(part, mount.source)
    ):
        part.decide("left out", "volumes", "the code is in the service already", found=mount.found)
        return
    try:
        path = part.nearby.path(mount.source)
        empty = path.is_dir() and not any(path.iterdir())
    except (ValueError, OSError) as error:
        _absent(part, mount, target, str(error))
        return
    if empty:
        _write(part, "volumes", target, "the folder is empty", mount.found)
        return
    if copied := copies.beside(part, path, part.nearby.name(mount.source), "volumes"):
        put(part, target, copied, "volumes", mount.found)
        if path.is_dir() and not (
            mount.read_only or _SETTINGS.search(target) or _CODE.match(target)
        ):
            _writable(part, target)


def _absent(part: Part, mount: Mount, target: str, why: str) -> None:
    """What is not beside the file: a folder that Compose would make, or a file that is lost."""
    if why == "is not there" and not (mount.read_only or _SETTINGS.search(target)):
        _write(part, "volumes", target, "the folder is not there, so it begins empty", mount.found)
    else:
        part.decide("left out", "volumes", f"{mount.source} {why}", found=mount.found)
        part.remark(f"{mount.source} {why}; with it: files: {{{target}: ./…}}")


def _same_folder(part: Part, source: str) -> bool:
    try:
        return part.nearby.name(source) == part.draft.tops.get("folders", {}).get(part.name)
    except ValueError:
        return False


def _write(part: Part, key: str, path: str, why: str, found: Raw = None) -> None:
    target = "/" + path.strip("/")
    if target == "/tmp" or target.startswith("/dev/"):
        part.decide("left out", key, "is there anyway, and empty", found=found or path)
    elif fits(target) and _writable(part, target):
        part.decide("replaced", key, why, instead=f"writable: {target}", found=found or path)
    else:
        part.decide("left out", key, "is not a folder that can be had here", found=found or path)


def _writable(part: Part, path: str) -> bool:
    known_folders = part.made.setdefault("writable", [])
    if not isinstance(known_folders, list) or not fits(path):
        return False
    if path not in known_folders and len(known_folders) < _MOST_FOLDERS:
        known_folders.append(path)
    return path in known_folders


def put(part: Part, target: str, copied: str, key: str, found: Raw) -> None:
    """One of `files`."""
    files = part.made.setdefault("files", {})
    if isinstance(files, dict) and len(files) < _MOST_FILES:
        files[target] = f"./{copied}"
        why = "files come from beside the blueprint"
        part.decide("replaced", key, why, instead=f"files: ./{copied}", found=found)


def fits(path: str) -> bool:
    """Whether a blueprint can name this path in a container."""
    parts = path.split("/")
    return (
        bool(re.fullmatch(CONTAINER_PATH, path))
        and len(path) <= 400
        and not {".", ".."} & set(parts)
        and not _KERNEL.match(path)
        and not letters.mixed(path)
    )
